using System.Globalization;

namespace Portal.Hypervisor.Migrations;

/// <summary>What the copy looked like at one moment.</summary>
/// <param name="At">When, s.</param>
/// <param name="RemainingBytes">Memory still to be sent.</param>
/// <param name="BytesPerSecond">Bandwidth.</param>
/// <param name="Iteration">Pass over memory.</param>
internal sealed record CopyObservation(double At, long RemainingBytes, long BytesPerSecond, int Iteration)
{
    /// <summary>Pause it would take to send the rest now, ms; null while the bandwidth is not known.</summary>
    public double? NeededMs => BytesPerSecond > 0 ? RemainingBytes * 1000.0 / BytesPerSecond : null;
}

/// <summary>What the policy remembers.</summary>
/// <param name="LimitMs">Downtime limit in force, ms.</param>
/// <param name="WaitingSince">When it was last raised, or else when passes stopped shrinking what remains, s; NaN: they shrink.</param>
/// <param name="Iteration">The pass being watched.</param>
/// <param name="LowMs">Least pause needed during it, ms.</param>
/// <param name="LastLowMs">The same of the pass before.</param>
/// <param name="LowBeforeMs">And of the one before that.</param>
/// <param name="SaidHopeless">That no allowed limit would do has been said.</param>
internal sealed record DowntimeState(
    int LimitMs, double WaitingSince, int Iteration, double LowMs, double LastLowMs, double LowBeforeMs, bool SaidHopeless)
{
    public static DowntimeState Begin(int firstMs)
        => new(firstMs, double.NaN, 0, double.PositiveInfinity, double.PositiveInfinity, double.PositiveInfinity, SaidHopeless: false);
}

/// <summary>A limit to set and the reason, or only the reason.</summary>
internal sealed record DowntimeDecision(int? RaiseTo, string Text, string Figures);

/// <summary>
/// Decides when a live move may pause the guest for longer. Pure. The limit starts low, for most guests switch over in
/// a few milliseconds if only they are made to wait for it. It is raised only when passes no longer shrink what remains,
/// and only at a local minimum of remaining ÷ bandwidth: QEMU looks about every 100 ms, and a limit raised at a peak
/// would be used at that peak.
/// </summary>
internal static class DowntimePolicy
{
    private const double Shrinking = 0.8, AtMinimum = 1.1, Headroom = 1.25, Step = 1.5, RestSeconds = 0.3, PatienceSeconds = 4;
    private const int PassesToLearn = 3;

    public static (DowntimeState State, DowntimeDecision? Decision) Observe(DowntimeState state, CopyObservation now, int lastMs)
    {
        if (now.NeededMs is not { } needed)
            return (state, null);
        state = now.Iteration > state.Iteration
            ? state with { Iteration = now.Iteration, LowBeforeMs = state.LastLowMs, LastLowMs = state.LowMs, LowMs = needed }
            : state with { LowMs = Math.Min(state.LowMs, needed) };
        if (now.Iteration <= PassesToLearn || (double.IsNaN(state.WaitingSince) && IsShrinking(state)))
            return (state, null);
        var isNew = double.IsNaN(state.WaitingSince);
        if (isNew)
            state = state with { WaitingSince = now.At };
        var waited = now.At - state.WaitingSince;
        if ((!isNew && waited < RestSeconds) || needed > state.LastLowMs * AtMinimum)
            return (state, null);
        // By these figures the hypervisor should have switched over already; its own, of the same moment, say otherwise.
        if (needed <= state.LimitMs)
            return waited < PatienceSeconds ? (state, null) : Raise(state, now, state.LimitMs * Step / Headroom, lastMs);
        return Raise(state, now, needed, lastMs);
    }

    private static bool IsShrinking(DowntimeState state)
        => !double.IsFinite(state.LowBeforeMs) || state.LastLowMs < state.LowBeforeMs * Shrinking;

    private static (DowntimeState, DowntimeDecision?) Raise(DowntimeState state, CopyObservation now, double needed, int lastMs)
    {
        var figures = string.Create(CultureInfo.InvariantCulture,
            $"pass {now.Iteration}: {now.RemainingBytes / 1048576.0:0.0} MiB left at {now.BytesPerSecond / 1048576.0:0} MiB/s would take {now.NeededMs:0} ms; passes no longer shrink it ({state.LowBeforeMs:0} → {state.LastLowMs:0} ms)");
        if (state.LimitMs == lastMs)
            return (state, null);
        if (needed > lastMs)
        {
            return state.SaidHopeless
                ? (state, null)
                : (state with { SaidHopeless = true }, new DowntimeDecision(null,
                    $"The guest writes faster than the network carries: no pause up to {lastMs} ms would do yet. Waiting for it to calm down.", figures));
        }

        var limit = Math.Min(lastMs, (int)Math.Ceiling(needed * Headroom));
        return (state with { LimitMs = limit, WaitingSince = now.At },
            new DowntimeDecision(limit, $"Allow a pause of {limit} ms instead of {state.LimitMs} ms.", figures));
    }
}
