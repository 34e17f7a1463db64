using System.Globalization;

namespace Portal.Hypervisor.Migrations;

/// <summary>
/// Decides when a live move may pause the guest for longer, and what is done when no allowed pause will do. Pure. The limit
/// starts low, for most guests switch over in a few milliseconds if only they are made to wait for it, and never falls: the
/// hypervisor switches over as soon as it is met. What it takes to meet it is what a pass has to send when it begins; inside a
/// pass what remains falls and says nothing, since what the guest writes meanwhile is counted at its end. So the limit is raised
/// right when a pass begins, only when passes no longer shrink and this one is among the least, and never beyond what is allowed.
/// </summary>
internal static class SwitchoverController
{
    private const double Shrinking = 0.8, AtMinimum = 1.1, Headroom = 1.15, Step = 1.5, Forgets = 1.05, Smoothing = 0.3, Caution = 0.9;
    private const double RestSeconds = 0.3, PatienceSeconds = 4, LearningSeconds = 2, TimeMargin = 1.5, MarginSeconds = 2;
    private const double ShortSeconds = 0.3, SilentMs = 100, DeafMs = 5_000;
    private const int PassesToLearn = 3;

    public static (SwitchoverState State, SwitchoverDecision? Decision) Observe(SwitchoverState state, CopyObservation now, SwitchoverRules rules)
    {
        if (state.IsOver)
            return (state, null);
        if (rules.SwitchesFirst && now.Iteration > 0)
            return Over(state, SwitchoverAct.PostCopy, "The guest goes on at the destination now; its memory follows.", figures: "");
        if (now.BytesPerSecond <= 0)
            return (state, null);
        state = Smooth(state, now);
        if (IsTimeUp(state, now, rules))
            return TakeLastResort(state, now, rules, "There is only just time left to finish");
        if (now.At - state.StuckSince >= rules.Policy.Patience.TotalSeconds)
            return TakeLastResort(state, now, rules, $"No pause up to {rules.MostMs} ms would do for {rules.Policy.Patience.TotalSeconds:0} s");
        if (now.SlowedPercent > state.SlowedPercent)
            return Tell(state with { SlowedPercent = now.SlowedPercent }, $"The hypervisor slows the guest down by {now.SlowedPercent} %, since it writes too fast.", Describe(now));
        return now.Iteration > state.Iteration ? BeginPass(state, now, rules) : (state, null);
    }

    /// <summary>Whoever has to end in time acts while what is left can still be sent in it; who may give up waits to the end.</summary>
    private static bool IsTimeUp(SwitchoverState state, CopyObservation now, SwitchoverRules rules)
    {
        if (rules.Policy.LastResort == LastResort.GiveUp || now.At < LearningSeconds)
            return false;
        // Before memory has been sent once, holding the guest still wins nothing.
        var isHeld = rules.Policy.LastResort == LastResort.PauseAndFinish || !rules.CanPostCopy;
        if (isHeld && now.Iteration < 2)
            return false;
        return now.At + TimeMargin * now.RemainingBytes / state.CarriedBytesPerSecond + MarginSeconds > rules.Seconds;
    }

    private static SwitchoverState Smooth(SwitchoverState state, CopyObservation now)
    {
        state = state with { BytesPerSecond = Smooth(state.BytesPerSecond, now.BytesPerSecond) };
        if (state.CarriedBytesPerSecond <= 0)
            return state with { CarriedBytesPerSecond = now.BytesPerSecond };
        if (now.Iteration > state.Iteration || now.At - state.PassSince < ShortSeconds)
            return state;
        return state with
        {
            CarriedBytesPerSecond = Smooth(state.CarriedBytesPerSecond, now.BytesPerSecond),
            Unsteadiness = state.Unsteadiness + Smoothing * (Math.Min(1, Math.Abs(now.BytesPerSecond / state.CarriedBytesPerSecond - 1)) - state.Unsteadiness),
        };
    }

    private static double Smooth(double before, long measured) => before > 0 ? before + Smoothing * (measured - before) : measured;

    /// <summary>
    /// Longest pause that may be allowed, ms. The hypervisor multiplies it by a bandwidth that counts the time it looks through memory, too;
    /// where that takes most of the time, a limit of the promised length would let through a fraction of what can be sent in it. And it is
    /// less where the bandwidth varies: the last pages may meet a slower moment than the one they were counted in.
    /// </summary>
    private static int Allowed(SwitchoverState state, SwitchoverRules rules)
    {
        var undercounted = Math.Max(1, Caution * state.CarriedBytesPerSecond / state.BytesPerSecond);
        return Math.Max(rules.FirstMs, (int)Math.Min(rules.MostMs * undercounted / (1 + state.Unsteadiness), int.MaxValue));
    }

