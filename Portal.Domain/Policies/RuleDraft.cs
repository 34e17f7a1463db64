namespace Portal.Domain.Policies;

/// <summary>What an admin fills in for a rule.</summary>
/// <param name="Name">Its name, unique, at most 80 characters.</param>
/// <param name="Description">What it is for; at most 500 characters.</param>
/// <param name="Enabled">Whether it is switched on.</param>
/// <param name="When">What it looks at.</param>
/// <param name="Then">What it does.</param>
public sealed record RuleDraft(string Name, string? Description, bool Enabled, RuleConditions When, RuleOutcome Then);

/// <summary>A rule as people read it.</summary>
/// <param name="Id">Identifier.</param>
/// <param name="Number">Its place, from 1.</param>
/// <param name="Name">Name.</param>
/// <param name="Description">What it is for.</param>
/// <param name="Enabled">Whether it is switched on.</param>
/// <param name="When">What it looks at.</param>
/// <param name="Then">What it does.</param>
/// <param name="ChangedAt">When it was last changed.</param>
/// <param name="ChangedBy">By whom; null for the first set-up.</param>
/// <param name="Version">Row version, for a change of it.</param>
/// <param name="Warnings">What is odd about it: that it can never match, and why.</param>
public sealed record RuleView(Guid Id, int Number, string Name, string? Description, bool Enabled, RuleConditions When, RuleOutcome Then, DateTimeOffset ChangedAt, string? ChangedBy, uint Version, IReadOnlyList<string> Warnings);

/// <summary>The whole policy.</summary>
/// <param name="Rules">The rules, in order.</param>
/// <param name="Prices">The price list.</param>
/// <param name="Names">Names of what the rules point at: projects, people, flavors, images.</param>
/// <param name="MayEdit">Whether the actor may change it.</param>
public sealed record PolicyView(IReadOnlyList<RuleView> Rules, PricesView Prices, PolicyNames Names, bool MayEdit);

/// <summary>What rules can point at, by identifier and name.</summary>
/// <param name="Projects">Projects, by name.</param>
/// <param name="Flavors">Flavors, the smallest first.</param>
/// <param name="Images">Images, by title.</param>
/// <param name="People">Everyone who can sign in, by name.</param>
public sealed record PolicyNames(IReadOnlyList<NamedThing> Projects, IReadOnlyList<NamedThing> Flavors, IReadOnlyList<NamedThing> Images, IReadOnlyList<NamedThing> People);

/// <summary>Something with a name.</summary>
/// <param name="Id">Identifier.</param>
/// <param name="Name">Name.</param>
public sealed record NamedThing(Guid Id, string Name);
