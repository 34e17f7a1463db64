using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;
using Portal.Domain;
using Portal.Domain.Accounts;

namespace Portal.Web.Accounts;

/// <summary>How a try to sign in ended.</summary>
/// <param name="Ok">Whether the cookie was issued.</param>
/// <param name="Message">What to tell the person; null when it went well.</param>
public sealed record SignInOutcome(bool Ok, string? Message);

/// <summary>Signs people in by name or e-mail, and out again.</summary>
public sealed class SignInService(
    SignInManager<User> signIn, UserManager<User> users, SignInSessions sessions, SessionGuard guard, SignInLimits limits, IPasswordHasher<User> hasher)
{
    // One answer for a wrong name, a wrong password and a locked account: a stranger learns of no account by it.
    private const string Wrong = "Name or password is wrong. After five wrong tries even the right password is refused for 15 minutes.";
    private const string TooMany = "Too many tries. Wait a minute, then try again.";
    private static readonly User Nobody = new() { UserName = "nobody" };
    private static string? _nobodysHash;

    /// <summary>Checks the password and issues the cookie. Says no more about an account than a stranger may know.</summary>
    public async Task<SignInOutcome> SignInAsync(string name, string password, bool keep, HttpContext context, CancellationToken cancellationToken)
    {
        if (!limits.TryTake(AddressOf(context), name))
            return new(false, TooMany);

        var user = await FindAsync(name.Trim());
        var result = user is null ? null : await signIn.CheckPasswordSignInAsync(user, password, lockoutOnFailure: true);
        if (user is not null && result is { IsLockedOut: true })
            await sessions.LockedOutAsync(user, AddressOf(context), cancellationToken);
        if (user is null || result is { IsLockedOut: true })
            // The same work as for a password that is looked at, so that the time taken does not tell either.
            hasher.VerifyHashedPassword(Nobody, _nobodysHash ??= hasher.HashPassword(Nobody, Guid.NewGuid().ToString()), password);
        if (user is null || result is not { Succeeded: true })
            return new(false, Wrong);
        // Said only to who knows the password: a stranger learns of no account by it.
        if (user.DisabledAt is not null)
            return new(false, "This account is disabled. Ask an admin to enable it.");

        await BeginAsync(user, keep, context, cancellationToken);
        return new(true, null);
    }

    /// <summary>Has whoever is signed in prove it by the password, with the same limits as a sign-in.</summary>
    /// <returns>Null when it is right; <see cref="TooManyTries"/> or <see cref="WrongPassword"/>.</returns>
    public async Task<Refusal?> ProveAsync(User user, string password, HttpContext context, CancellationToken cancellationToken)
    {
        if (!limits.TryTake(AddressOf(context), user.UserName ?? ""))
            return new TooManyTries();
        var result = await signIn.CheckPasswordSignInAsync(user, password, lockoutOnFailure: true);
        if (result.IsLockedOut)
            await sessions.LockedOutAsync(user, AddressOf(context), cancellationToken);
        return result.Succeeded ? null : new WrongPassword();
    }

    /// <summary>
    /// Gives the signed-in account another password. Every sign-in it had ends at once, other browsers' too; this browser gets a new one.
    /// </summary>
    public async Task<SignInOutcome> ChangePasswordAsync(string current, string next, HttpContext context, CancellationToken cancellationToken)
    {
        if (await users.GetUserAsync(context.User) is not { } user)
            return new(false, "You are signed out. Sign in, then change the password.");
        if (await ProveAsync(user, current, context, cancellationToken) is { } refusal)
            return new(false, refusal is TooManyTries ? TooMany : "The current password is wrong. After five wrong tries even the right one is refused for 15 minutes.");
        if (string.Equals(current, next, StringComparison.Ordinal))
            return new(false, "That is the password you have. Choose another.");
        user.MustChangePassword = false;
        var changed = await users.ChangePasswordAsync(user, current, next);
        if (!changed.Succeeded)
            return new(false, string.Join(' ', changed.Errors.Select(error => error.Description)));

        var keep = (await context.AuthenticateAsync(IdentityConstants.ApplicationScheme)).Properties?.IsPersistent == true;
        foreach (var ended in await sessions.EndForNewPasswordAsync(PortalClaims.ToActor(context.User), cancellationToken))
            guard.Revoke(ended);
        await BeginAsync(user, keep, context, cancellationToken);
        return new(true, null);
    }

    /// <summary>Ends this browser's session everywhere it is open, and takes the cookie back.</summary>
    public async Task SignOutAsync(ClaimsPrincipal principal, CancellationToken cancellationToken)
    {
        if (PortalClaims.SessionOf(principal) is { } session)
        {
            await sessions.EndOwnAsync(PortalClaims.ToActor(principal), session, cancellationToken);
            guard.Revoke(session);
        }

        await signIn.SignOutAsync();
    }

    /// <summary>The account of that name or e-mail. None has a control character in either, and PostgreSQL cannot even be asked for some.</summary>
    private async Task<User?> FindAsync(string name) =>
        !Domain.Texts.IsLine(name) ? null
        : await users.FindByNameAsync(name) ?? (name.Contains('@', StringComparison.Ordinal) ? await users.FindByEmailAsync(name) : null);

    private async Task BeginAsync(User user, bool keep, HttpContext context, CancellationToken cancellationToken)
    {
        var address = AddressOf(context);
        var session = await sessions.BeginAsync(user, address, context.Request.Headers.UserAgent.ToString(), cancellationToken);
        List<Claim> claims = [new(PortalClaims.Session, session.ToString())];
        if (user.DisplayName.Length > 0)
            claims.Add(new(PortalClaims.DisplayName, user.DisplayName));
        if (address is not null)
            claims.Add(new(PortalClaims.Address, address));
        if (user.MustChangePassword)
            claims.Add(new(PortalClaims.MustChangePassword, bool.TrueString));
        await signIn.SignInWithClaimsAsync(user, keep, claims);
    }

    internal static string? AddressOf(HttpContext context) => context.Connection.RemoteIpAddress?.ToString();
}
