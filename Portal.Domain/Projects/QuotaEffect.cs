namespace Portal.Domain.Projects;

/// <summary>What a machine would do to one limit: used, waiting, this and left come to the limit.</summary>
/// <param name="Resource">The limit's kind.</param>
/// <param name="Limit">The limit.</param>
/// <param name="Used">Held by machines.</param>
/// <param name="Waiting">Held by other requests and by machines being made.</param>
/// <param name="This">What this one takes.</param>
public sealed record QuotaEffect(QuotaResource Resource, long Limit, long Used, long Waiting, long This)
{
    /// <summary>What is left after this; negative when the limit would be passed.</summary>
    public long Left => Limit - Used - Waiting - This;

    /// <summary>By how much the limit would be passed; 0 when it fits.</summary>
    public long Over => Math.Max(0, -Left);

    /// <summary>The effect of amounts that are not held yet.</summary>
    internal static IReadOnlyList<QuotaEffect> OfNew(IReadOnlyList<QuotaLine> quota, QuotaAmounts? asked) =>
        [.. quota.Select(line => new QuotaEffect(line.Resource, line.Limit, line.Used, line.Reserved, asked?.Of(line.Resource) ?? 0))];

    /// <summary>The effect of amounts that a request already holds.</summary>
    internal static IReadOnlyList<QuotaEffect> OfReserved(IReadOnlyList<QuotaLine> quota, QuotaAmounts held) =>
        [.. quota.Select(line => new QuotaEffect(line.Resource, line.Limit, line.Used, line.Reserved - held.Of(line.Resource), held.Of(line.Resource)))];

    /// <summary>Every limit that amounts not held yet would pass.</summary>
    internal static IReadOnlyList<QuotaExceeded> Exceeded(IReadOnlyList<QuotaLine> quota, QuotaAmounts held) =>
        [.. quota.Where(line => held.Of(line.Resource) > 0 && line.Left < held.Of(line.Resource)).Select(line => new QuotaExceeded(line, held.Of(line.Resource)))];
}
