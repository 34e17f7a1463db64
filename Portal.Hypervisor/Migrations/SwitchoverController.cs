using System.Globalization;

namespace Portal.Hypervisor.Migrations;

/// <summary>
/// Decides when a live move may pause the guest for longer, and what is done when no allowed pause will do. Pure. The limit
/// starts low, for most guests switch over in a few milliseconds if only they are made to wait for it: the hypervisor
/// switches over as soon as it is met. What it takes to meet it is what a pass has to send when it begins; inside a
/// pass what remains falls and says nothing, since what the guest writes meanwhile is counted at its end. So the limit is raised
/// right when a pass begins, only when passes no longer shrink and this one is among the least, and never beyond what is allowed; what
/// takes most of that only after some waiting, for a guest that writes in bursts calms down by itself. It falls where what is allowed does.
/// </summary>
internal static class SwitchoverController
{
    private const double Shrinking = 0.8, AtMinimum = 1.1, Headroom = 1.15, Step = 1.5, Forgets = 1.05, Smoothing = 0.3, Caution = 0.9, Fades = 0.97;
    private const double AtOnce = 0.5, WaitOfPatience = 0.25, Near = 2, Noticeable = 1.2, Tolerable = 1.05;
    private const double RestSeconds = 0.3, PatienceSeconds = 4, LearningSeconds = 2, TimeMargin = 1.5, MarginSeconds = 3;
    private const double ShortSeconds = 0.3, SilentMs = 100, DeafMs = 5_000;
    private const double QemuSliceMs = 10, LeastNoticedMs = 50;
    private const int PassesToLearn = 3, SlowStepPercent = 10, TimesToNotice = 3;

    /// <summary>QEMU slows no guest more than that.</summary>
    public const int MostSlowPercent = 99;

