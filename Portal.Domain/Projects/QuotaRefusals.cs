namespace Portal.Domain.Projects;

/// <summary>Which rule of the quota says no.</summary>
public enum QuotaRule
{
    /// <summary>The project's limit.</summary>
    Project,

    /// <summary>The project's soft figure, whose days of grace are over.</summary>
    Soft,

    /// <summary>The person's own limit within the project.</summary>
    Member,

    /// <summary>The largest a single machine may be.</summary>
    MachineCap,
}

/// <summary>A rule of the quota would be broken. Nothing was taken.</summary>
/// <param name="Line">The limit and what is held of it; of a cap, the cap with nothing held.</param>
/// <param name="Asked">What was asked for.</param>
/// <param name="Rule">Which rule.</param>
/// <param name="Fits">What would fit instead, as things are; null when that was not looked for.</param>
public sealed record QuotaExceeded(QuotaLine Line, long Asked, QuotaRule Rule = QuotaRule.Project, WhatFits? Fits = null) : Refusal(
    QuotaWords.Code(Rule), QuotaWords.Message(Line, Asked, Rule), QuotaWords.Advice(Rule, Fits), "flavorId")
{
    /// <summary>By how much the limit would be passed.</summary>
    public long Over => Asked - Line.Left;

    /// <summary>The same with what would fit; made anew, since the advice says it.</summary>
    internal QuotaExceeded Offering(WhatFits? fits) => new(Line, Asked, Rule, fits);

    /// <inheritdoc/>
    public override RefusalKind Kind => RefusalKind.Conflict;
}

/// <summary>What would fit as things are.</summary>
/// <param name="Flavor">The largest flavor that does; null when none does, or when it is not about a new machine.</param>
/// <param name="Count">How many machines of it.</param>
/// <param name="Left">What is left of each resource for this person.</param>
public sealed record WhatFits(string? Flavor, long Count, IReadOnlyDictionary<QuotaResource, long> Left);
