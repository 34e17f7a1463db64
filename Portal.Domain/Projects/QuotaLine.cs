namespace Portal.Domain.Projects;

/// <summary>A limit as shown to people.</summary>
/// <param name="Resource">What is limited.</param>
/// <param name="Limit">The most that used and reserved may come to.</param>
/// <param name="Used">Held by machines.</param>
/// <param name="Reserved">Held by requests that wait, and by machines being made.</param>
public sealed record QuotaLine(QuotaResource Resource, long Limit, long Used, long Reserved)
{
    /// <summary>The figure that may be passed for the days of grace only; null: none.</summary>
    public long? Soft { get; init; }

    /// <summary>When the days of grace end, while the soft figure is passed.</summary>
    public DateTimeOffset? GraceEnds { get; init; }

    /// <summary>Whether the days of grace are over, so that the soft figure is the limit.</summary>
    public bool GraceOver { get; init; }

    /// <summary>The member's own limit and what that person holds; null where there is none.</summary>
    public QuotaLine? Own { get; init; }

    /// <summary>Used and reserved together.</summary>
    public long Held => Used + Reserved;

    /// <summary>The limit that counts now: the soft figure once the days of grace are over.</summary>
    public long InForce => GraceOver ? Soft ?? Limit : Limit;

    /// <summary>What can still be asked for; below zero where the limit was lowered under what is held.</summary>
    public long Left => InForce - Held;

    /// <summary>What one person can still ask for: the least that the project's limit and that person's own leave.</summary>
    public long LeftForOne => Own is null ? Left : Math.Min(Left, Own.Left);

    /// <summary>The share of the fullest limit once some amounts are taken too, 0–1 and above.</summary>
    public static double FullestShare(IReadOnlyList<QuotaLine> lines, QuotaAmounts more) => lines.Max(line => Share(line.Held + more.Of(line.Resource), line.Limit));

    static double Share(long held, long limit) => limit == 0 ? (held > 0 ? 1 : 0) : held / (double)limit;
}
