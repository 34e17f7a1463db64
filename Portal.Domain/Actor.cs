using Portal.Domain.Accounts;

namespace Portal.Domain;

/// <summary>Who asks: every service decides from this, on every call, whether the answer is yes.</summary>
/// <param name="UserId">The account's identifier; <see cref="Guid.Empty"/> for the portal itself.</param>
/// <param name="Name">Name shown in the audit trail.</param>
/// <param name="Platform">The platform roles held.</param>
/// <param name="RemoteAddress">Where the call came from, for the audit trail; null when the portal acts by itself.</param>
public sealed record Actor(Guid UserId, string Name, PlatformRoles Platform = PlatformRoles.None, string? RemoteAddress = null)
{
    /// <summary>The portal itself: workers, reconciliation, first set-up.</summary>
    public static Actor System { get; } = new(Guid.Empty, "portal", PlatformRoles.Admin);

    /// <summary>Whether this is the portal itself and not a person.</summary>
    public bool IsSystem => UserId == Guid.Empty;

    /// <summary>Whether the role admin is held: it holds what every other role does.</summary>
    public bool IsAdmin => Platform.HasFlag(PlatformRoles.Admin);

    /// <summary>Whether every project is open to read: to decide, to move machines or to audit takes that, whatever the role.</summary>
    public bool ReadsEverything => Platform != PlatformRoles.None;

    /// <summary>Whether this actor may decide where a policy asks approvers.</summary>
    public bool IsApprover => Holds(PlatformRoles.Approver);

    /// <summary>Whether this actor may move machines between hosts.</summary>
    public bool IsOperator => Holds(PlatformRoles.Operator);

    /// <summary>Whether this actor may read the audit trail.</summary>
    public bool IsAuditor => Holds(PlatformRoles.Auditor);

    /// <summary>Whether this actor may read how hosts are reached and what they say of themselves.</summary>
    public bool SeesFleet => IsOperator || IsAuditor;

    /// <summary>Whether a role is held; an admin holds every one.</summary>
    public bool Holds(PlatformRoles role) => IsAdmin || (Platform & role) == role;
}