    private static (SwitchoverState, SwitchoverDecision?) BeginPass(SwitchoverState state, CopyObservation now, SwitchoverRules rules)
    {
        var most = Allowed(state, rules);
        var needed = ToSend(state, now) * 1000.0 / state.BytesPerSecond;
        var before = state.BestMs;
        state = state with { Iteration = now.Iteration, PassSince = now.At, BestMs = Math.Min(state.BestMs, needed), LowMs = Math.Min(state.LowMs * Forgets, needed) };
        if (needed < before * Shrinking)
            return (state with { StuckSince = double.NaN }, null);
        if (now.Iteration <= PassesToLearn || needed > state.LowMs * AtMinimum || now.At - state.RaisedAt < RestSeconds)
            return (state, null);
        if (needed > most || state.LimitMs >= most)
            return Wait(state, now, rules, most, before);
        // By these figures the hypervisor should have switched over already; its own, of the same moment, say otherwise.
        if (needed <= state.LimitMs)
            return now.At - state.RaisedAt < PatienceSeconds ? (state, null) : Raise(state, now, most, state.LimitMs * Step, before);
        return Raise(state, now, most, needed * Headroom, before);
    }

    /// <summary>What the pass had to send when it began. Of one that is over before it is looked at, that is what is written during one.</summary>
    private static double ToSend(SwitchoverState state, CopyObservation now)
    {
        var passSeconds = (now.At - state.PassSince) / (now.Iteration - state.Iteration);
        return passSeconds < ShortSeconds ? Math.Max(now.RemainingBytes, now.DirtyBytesPerSecond * passSeconds) : now.RemainingBytes;
    }

    private static (SwitchoverState, SwitchoverDecision?) Raise(SwitchoverState state, CopyObservation now, int most, double asked, double before)
    {
        var limit = Math.Min(most, (int)Math.Ceiling(asked));
        // The guest is silent already: a pause would prolong a silence its users count as one. Who does not answer at all is not waited for.
        if (now.SilentMs is > SilentMs and < DeafMs)
            return (state, null);
        return (state with { LimitMs = limit, RaisedAt = now.At, StuckSince = double.NaN },
            new SwitchoverDecision(SwitchoverAct.Raise, limit, $"Allow a pause of {limit} ms instead of {state.LimitMs} ms.", $"{Describe(now)}; passes no longer shrink it ({before:0} ms at best)"));
    }

    private static (SwitchoverState, SwitchoverDecision?) Wait(SwitchoverState state, CopyObservation now, SwitchoverRules rules, int most, double before)
    {
        // Not even what is allowed would do, as it seems: it is allowed nevertheless, step by step, for the moment in which it will.
        if (now.At - Math.Max(state.StuckSince, state.RaisedAt) > PatienceSeconds && state.LimitMs < most)
        {
            var (raised, decision) = Raise(state, now, most, state.LimitMs * Step, before);
            return (raised with { StuckSince = state.StuckSince }, decision);
        }

        if (!double.IsNaN(state.StuckSince))
            return (state, null);
        state = state with { StuckSince = now.At };
        var figures = $"{Describe(now)}; passes no longer shrink it ({before:0} ms at best)";
        if (rules.Policy.Patience == TimeSpan.Zero)
            return TakeLastResort(state, now, rules, $"Copying again no longer helps, and no pause up to {rules.MostMs} ms would do");
        return Tell(state, $"The guest writes faster than the network carries: no pause up to {rules.MostMs} ms would do yet. Waiting for it to calm down.", figures);
    }

    private static (SwitchoverState, SwitchoverDecision?) TakeLastResort(SwitchoverState state, CopyObservation now, SwitchoverRules rules, string why) => rules.Policy.LastResort switch
    {
        LastResort.GiveUp => Over(state, SwitchoverAct.GiveUp, $"{why}: giving up, as {rules.Policy.Name} says.", Describe(now)),
        LastResort.PostCopy when rules.CanPostCopy => Over(state, SwitchoverAct.PostCopy, $"{why}: the guest goes on at the destination and its memory follows, as {rules.Policy.Name} says.", Describe(now)),
        LastResort.PostCopy => Over(state, SwitchoverAct.Pause, $"{why}: the guest is paused and the rest is sent, since the hosts cannot go post-copy.", Describe(now)),
        LastResort.PauseAndFinish => Over(state, SwitchoverAct.Pause, $"{why}: the guest is paused and the rest is sent, as {rules.Policy.Name} says.", Describe(now)),
    };

    private static (SwitchoverState, SwitchoverDecision?) Over(SwitchoverState state, SwitchoverAct act, string text, string figures)
        => (state with { IsOver = true }, new SwitchoverDecision(act, state.LimitMs, text, figures));

    private static (SwitchoverState, SwitchoverDecision?) Tell(SwitchoverState state, string text, string figures)
        => (state, new SwitchoverDecision(SwitchoverAct.Tell, state.LimitMs, text, figures));

    private static string Describe(CopyObservation now) => string.Create(CultureInfo.InvariantCulture,
        $"pass {now.Iteration}: {now.RemainingBytes / 1048576.0:0.0} MiB left at {now.BytesPerSecond / 1048576.0:0} MiB/s{(now.BytesPerSecond > 0 ? $" would take {now.RemainingBytes * 1000.0 / now.BytesPerSecond:0} ms" : "")}{(now.DirtyBytesPerSecond > 0 ? $"; the guest writes {now.DirtyBytesPerSecond / 1048576.0:0} MiB/s" : "")}");
}
