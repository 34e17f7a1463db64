namespace Portal.Domain.Projects;

/// <summary>What a change would do to one limit: used, waiting, this and left come to the limit.</summary>
/// <param name="Resource">The limit's kind.</param>
/// <param name="Limit">The limit; once the days of grace are over, the soft figure.</param>
/// <param name="Used">Held by machines.</param>
/// <param name="Waiting">Held by other requests and by machines being made.</param>
/// <param name="This">What this one takes.</param>
public sealed record QuotaEffect(QuotaResource Resource, long Limit, long Used, long Waiting, long This)
{
    /// <summary>The figure that may be passed for the days of grace only; null: none, or it is the limit already.</summary>
    public long? Soft { get; init; }

    /// <summary>When the days of grace end, while the soft figure is passed.</summary>
    public DateTimeOffset? GraceEnds { get; init; }

    /// <summary>The same for the person's own limit; null where there is none.</summary>
    public QuotaEffect? Own { get; init; }

    /// <summary>What is left after this; negative when the limit would be passed.</summary>
    public long Left => Limit - Used - Waiting - This;

    /// <summary>By how much the limit would be passed; 0 when it fits.</summary>
    public long Over => Math.Max(0, -Left);

    /// <summary>Whether the soft figure is passed with this.</summary>
    public bool PassesSoft => Used + Waiting + This > Soft;

    /// <summary>The limits as they are.</summary>
    public static IReadOnlyList<QuotaEffect> OfNow(IReadOnlyList<QuotaLine> quota) => OfNew(quota, null);

    /// <summary>The effect of amounts that are not held yet.</summary>
    internal static IReadOnlyList<QuotaEffect> OfNew(IReadOnlyList<QuotaLine> quota, QuotaAmounts? asked) =>
        [.. quota.Select(line => Of(line, held: 0, asked?.Of(line.Resource) ?? 0))];

    /// <summary>The effect of amounts that a request already holds.</summary>
    internal static IReadOnlyList<QuotaEffect> OfReserved(IReadOnlyList<QuotaLine> quota, QuotaAmounts held) =>
        [.. quota.Select(line => Of(line, held.Of(line.Resource), held.Of(line.Resource)))];

    static QuotaEffect Of(QuotaLine line, long held, long takes) => new(line.Resource, line.InForce, line.Used, line.Reserved - held, takes)
    {
        Soft = line.GraceOver ? null : line.Soft,
        GraceEnds = line.GraceEnds,
        Own = line.Own is { } own ? Of(own, held, takes) : null,
    };
}
