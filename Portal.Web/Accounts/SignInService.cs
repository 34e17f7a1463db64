using System.Security.Claims;
using Microsoft.AspNetCore.Identity;
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
    private const string Wrong = "Name or password is wrong.";
    private static readonly User Nobody = new() { UserName = "nobody" };
    private static string? _nobodysHash;

    /// <summary>Checks the password and issues the cookie. Says no more about an account than a stranger may know.</summary>
    public async Task<SignInOutcome> SignInAsync(string name, string password, bool keep, HttpContext context, CancellationToken cancellationToken)
    {
        var address = context.Connection.RemoteIpAddress?.ToString();
        if (!limits.TryTake(address, name))
            return new(false, "Too many tries. Wait a minute, then try again.");

        var user = await users.FindByNameAsync(name.Trim()) ?? (name.Contains('@', StringComparison.Ordinal) ? await users.FindByEmailAsync(name.Trim()) : null);
        if (user is null)
        {
            // The same work as for a real account, so that the time taken does not tell whether one exists.
            hasher.VerifyHashedPassword(Nobody, _nobodysHash ??= hasher.HashPassword(Nobody, Guid.NewGuid().ToString()), password);
            return new(false, Wrong);
        }

        var result = await signIn.CheckPasswordSignInAsync(user, password, lockoutOnFailure: true);
        if (result.IsLockedOut)
            return new(false, "This account is locked after too many wrong passwords. Try again in 15 minutes, or ask an admin.");
        if (!result.Succeeded)
            return new(false, Wrong);

        var session = await sessions.BeginAsync(user, address, context.Request.Headers.UserAgent.ToString(), cancellationToken);
        List<Claim> claims = [new(PortalClaims.Session, session.ToString())];
        if (user.DisplayName.Length > 0)
            claims.Add(new(PortalClaims.DisplayName, user.DisplayName));
        if (address is not null)
            claims.Add(new(PortalClaims.Address, address));
        await signIn.SignInWithClaimsAsync(user, keep, claims);
        return new(true, null);
    }

    /// <summary>Ends this browser's session everywhere it is open, and takes the cookie back.</summary>
    public async Task SignOutAsync(ClaimsPrincipal principal, CancellationToken cancellationToken)
    {
        if (PortalClaims.SessionOf(principal) is { } session)
        {
            await sessions.EndAsync(session, cancellationToken);
            guard.Revoke(session);
        }

        await signIn.SignOutAsync();
    }
}
