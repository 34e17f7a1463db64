using System.Globalization;
using Portal.Domain.Projects;
using Portal.Domain.Requests;

namespace Portal.Domain.Policies;

/// <summary>Rules in plain words: the same on the page, in the dry run and in the API.</summary>
public static class RuleWords
{
    /// <summary>A kind of request.</summary>
    public static string Of(RequestKind kind) => kind switch
    {
        RequestKind.Create => "create machine",
        RequestKind.Resize => "resize",
        RequestKind.ExtendLease => "extend lease",
        RequestKind.QuotaIncrease => "raise quota",
        RequestKind.Delete => "delete machine",
    };

    /// <summary>A role in a project.</summary>
    public static string Of(ProjectRole role) => role switch
    {
        ProjectRole.Owner => "owner",
        ProjectRole.Member => "member",
        ProjectRole.Viewer => "viewer",
    };

    /// <summary>What happens on expiry.</summary>
    public static string Of(ExpiryAction action) => action switch
    {
        ExpiryAction.Approve => "it is approved",
        ExpiryAction.Deny => "it is denied",
        ExpiryAction.Escalate => "admins are asked",
    };

    /// <summary>Every condition of a rule: <c>kind: new machine, resize</c>.</summary>
    public static IReadOnlyList<string> Of(RuleConditions when, PolicyNames names, string currency = "") =>
        [.. Enum.GetValues<RuleCondition>().Select(condition => Of(condition, when, names, currency)).OfType<string>()];

    /// <summary>One condition; null when the rule does not have it.</summary>
    public static string? Of(RuleCondition condition, RuleConditions when, PolicyNames names, string currency = "") => condition switch
    {
        RuleCondition.Project => List("project", when.Projects, id => NameOf(names.Projects, id)),
        RuleCondition.ProjectRole => List("asked by", when.ProjectRoles, Of),
        RuleCondition.PlatformRole => List("asked by", when.PlatformRoles, role => role),
        RuleCondition.Kind => List("kind", when.Kinds, Of),
        RuleCondition.Flavor => List("flavor", when.Flavors, id => NameOf(names.Flavors, id)),
        RuleCondition.Image => List("image", when.Images, id => NameOf(names.Images, id)),
        RuleCondition.Vcpus => Range("", when.Vcpus, "vCPU"),
        RuleCondition.Memory => WholeGib(when.MemoryMib) is { } gib ? Range("memory", gib, "GiB") : Range("memory", when.MemoryMib, "MiB"),
        RuleCondition.Disk => Range("disk", when.DiskGib, "GiB"),
        RuleCondition.Share => Range("quota afterwards", when.SharePercent, "%"),
        RuleCondition.Lease => Range("lease", when.LeaseDays, "days"),
        RuleCondition.Cost => Range("cost in 30 days", when.Cost, currency),
    };

    /// <summary>What a request is, where a condition looks: <c>45 %</c>.</summary>
    public static string Is(RuleCondition condition, RequestFacts facts, PolicyNames names, string currency = "") => condition switch
    {
        RuleCondition.Project => NameOf(names.Projects, facts.ProjectId),
        RuleCondition.ProjectRole => Of(facts.ProjectRole),
        RuleCondition.PlatformRole => facts.Platform == Accounts.PlatformRoles.None ? "no platform role" : string.Join(", ", Accounts.Roles.NamesOf(facts.Platform)),
        RuleCondition.Kind => Of(facts.Kind),
        RuleCondition.Flavor => facts.FlavorId is { } flavor ? NameOf(names.Flavors, flavor) : "no flavor",
        RuleCondition.Image => facts.ImageId is { } image ? NameOf(names.Images, image) : "no image",
        RuleCondition.Vcpus => Figure(facts.Size?.Vcpus, "vCPU"),
        RuleCondition.Memory => Figure(facts.Size?.MemoryMib, "MiB"),
        RuleCondition.Disk => Figure(facts.Size?.DiskGib, "GiB"),
        RuleCondition.Share => Figure(facts.SharePercent, "%"),
        RuleCondition.Lease => facts.LeaseDays is { } days ? Figure(days, "days") : "for ever",
        RuleCondition.Cost => Figure(facts.Cost, currency),
    };

