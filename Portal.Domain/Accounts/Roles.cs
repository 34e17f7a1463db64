namespace Portal.Domain.Accounts;

/// <summary>What a person may do on the whole platform, whatever the project.</summary>
[Flags]
public enum PlatformRoles
{
    /// <summary>Nothing: only what memberships in projects allow.</summary>
    None = 0,

    /// <summary>Everything.</summary>
    Admin = 1,

    /// <summary>Decides requests where a policy asks approvers.</summary>
    Approver = 2,

    /// <summary>Moves machines between hosts; decides no request.</summary>
    Operator = 4,

    /// <summary>Reads everything, the audit trail too, and changes nothing.</summary>
    Auditor = 8,
}

/// <summary>The platform roles as Identity keeps them, by name.</summary>
public static class Roles
{
    /// <summary>Everything.</summary>
    public const string Admin = "admin";

    /// <summary>Decides requests where a policy asks approvers.</summary>
    public const string Approver = "approver";

    /// <summary>Moves machines between hosts.</summary>
    public const string Operator = "operator";

    /// <summary>Reads everything.</summary>
    public const string Auditor = "auditor";

    /// <summary>Asks for machines and works with those of the projects it belongs to.</summary>
    public const string Member = "member";

    /// <summary>Who may open the pages of hosts and moves, as a page's attribute wants it.</summary>
    public const string Operating = $"{Admin},{Operator},{Auditor}";

    /// <summary>Who may open the audit trail.</summary>
    public const string Auditing = $"{Admin},{Auditor}";

    /// <summary>Who may move machines.</summary>
    public const string Moving = $"{Admin},{Operator}";

    /// <summary>Every role, with its name.</summary>
    public static IReadOnlyList<(string Name, PlatformRoles Role)> All { get; } =
        [(Admin, PlatformRoles.Admin), (Approver, PlatformRoles.Approver), (Operator, PlatformRoles.Operator), (Auditor, PlatformRoles.Auditor)];

    /// <summary>The roles with these names; unknown names stand for nothing.</summary>
    public static PlatformRoles Of(IEnumerable<string?> names)
    {
        var held = names.ToHashSet(StringComparer.OrdinalIgnoreCase);
        return All.Where(role => held.Contains(role.Name)).Aggregate(PlatformRoles.None, (sum, role) => sum | role.Role);
    }

    /// <summary>The names of some roles.</summary>
    public static IEnumerable<string> NamesOf(PlatformRoles roles) => All.Where(role => roles.HasFlag(role.Role)).Select(role => role.Name);
}
