using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;
using Portal.Domain;
using Portal.Domain.Accounts;

namespace Portal.Web.Accounts;

/// <summary>Changes a signed-in person's own name and address, asks for the password before the address changes, and renews this browser's cookie.</summary>
public sealed class ProfileChange(AccountService accounts, SignInManager<User> signIn, UserManager<User> users, SignInService signIns)
{
    /// <summary>Changes both for whoever the request is signed in as.</summary>
    /// <param name="seen">Name and address the page showed.</param>
    /// <param name="wanted">Those to have.</param>
    /// <param name="password">The account's password; not looked at while the address stays.</param>
    /// <param name="context">The request.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Both as they are now, or <see cref="WrongPassword"/>, <see cref="TooManyTries"/> or what <see cref="AccountService.ChangeOwnProfileAsync"/> refuses.</returns>
    public async Task<Result<AccountProfile>> MakeAsync(AccountProfile seen, AccountProfile wanted, string? password, HttpContext context, CancellationToken cancellationToken)
    {
        if (await users.GetUserAsync(context.User) is not { } user)
            return new NotFound("account");
        // The address signs in, and is where warnings go: a browser somebody left open is not enough to take it.
        if (!string.Equals((wanted.Email ?? "").Trim(), user.Email ?? "", StringComparison.Ordinal) && await signIns.ProveAsync(user, password ?? "", context, cancellationToken) is { } refusal)
            return refusal;
        var changed = await accounts.ChangeOwnProfileAsync(PortalClaims.ToActor(context.User), seen, wanted, cancellationToken);
        if (changed.IsOk)
            await RenewAsync(user, changed.Value.Name, context);
        return changed;
    }

    /// <summary>The cookie of the same sign-in, ending when it would have, under the new name.</summary>
    private async Task RenewAsync(User user, string name, HttpContext context)
    {
        var signedIn = await context.AuthenticateAsync(IdentityConstants.ApplicationScheme);
        if (signedIn is not { Succeeded: true, Principal: { } principal })
            return;
        var kept = principal.Claims.Where(claim => claim.Type is PortalClaims.Session or PortalClaims.Address or PortalClaims.MustChangePassword);
        await signIn.SignInWithClaimsAsync(user, signedIn.Properties, [.. kept, new Claim(PortalClaims.DisplayName, name)]);
    }
}

/// <summary>The password that was to prove who asks is another.</summary>
public sealed record WrongPassword() : Refusal("wrong-password", "The password is wrong.", "Type the one you sign in with. After five wrong tries even the right one is refused for 15 minutes.", "password");

/// <summary>Passwords were tried too often.</summary>
public sealed record TooManyTries() : Refusal("too-many-tries", "Too many tries.", "Wait a minute, then try again.", "password");