    /// <summary>An outcome in one line.</summary>
    public static string Of(RuleOutcome then, PolicyNames names) => then.Outcome switch
    {
        PolicyOutcome.Approve => "approve at once",
        PolicyOutcome.Refuse => "refuse",
        PolicyOutcome.Ask => "ask " + string.Join(", then ", then.Levels.Select(level => Of(level, names)))
            + (then.MayDecideOwn ? "; who asks may decide too, where a level asks him" : "; nobody decides his own request"),
    };

    /// <summary>Whom a level asks: <c>an approver or Ann</c>, <c>each of these: an approver, Ann</c>. Of a role one person's yes is enough either way.</summary>
    public static string Of(ApprovalLevel level, PolicyNames names)
    {
        var asked = level.Approvers.Select(approver => Of(approver, names));
        return level is { All: true, Approvers.Count: > 1 } ? $"each of these: {string.Join(", ", asked)}" : string.Join(" or ", asked);
    }

    /// <summary>One of those a level asks.</summary>
    public static string Of(Approver approver, PolicyNames names) => approver.Kind switch
    {
        ApproverKind.Person => NameOf(names.People, approver.UserId ?? Guid.Empty),
        ApproverKind.Role => RoleHolder(approver.Role),
        ApproverKind.ProjectOwners => "an owner of the project",
    };

    /// <summary>Somebody who holds a role: <c>an approver</c>.</summary>
    public static string RoleHolder(string? role) => role is ['a' or 'e' or 'i' or 'o' or 'u', ..] ? $"an {role}" : $"a {role}";

    /// <summary>A rule as fields and texts, to tell two of them apart.</summary>
    internal static IReadOnlyList<(string Field, string Text)> Fields(RuleDraft rule, PolicyNames names)
    {
        var fields = new List<(string, string)> { ("Name", rule.Name), ("Description", rule.Description ?? "–"), ("Switched on", rule.Enabled ? "yes" : "no") };
        fields.AddRange(Enum.GetValues<RuleCondition>().Select(condition => (condition.ToString(), Of(condition, rule.When, names) ?? "any")));
        fields.Add(("Outcome", Of(rule.Then, names)));
        fields.Add(("Reason", rule.Then.Reason ?? "–"));
        fields.Add(("Expiry", rule.Then.ExpiresAfterHours is { } hours ? $"after {hours} h {Of(rule.Then.OnExpiry)}" : "never"));
        return fields;
    }

    /// <summary>Where two rules differ.</summary>
    internal static IReadOnlyList<FieldDifference> Differences(RuleDraft now, RuleDraft yours, PolicyNames names) =>
        [.. Fields(now, names).Zip(Fields(yours, names)).Where(pair => pair.First.Text != pair.Second.Text).Select(pair => new FieldDifference(pair.First.Field, pair.First.Text, pair.Second.Text))];

    /// <summary>A thing's name; something that was removed says so.</summary>
    public static string NameOf(IReadOnlyList<NamedThing> things, Guid id) => things.FirstOrDefault(thing => thing.Id == id)?.Name ?? "(gone)";

    static string? List<T>(string label, IReadOnlyList<T>? values, Func<T, string> word) => values is null ? null : $"{label}: {string.Join(", ", values.Select(word))}";

    // Memory is kept in MiB; where it is whole GiB people say so.
    static RuleRange? WholeGib(RuleRange? mib) =>
        mib is not null && (mib.From ?? 0) % 1024 == 0 && (mib.To ?? 0) % 1024 == 0 ? new(mib.From / 1024, mib.To / 1024) : null;

    static string? Range(string label, RuleRange? range, string unit)
    {
        var words = range switch
        {
            null or { From: null, To: null } => null,
            { From: { } from, To: null } => $"at least {Number(from)}",
            { From: null, To: { } to } => $"at most {Number(to)}",
            { From: { } from, To: { } to } => $"{Number(from)} to {Number(to)}",
        };
        return words is null ? null : $"{label} {words} {unit}".Trim();
    }

    static string Figure(decimal? value, string unit) => value is { } figure ? $"{Number(figure)} {unit}".Trim() : "none";

    static string Number(decimal value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
