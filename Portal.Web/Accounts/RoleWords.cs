using Portal.Domain.Accounts;

namespace Portal.Web.Accounts;

/// <summary>Platform roles in the words of the screen.</summary>
public static class RoleWords
{
    /// <summary>Each role, its word, and what it may do in a sentence.</summary>
    public static IReadOnlyList<(PlatformRoles Role, string Word, string May)> All { get; } =
    [
        (PlatformRoles.Admin, "Admin", "Everything: people, projects, hosts, rules."),
        (PlatformRoles.Approver, "Approver", "Reads everything, and decides requests where a rule asks approvers."),
        (PlatformRoles.Operator, "Operator", "Reads everything, looks at hosts, and moves machines. Decides no request."),
        (PlatformRoles.Auditor, "Auditor", "Reads everything, the audit trail too, and changes nothing."),
    ];

    /// <summary>The roles held, in one line; <c>member</c> for none.</summary>
    public static string Of(PlatformRoles roles) => roles == PlatformRoles.None ? "member" : string.Join(", ", Roles.NamesOf(roles));
}