    /// <summary>QEMU's first step (<c>cpu-throttle-initial</c>): it takes no bound below it.</summary>
    private const int LeastSlowPercent = 20;

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
            return Tell(state with { SlowedPercent = now.SlowedPercent, NoticedTimes = 0 }, $"The hypervisor slows the guest down by {now.SlowedPercent} %, since it writes too fast.", Describe(now));
        if (rules.IsPromised && now.SlowedPercent > 0 && Bound(ref state, now, rules) is { } bound)
            return (state, bound);
        if (state.LimitMs > Tolerable * Allowed(state, rules))
            return Lower(state, now, Allowed(state, rules));
        return now.Iteration > state.Iteration ? BeginPass(state, now, rules) : (state, null);
    }

    /// <summary>
    /// Slowing a guest silences it for moments, too: QEMU lets it run for 10 ms and sleep for p ÷ (100 − p) times that. Where a silence was promised, none may come near
    /// it, so the next step is not taken where it would, and the last is taken back where the probe says that it did.
    /// </summary>
    private static SwitchoverDecision? Bound(ref SwitchoverState state, CopyObservation now, SwitchoverRules rules)
    {
        var bearable = Math.Max(LeastNoticedMs, rules.MostMs / 2.0);
        // One silence counts once, however often it is looked at.
        var isNoticing = now.SilentMs > bearable && now.SilentMs < DeafMs;
        state = state with { IsNoticing = isNoticing, NoticedTimes = state.NoticedTimes + (isNoticing && !state.IsNoticing ? 1 : 0) };
        var isTooMuch = state.NoticedTimes >= TimesToNotice;
        var next = Math.Min(MostSlowPercent, now.SlowedPercent + SlowStepPercent);
        var most = isTooMuch ? Math.Max(LeastSlowPercent, now.SlowedPercent - SlowStepPercent) : QemuSliceMs * next / (100 - next) > bearable ? now.SlowedPercent : MostSlowPercent;
        if (most >= state.MostSlowedPercent)
            return null;
        state = state with { MostSlowedPercent = most, NoticedTimes = 0 };
        return new SwitchoverDecision(SwitchoverAct.Slow, state.LimitMs, $"The guest is slowed down by {most} % at most: more would be noticed like the pause.",
            isTooMuch ? $"it answered no ping for {now.SilentMs:0} ms, slowed down by {now.SlowedPercent} %" : $"at {next} % it would stand still for {QemuSliceMs * next / (100 - next):0} ms at a time, and {rules.MostMs} ms of pause are allowed", most);
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
        // What was written since the pass began stands in no figure yet; it is to be sent like the rest.
        var since = now.Iteration > state.Iteration ? 0 : now.At - state.PassSince;
        var left = now.RemainingBytes + now.DirtyBytesPerSecond * since;
        return now.At + TimeMargin * left / state.CarriedBytesPerSecond + MarginSeconds > rules.Seconds;
    }

    private static SwitchoverState Smooth(SwitchoverState state, CopyObservation now)
    {
        state = state with
        {
            BytesPerSecond = Smooth(state.BytesPerSecond, now.BytesPerSecond),
            PeakBytesPerSecond = Math.Max(state.PeakBytesPerSecond * Fades, now.BytesPerSecond),
        };
        if (state.CarriedBytesPerSecond <= 0)
            return state with { CarriedBytesPerSecond = now.BytesPerSecond };
        // A pass that has only just begun still has the time in it that was spent looking through memory.
        return now.Iteration > state.Iteration || now.At - state.PassSince < ShortSeconds
            ? state
            : state with { CarriedBytesPerSecond = Smooth(state.CarriedBytesPerSecond, now.BytesPerSecond) };
    }

    private static double Smooth(double before, long measured) => before > 0 ? before + Smoothing * (measured - before) : measured;

    /// <summary>
    /// Longest pause that may be allowed, ms. The hypervisor multiplies it by a bandwidth that counts the time it looks through memory, too;
    /// where that takes most of the time, a limit of the promised length would let through a fraction of what can be sent in it. The highest
    /// it measured lately is what counts: it may decide right after measuring that again.
    /// </summary>
    private static int Allowed(SwitchoverState state, SwitchoverRules rules)
    {
        var undercounted = Math.Max(1, Caution * state.CarriedBytesPerSecond / state.PeakBytesPerSecond);
        return Math.Max(rules.FirstMs, (int)Math.Min(rules.MostMs * undercounted, int.MaxValue));
    }

    private static (SwitchoverState, SwitchoverDecision?) BeginPass(SwitchoverState state, CopyObservation now, SwitchoverRules rules)
    {
        var most = Allowed(state, rules);
        var needed = ToSend(state, now) * 1000.0 / state.BytesPerSecond;
        var before = state.BestMs;
        state = state with { Iteration = now.Iteration, PassSince = now.At, BestMs = Math.Min(state.BestMs, needed), LowMs = Math.Min(state.LowMs * Forgets, needed) };
        if (needed < before * Shrinking)
            return (state with { SettledSince = double.NaN, StuckSince = double.NaN }, null);
        state = state with { SettledSince = double.IsNaN(state.SettledSince) ? now.At : state.SettledSince };
        if (now.Iteration <= PassesToLearn || needed > state.LowMs * AtMinimum || now.At - state.RaisedAt < RestSeconds)
            return (state, null);
        if (!IsStuck(state, rules, needed, most))
            state = state with { StuckSince = double.NaN };
        else if (double.IsNaN(state.StuckSince))
            return Stick(state, now, rules, before);
        var ceiling = most * Share(state, now, rules);
        // By these figures the hypervisor should have switched over already; its own, of the same moment, say otherwise.
        if (needed <= state.LimitMs)
            return now.At - state.RaisedAt < PatienceSeconds ? (state, null) : Raise(state, now, Math.Min(ceiling, state.LimitMs * Step), needed, before);
        return Raise(state, now, Math.Min(ceiling, needed * Headroom), needed, before);
    }

    /// <summary>
    /// Whether no allowed pause would do. Who can only give up hopes as long as passes come near it, for what a network carries and a guest writes
    /// varies; who has another way to the end takes it.
    /// </summary>
    private static bool IsStuck(SwitchoverState state, SwitchoverRules rules, double needed, int most)
        => rules.Policy.LastResort == LastResort.GiveUp ? needed > most * Near : needed > most || state.LimitMs >= most;

    /// <summary>How much of what is allowed is allowed already: half at once, all of it after a quarter of the policy's patience.</summary>
    private static double Share(SwitchoverState state, CopyObservation now, SwitchoverRules rules)
    {
        var wait = rules.Policy.Patience.TotalSeconds * WaitOfPatience;
        return now.At - state.SettledSince >= wait ? 1 : AtOnce + (1 - AtOnce) * (now.At - state.SettledSince) / wait;
    }

    /// <summary>What the pass had to send when it began. Of one that is over before it is looked at, that is what is written during one.</summary>
    private static double ToSend(SwitchoverState state, CopyObservation now)
    {
        var passSeconds = (now.At - state.PassSince) / (now.Iteration - state.Iteration);
        return passSeconds < ShortSeconds ? Math.Max(now.RemainingBytes, now.DirtyBytesPerSecond * passSeconds) : now.RemainingBytes;
    }

    private static (SwitchoverState, SwitchoverDecision?) Raise(SwitchoverState state, CopyObservation now, double asked, double needed, double before)
    {
        var limit = (int)Math.Ceiling(asked);
        // Little more is worth it only where it makes the difference.
        if (limit < state.LimitMs * Noticeable && (needed <= state.LimitMs || limit < needed))
            return (state, null);
        // The guest is silent already: a pause would prolong a silence its users count as one. Who does not answer at all is not waited for.
        if (now.SilentMs is > SilentMs and < DeafMs)
            return (state, null);
        return (state with { LimitMs = limit, RaisedAt = now.At },
            new SwitchoverDecision(SwitchoverAct.Limit, limit, $"Allow a pause of {limit} ms instead of {state.LimitMs} ms.", Unshrunk(now, before)));
    }

    /// <summary>The hypervisor looks through memory less, or sends more than before: the same limit would let more through than was promised.</summary>
    private static (SwitchoverState, SwitchoverDecision?) Lower(SwitchoverState state, CopyObservation now, int allowed)
        => (state with { LimitMs = allowed }, new SwitchoverDecision(SwitchoverAct.Limit, allowed, $"Allow a pause of {allowed} ms only, instead of {state.LimitMs} ms: more goes through in it now.", Describe(now)));

    private static (SwitchoverState, SwitchoverDecision?) Stick(SwitchoverState state, CopyObservation now, SwitchoverRules rules, double before)
    {
        if (rules.Policy.Patience == TimeSpan.Zero)
            return TakeLastResort(state, now, rules, $"Copying again no longer helps, and no pause up to {rules.MostMs} ms would do");
        var wasTold = state.IsStickingTold;
        state = state with { StuckSince = now.At, IsStickingTold = true };
        return wasTold ? (state, null)
            : Tell(state, $"The guest writes faster than the network carries: no pause up to {rules.MostMs} ms would do yet. Waiting for it to calm down.", Unshrunk(now, before));
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

    private static string Unshrunk(CopyObservation now, double before) => $"{Describe(now)}; passes no longer shrink it ({before:0} ms at best)";

    private static string Describe(CopyObservation now) => string.Create(CultureInfo.InvariantCulture,
        $"pass {now.Iteration}: {now.RemainingBytes / 1048576.0:0.0} MiB left at {now.BytesPerSecond / 1048576.0:0} MiB/s{(now.BytesPerSecond > 0 ? $" would take {now.RemainingBytes * 1000.0 / now.BytesPerSecond:0} ms" : "")}{(now.DirtyBytesPerSecond > 0 ? $"; the guest writes {now.DirtyBytesPerSecond / 1048576.0:0} MiB/s" : "")}");
}
