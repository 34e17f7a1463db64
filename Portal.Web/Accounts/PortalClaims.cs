using System.Security.Claims;
using Portal.Domain;
using Portal.Domain.Accounts;

namespace Portal.Web.Accounts;

/// <summary>What a signed-in principal carries, and how it reads as an <see cref="Actor"/>.</summary>
public static class PortalClaims
{
    /// <summary>The sign-in session's id; one per browser that signed in.</summary>
    public const string Session = "portal:session";

    /// <summary>The account's security stamp as of the sign-in; a new password changes it.</summary>
    public const string Stamp = "portal:stamp";

    /// <summary>The name other people see.</summary>
    public const string DisplayName = "portal:name";

    /// <summary>There while somebody else chose the account's password: nothing opens before its owner chose one.</summary>
    public const string MustChangePassword = "portal:must-change";

    /// <summary>Where the sign-in came from.</summary>
    public const string Address = "portal:address";

    /// <summary>Somebody without a valid sign-in: member of nothing, so refused everything.</summary>
    public static Actor Nobody { get; } = new(Guid.AllBitsSet, "nobody");

    /// <summary>The sign-in session of a principal; null when it has none.</summary>
    public static Guid? SessionOf(ClaimsPrincipal principal) => Guid.TryParse(principal.FindFirstValue(Session), out var id) ? id : null;

    /// <summary>The platform roles a principal carries.</summary>
    public static PlatformRoles RolesOf(ClaimsPrincipal principal) => Roles.Of(principal.FindAll(ClaimTypes.Role).Select(claim => claim.Value));

    /// <summary>Reads the actor from a principal; <see cref="Nobody"/> when it is not signed in.</summary>
    public static Actor ToActor(ClaimsPrincipal principal) =>
        principal.Identity is { IsAuthenticated: true } identity && Guid.TryParse(principal.FindFirstValue(ClaimTypes.NameIdentifier), out var id)
            ? new Actor(id, principal.FindFirstValue(DisplayName) ?? identity.Name ?? id.ToString(), RolesOf(principal), principal.FindFirstValue(Address))
            : Nobody;
}
