using Portal.Domain.Accounts;

namespace Portal.Domain.Policies;

/// <summary>A rule as decisions need it: read once, kept, and shared between calls.</summary>
/// <param name="Id">Identifier.</param>
/// <param name="Name">Name.</param>
/// <param name="Enabled">Whether it is switched on.</param>
/// <param name="When">What it looks at.</param>
/// <param name="Then">What it does.</param>
public sealed record PolicyRule(Guid Id, string Name, bool Enabled, RuleConditions When, RuleOutcome Then);

/// <summary>What became of one rule on the way to a decision.</summary>
/// <param name="RuleId">The rule.</param>
/// <param name="Name">Its name.</param>
/// <param name="Enabled">Whether it is switched on; one that is not was passed over.</param>
/// <param name="Failed">The conditions that did not hold; with none, and switched on, this is the rule that decided.</param>
public sealed record RuleTrace(Guid RuleId, string Name, bool Enabled, IReadOnlyList<RuleCondition> Failed)
{
    /// <summary>Whether this is the rule that decided.</summary>
    public bool Matched => Enabled && Failed.Count == 0;
}

/// <summary>A decision and how it came about.</summary>
/// <param name="Decision">What happens.</param>
/// <param name="Trace">Every rule up to the one that matched, in order; all of them when none did.</param>
public sealed record PolicyVerdict(PolicyDecision Decision, IReadOnlyList<RuleTrace> Trace);

/// <summary>Decides by rules; knows no database.</summary>
public static class Policy
{
    /// <summary>The first rule that is switched on and whose every condition holds decides; where none does, <see cref="PolicyDecision.NoRule"/>.</summary>
    public static PolicyVerdict Decide(IReadOnlyList<PolicyRule> rules, RequestFacts facts)
    {
        var trace = new List<RuleTrace>(rules.Count);
        foreach (var rule in rules)
        {
            var failed = rule.Enabled ? Failed(rule.When, facts) : [];
            trace.Add(new RuleTrace(rule.Id, rule.Name, rule.Enabled, failed));
            if (rule.Enabled && failed.Count == 0)
                return new PolicyVerdict(Of(rule) with { Cost = facts.Cost }, trace);
        }

        return new PolicyVerdict(PolicyDecision.NoRule with { Cost = facts.Cost }, trace);
    }

    /// <summary>What a rule says.</summary>
    static PolicyDecision Of(PolicyRule rule) => new(rule.Id, rule.Name, rule.Then.Outcome, rule.Then.Reason, rule.Then.Levels, rule.Then.MayDecideOwn,
        rule.Then.ExpiresAfterHours is { } hours ? TimeSpan.FromHours(hours) : null, rule.Then.OnExpiry);

    /// <summary>Which conditions do not hold, in the order of <see cref="RuleCondition"/>.</summary>
    public static IReadOnlyList<RuleCondition> Failed(RuleConditions when, RequestFacts facts)
    {
        List<RuleCondition>? failed = null;
        Check(RuleCondition.Project, when.Projects is null || when.Projects.Contains(facts.ProjectId));
        Check(RuleCondition.ProjectRole, when.ProjectRoles is null || when.ProjectRoles.Contains(facts.ProjectRole));
        Check(RuleCondition.PlatformRole, when.PlatformRoles is null || HoldsOneOf(when.PlatformRoles, facts.Platform));
        Check(RuleCondition.Kind, when.Kinds is null || when.Kinds.Contains(facts.Kind));
        Check(RuleCondition.Flavor, when.Flavors is null || (facts.FlavorId is { } flavor && when.Flavors.Contains(flavor)));
        Check(RuleCondition.Image, when.Images is null || (facts.ImageId is { } image && when.Images.Contains(image)));
        Check(RuleCondition.Vcpus, when.Vcpus is null || when.Vcpus.Holds(facts.Size?.Vcpus));
        Check(RuleCondition.Memory, when.MemoryMib is null || when.MemoryMib.Holds(facts.Size?.MemoryMib));
        Check(RuleCondition.Disk, when.DiskGib is null || when.DiskGib.Holds(facts.Size?.DiskGib));
        Check(RuleCondition.Share, when.SharePercent is null || when.SharePercent.Holds(facts.SharePercent));
        // For ever is longer than all: there is no "at most" that it keeps.
        Check(RuleCondition.Lease, when.LeaseDays is null || (facts.LeaseDays is { } days ? when.LeaseDays.Holds(days) : when.LeaseDays.To is null));
        Check(RuleCondition.Cost, when.Cost is null || when.Cost.Holds(facts.Cost));
        return failed ?? (IReadOnlyList<RuleCondition>)[];

        void Check(RuleCondition condition, bool holds)
        {
            if (!holds)
                (failed ??= []).Add(condition);
        }
    }

    /// <summary>Whether every request that meets the later conditions meets the earlier ones too, as far as the conditions alone tell.</summary>
    public static bool Covers(RuleConditions earlier, RuleConditions later) =>
        Within(later.Projects, earlier.Projects) && Within(later.ProjectRoles, earlier.ProjectRoles) && Within(later.PlatformRoles, earlier.PlatformRoles) && Within(later.Kinds, earlier.Kinds)
        && Within(later.Flavors, earlier.Flavors) && Within(later.Images, earlier.Images) && Spans(later.Vcpus, earlier.Vcpus) && Spans(later.MemoryMib, earlier.MemoryMib)
        && Spans(later.DiskGib, earlier.DiskGib) && Spans(later.SharePercent, earlier.SharePercent) && Spans(later.LeaseDays, earlier.LeaseDays) && Spans(later.Cost, earlier.Cost);

    /* By hand: this runs for every rule of every submit. */
    static bool HoldsOneOf(IReadOnlyList<string> names, PlatformRoles held)
    {
        foreach (var (name, role) in Roles.All)
        {
            if (held.HasFlag(role) && names.Contains(name))
                return true;
        }

        return false;
    }

    static bool Within<T>(IReadOnlyList<T>? later, IReadOnlyList<T>? earlier) => earlier is null || (later is not null && later.All(earlier.Contains));

    static bool Spans(RuleRange? later, RuleRange? earlier) => earlier is null || earlier.Covers(later);
}
