namespace Portal.Hypervisor.Migrations;

/// <summary>What <see cref="SwitchoverController"/> remembers from one observation to the next.</summary>
/// <param name="LimitMs">Pause allowed now, ms.</param>
internal sealed record SwitchoverState(int LimitMs)
{
    /// <summary>Before the copy.</summary>
    public static SwitchoverState Begin(SwitchoverRules rules) => new(rules.FirstMs);

    /// <summary>Smoothed bandwidth as the hypervisor measures it, looking through memory included; 0 until first measured.</summary>
    public double BytesPerSecond { get; init; }

    /// <summary>The same while it did nothing but send: what the network carries when the guest stands still.</summary>
    public double CarriedBytesPerSecond { get; init; }

    /// <summary>The highest the hypervisor measured lately, fading.</summary>
    public double PeakBytesPerSecond { get; init; }

    /// <summary>The pass being watched.</summary>
    public int Iteration { get; init; }

    /// <summary>When it was first seen, s.</summary>
    public double PassSince { get; init; }

    /// <summary>Least pause that any pass needed when it began, ms: what shrinks while the copy converges.</summary>
    public double BestMs { get; init; } = double.PositiveInfinity;

    /// <summary>The same of the last few passes, ms.</summary>
    public double LowMs { get; init; } = double.PositiveInfinity;

    /// <summary>When the limit was last raised, s.</summary>
    public double RaisedAt { get; init; } = double.NegativeInfinity;

    /// <summary>Since when passes no longer shrink what is to be sent, s; NaN: they do.</summary>
    public double SettledSince { get; init; } = double.NaN;

    /// <summary>Since when no allowed limit would do, s; NaN: one may.</summary>
    public double StuckSince { get; init; } = double.NaN;

    /// <summary>Whether it was said that none would do.</summary>
    public bool IsStickingTold { get; init; }

    /// <summary>How much slower the guest was last said to be made.</summary>
    public int SlowedPercent { get; init; }

    /// <summary>How often its users noticed more of it than they may.</summary>
    public int NoticedTimes { get; init; }

    /// <summary>Whether they notice one now.</summary>
    public bool IsNoticing { get; init; }

    /// <summary>How much slower it may be made at most.</summary>
    public int MostSlowedPercent { get; init; } = SwitchoverController.MostSlowPercent;

    /// <summary>The last resort was taken: there is nothing left to decide.</summary>
    public bool IsOver { get; init; }
}

/// <summary>What is to be done.</summary>
internal enum SwitchoverAct
{
    /// <summary>Nothing; it is only told.</summary>
    Tell,
    /// <summary>Allow a longer pause, or only a shorter one.</summary>
    Limit,
    /// <summary>Slow the guest no more than so much.</summary>
    Slow,
    /// <summary>Let the guest go on at the destination, its memory follows.</summary>
    PostCopy,
    /// <summary>Pause the guest and send the rest.</summary>
    Pause,
    /// <summary>Abort.</summary>
    GiveUp,
}

/// <summary>One decision with its reason.</summary>
/// <param name="Act">What is to be done.</param>
/// <param name="LimitMs">Pause allowed from now on, ms.</param>
/// <param name="Text">In words.</param>
/// <param name="Figures">The numbers behind it.</param>
/// <param name="MostSlowedPercent">How much slower the guest may be made at most.</param>
internal sealed record SwitchoverDecision(SwitchoverAct Act, int LimitMs, string Text, string Figures, int MostSlowedPercent = SwitchoverController.MostSlowPercent);
