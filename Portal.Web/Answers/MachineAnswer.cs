namespace Portal.Web.Answers;

/// <summary>How a machine that should run takes being pinged once a second.</summary>
/// <param name="Answers">Whether it answers; a single ping without an answer does not end that.</param>
/// <param name="Since">Since when it answers, or is silent: its last answer, or when it was first asked.</param>
/// <param name="RttMs">The last answer's round trip, ms; null when none was heard.</param>
/// <param name="Missed">Pings without an answer, in a row.</param>
/// <param name="LastAt">When its last answer was asked for; null when none was heard.</param>
public sealed record MachineAnswer(bool Answers, DateTimeOffset Since, double? RttMs = null, int Missed = 0, DateTimeOffset? LastAt = null)
{
    /// <summary>A machine is silent from this many pings without an answer in a row: one may get lost anywhere.</summary>
    public const int MostMissed = 3;

    /// <summary>How long a machine that just started may take until its first answer before that needs a look.</summary>
    public static readonly TimeSpan StartsWithin = TimeSpan.FromMinutes(2);

    /// <summary>Whether it is silent for certain; false while it is too early to say.</summary>
    public bool IsSilent => !Answers && Missed >= MostMissed;

    /// <summary>Whether its silence needs a look: it fell silent, or had the time to start.</summary>
    public bool IsTrouble(DateTimeOffset now) => IsSilent && (LastAt is not null || now - Since > StartsWithin);

    /// <summary>After one more ping.</summary>
    /// <param name="at">When it was asked.</param>
    /// <param name="rttMs">Its round trip, ms; null without an answer.</param>
    public MachineAnswer After(DateTimeOffset at, double? rttMs)
    {
        if (rttMs is not null)
            return new(Answers: true, Answers ? Since : at, rttMs, LastAt: at);
        var missed = Missed + 1;
        return Answers && missed >= MostMissed ? this with { Answers = false, Since = LastAt ?? Since, Missed = missed } : this with { Missed = missed };
    }
}
