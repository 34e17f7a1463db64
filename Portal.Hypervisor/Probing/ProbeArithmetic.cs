namespace Portal.Hypervisor.Probing;

/// <summary>
/// Turns samples into a report. Pure, and the only place where these terms are defined:
/// <list type="bullet">
/// <item><b>blackout</b>: longest gap between consecutive reply arrivals, less the interval. When no reply follows, the gap
/// counts up to the last request: the guest was dark at least that long. So it does from the first when none comes before. Where the portal's own sender
/// was held up while the guest ran by all that is known, a gap begins when somebody asked again.</item>
/// <item><b>lost</b>: no reply within 5 s, or late and overtaken by a hundred younger ones when the probe ends. <b>late</b>: reply after more than 1 s. <b>duplicates</b> close no gap.</item>
/// <item><b>lost at 1 Hz</b>: what a person pinging once a second loses, over every phase of a one-second grid. That person's pings
/// would have gone out while the portal's own sender was held up, so what it left out between two lost requests counts here as lost.</item>
/// </list>
/// </summary>
public static class ProbeArithmetic
{
    /// <summary>How far from the pause that the hypervisor told of a guest may still be silent from it, ms: its events come late, and a guest takes up its work slowly.</summary>
    private const double NearPauseMs = 100;

    /// <summary>Measures. Samples may come in any order.</summary>
    /// <param name="samples">Every sample of one probe.</param>
    /// <param name="intervalMs">Time between requests, ms.</param>
    /// <param name="pause">When the guest stood still as the hypervisor told it, ms on the samples' axis; null: not known.</param>
    public static ProbeReport Measure(IReadOnlyList<PingSample> samples, double intervalMs, (double FromMs, double ToMs)? pause = null)
    {
        ArgumentNullException.ThrowIfNull(samples);
        PingSample[] sent = [.. samples.OrderBy(s => s.SentMs)];
        PingSample[] answered = [.. sent.Where(s => s.IsAnswered).OrderBy(s => s.ArrivedMs)];
        var gap = LongestGap(sent, answered, intervalMs, pause);
        var (mean1, worst1) = LostOnGrid(sent, intervalMs, gridMs: 1_000);
        var (mean10, worst10) = LostOnGrid(sent, intervalMs, gridMs: 100);
        var invalid = Doubt(sent, answered, gap);
        return new ProbeReport(
            intervalMs, sent.Length, answered.Length, Count(sent, PingFlags.Lost), Count(sent, PingFlags.Late), Count(sent, PingFlags.Duplicate),
            gap.BlackoutMs, gap.StartMs, gap.EndMs, mean1, worst1, mean10, worst10,
            Median(answered), invalid is null, invalid);
    }

    private static Gap LongestGap(PingSample[] sent, PingSample[] answered, double intervalMs, (double FromMs, double ToMs)? pause)
    {
        var longest = new Gap(0, double.NaN, double.NaN, Closing: null);
        if (answered.Length > 0 && answered[0].ArrivedMs - sent[0].SentMs - intervalMs is > 0 and var opening)
            longest = new Gap(opening, sent[0].SentMs, answered[0].ArrivedMs, answered[0]);
        for (var i = 1; i < answered.Length; i++)
        {
            var start = WasNobodyAsked(answered[i - 1], answered[i], intervalMs, pause)
                ? Math.Max(answered[i - 1].ArrivedMs, answered[i].SentMs - intervalMs)
                : answered[i - 1].ArrivedMs;
            var length = answered[i].ArrivedMs - start - intervalMs;
            if (length > longest.BlackoutMs)
                longest = new Gap(length, start, answered[i].ArrivedMs, answered[i]);
        }

        if (answered.Length == 0 || sent[^1].IsAnswered)
            return longest;
        var silence = sent[^1].SentMs - answered[^1].ArrivedMs - intervalMs;
        return silence > longest.BlackoutMs ? new Gap(silence, answered[^1].ArrivedMs, sent[^1].SentMs, Closing: null) : longest;
    }

    /// <summary>
    /// Whether nobody was asked in between, since the sender was held up, and that while the guest ran by all that is known. Close to its pause, or
    /// where that is not known, the guest's silence may hide in it, and all of it counts, with a doubt. A reply that was only read late has been asked for in time.
    /// </summary>
    private static bool WasNobodyAsked(PingSample before, PingSample after, double intervalMs, (double FromMs, double ToMs)? pause)
        => pause is { } known && after.Flags.HasFlag(PingFlags.Stalled) && !before.Flags.HasFlag(PingFlags.Stalled)
            && after.Sequence == before.Sequence + 1 && after.SentMs - before.SentMs > 2 * intervalMs
            && (after.ArrivedMs < known.FromMs - NearPauseMs || before.ArrivedMs > known.ToMs + NearPauseMs);

    private static (double Mean, int Worst) LostOnGrid(PingSample[] sent, double intervalMs, double gridMs)
    {
        var phases = Math.Max(1, (int)Math.Round(gridMs / intervalMs));
        var lost = new int[phases];
        for (var i = 0; i < sent.Length; i++)
        {
            if (!sent[i].Flags.HasFlag(PingFlags.Lost))
                continue;
            var slot = SlotOf(sent[i]);
            var first = i > 0 && sent[i].Flags.HasFlag(PingFlags.Stalled) && sent[i - 1].Flags.HasFlag(PingFlags.Lost) ? SlotOf(sent[i - 1]) + 1 : slot;
            // Two requests can round to one slot; each counts.
            for (var dark = Math.Min(first, slot); dark <= slot; dark++)
                lost[dark % phases]++;
        }

        return (lost.Average(), lost.Max());

        long SlotOf(PingSample sample) => (long)Math.Round((sample.SentMs - sent[0].SentMs) / intervalMs);
    }

    /// <summary>
    /// A sender that was held up at either edge of the gap stretches it: the guest may have answered all the while.
    /// Held up in its middle changes nothing, for requests before and after it went unanswered: see <see cref="LostOnGrid"/>.
    /// </summary>
    private static string? Doubt(PingSample[] sent, PingSample[] answered, Gap gap)
    {
        if (answered.Length < 2)
            return "Fewer than two replies came: nothing can be measured.";
        if (double.IsNaN(gap.StartMs))
            return null;
        var opening = sent.FirstOrDefault(s => s.SentMs > gap.StartMs);
        return opening.Flags.HasFlag(PingFlags.Stalled) || (gap.Closing?.Flags.HasFlag(PingFlags.Stalled) ?? false)
            ? "The portal's own sender was held up at the edge of the longest gap, so the gap may be shorter than measured."
            : null;
    }

    private static int Count(PingSample[] samples, PingFlags flag) => samples.Count(s => s.Flags.HasFlag(flag));

    private static double Median(PingSample[] answered)
    {
        if (answered.Length == 0)
            return double.NaN;
        double[] trips = [.. answered.Select(s => s.RttMs).Order()];
        return trips.Length % 2 == 1 ? trips[trips.Length / 2] : (trips[trips.Length / 2 - 1] + trips[trips.Length / 2]) / 2;
    }

    private sealed record Gap(double BlackoutMs, double StartMs, double EndMs, PingSample? Closing);
}
