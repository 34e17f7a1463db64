using Portal.Domain.Accounts;
using Portal.Domain.Requests;

namespace Portal.Domain.Policies;

/// <summary>Holds a rule against what rules may be. Refusals stop a save; warnings go with it.</summary>
public static class RuleCheck
{
    /// <summary>The longest name, characters.</summary>
    public const int MostName = 80;

    /// <summary>The longest description and reason, characters.</summary>
    public const int MostText = 500;

    /// <summary>The most rules.</summary>
    public const int MostRules = 500;

    const int MostLevels = 9;
    const int MostApprovers = 20;
    const int MostHours = 24 * 365;
    const int MostFigure = (int)Projects.QuotaService.MostLimit;

    /// <summary>The first thing that does not do; null when all is well. The draft is one that was tidied.</summary>
    public static Refusal? Refuse(RuleDraft draft, PolicyNames names) =>
        Text("name", draft.Name, MostName) ?? (draft.Name.Length == 0 ? new InvalidText("name", "The rule has no name.", "Give it one that tells who asks and who decides what it is about.") : null)
        ?? Text("description", draft.Description, MostText) ?? (Refusal?)Text("reason", draft.Then.Reason, MostText)
        ?? Conditions(draft.When, names) ?? Outcome(draft.Then, names);

    /// <summary>For every rule that is switched on, what keeps it from ever matching.</summary>
    public static IReadOnlyList<string> Warnings(PolicyRule rule, IEnumerable<PolicyRule> earlier)
    {
        var warnings = new List<string>();
        if (rule.Enabled && earlier.FirstOrDefault(other => other.Enabled && Policy.Covers(other.When, rule.When)) is { } taker)
            warnings.Add($"It can never match: “{taker.Name}” stands before it and takes everything that this one would. Move it up, or narrow the other.");
        if (rule.When.Kinds is { } kinds && !kinds.Contains(RequestKind.Create) && (rule.When.Flavors ?? rule.When.Images) is not null)
            warnings.Add("It can never match: flavor and image are known of new machines only, and these are not among its kinds.");
        if (rule.When.Kinds is { } only && only.All(kind => kind == RequestKind.QuotaIncrease)
            && (rule.When.Vcpus ?? rule.When.MemoryMib ?? rule.When.DiskGib ?? rule.When.Cost) is not null)
            warnings.Add("It can never match: a request for more quota is about no machine, so it has neither size nor cost.");
        return warnings;
    }

    static InvalidText? Text(string field, string? text, int most) => Texts.CheckProse(field, text, most)
        ?? (field == "name" && text is not null && !Texts.IsLine(text) ? new InvalidText(field, "The name has more than one line, or characters that do not show.", "Type it on one, without them.") : null);

    static InvalidRule? Conditions(RuleConditions when, PolicyNames names) =>
        Known("projects", "project", when.Projects, names.Projects) ?? Known("flavors", "flavor", when.Flavors, names.Flavors) ?? Known("images", "image", when.Images, names.Images)
        ?? Defined("projectRoles", when.ProjectRoles) ?? Defined("kinds", when.Kinds)
        ?? (when.PlatformRoles?.FirstOrDefault(role => !IsRole(role)) is { } unknown ? UnknownRole("platformRoles", unknown) : null)
        ?? Range("vcpus", "vCPU", when.Vcpus) ?? Range("memoryMib", "MiB of memory", when.MemoryMib) ?? Range("diskGib", "GiB of disk", when.DiskGib)
        ?? Range("sharePercent", "% of the quota", when.SharePercent) ?? Range("leaseDays", "days", when.LeaseDays) ?? Range("cost", "a month", when.Cost);

    static InvalidRule? Known(string field, string thing, IReadOnlyList<Guid>? ids, IReadOnlyList<NamedThing> known) =>
        ids?.Any(id => known.All(k => k.Id != id)) == true ? new InvalidRule(field, $"A {thing} the rule names does not exist (any more).", $"Choose among those there are.") : null;

    static InvalidRule? Defined<T>(string field, IReadOnlyList<T>? values) where T : struct, Enum =>
        values?.All(Enum.IsDefined) == false ? new InvalidRule(field, "The rule names something that does not exist.", $"Choose among {string.Join(", ", Enum.GetNames<T>())}.") : null;

    static InvalidRule? Range(string field, string unit, RuleRange? range) => range switch
    {
        null => null,
        { From: < 0 } or { To: < 0 } => new InvalidRule(field, $"Less than 0 {unit} is never asked for.", "Give 0 or more."),
        { From: > MostFigure } or { To: > MostFigure } => new InvalidRule(field, $"That many {unit} are never asked for.", $"Give at most {MostFigure}."),
        { From: { } from, To: { } to } when from > to => new InvalidRule(field, $"At least {from} and at most {to} {unit}: nothing is both.", "Swap the two, or leave one out."),
        _ => null,
    };

    static InvalidRule? Outcome(RuleOutcome then, PolicyNames names)
    {
        if (!Enum.IsDefined(then.Outcome) || !Enum.IsDefined(then.OnExpiry))
            return new InvalidRule("outcome", "The rule does nothing that exists.", "Choose: approve at once, ask, or refuse.");
        if (then.Outcome == PolicyOutcome.Refuse && then.Reason is null)
            return new InvalidRule("reason", "A refusal needs a reason.", "Say in a sentence why, and what would be granted: who asks reads it.");
        if (then.Outcome != PolicyOutcome.Ask)
            return null;
        if (then.ExpiresAfterHours is < 1 or > MostHours)
            return new InvalidRule("expiresAfterHours", $"A request cannot wait {then.ExpiresAfterHours} hours.", $"Give 1 to {MostHours}, or leave it empty: then it waits until somebody decides.");
        if (then.Levels.Count is 0 or > MostLevels)
            return new InvalidRule("levels", then.Levels.Count == 0 ? "The rule asks nobody." : $"The rule has {then.Levels.Count} levels.", $"Give it 1 to {MostLevels} levels, each with somebody to ask.");
        foreach (var (level, number) in then.Levels.Select((level, n) => (level, n + 1)))
        {
            if (level.Approvers.Count is 0 or > MostApprovers)
                return new InvalidRule("levels", level.Approvers.Count == 0 ? $"Level {number} asks nobody." : $"Level {number} names {level.Approvers.Count} to ask.", $"Name 1 to {MostApprovers}: people, a role, or the project’s owners. Or take the level out.");
            if (level.Approvers.Select(approver => Refuse(approver, number, names)).FirstOrDefault(refusal => refusal is not null) is { } wrong)
                return wrong;
        }

        return null;
    }

    static InvalidRule? Refuse(Approver approver, int number, PolicyNames names) => approver.Kind switch
    {
        ApproverKind.Person when names.People.All(person => person.Id != approver.UserId) => new("levels", $"Level {number} asks a person who does not exist (any more).", "Choose somebody who can sign in."),
        ApproverKind.Role when !IsRole(approver.Role) => UnknownRole("levels", approver.Role ?? ""),
        ApproverKind.Person or ApproverKind.Role or ApproverKind.ProjectOwners => null,
        _ => new("levels", $"Level {number} asks somebody who is none.", "Choose a person, a role, or the project’s owners."),
    };

    static bool IsRole(string? name) => Roles.All.Any(role => role.Name == name);

    static InvalidRule UnknownRole(string field, string name) => new(field, $"There is no platform role “{Cut(name)}”.", $"Choose among {string.Join(", ", Roles.All.Select(role => role.Name))}.");

    static string Cut(string text) => text.Cut(40);
}
