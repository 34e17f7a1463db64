using System.Globalization;

namespace Portal.Domain.Migrations;

/// <summary>What a machine's users may at most notice of a move: a silence, or pings lost by whoever pings once a second.</summary>
/// <param name="BlackoutMs">Longest silence, ms; null when pings are counted.</param>
/// <param name="LostPings">Most pings lost at 1 Hz, wherever in its second the ping falls; null when the silence is measured.</param>
public sealed record Objective(double? BlackoutMs, int? LostPings)
{
    internal const int LongestReason = 500;

    // A promise below what a ping can measure, or of minutes, is a slip of the finger.
    const double LeastMs = 1;
    const double MostMs = 600_000;
    const int MostPings = 600;

    /// <summary>The silence it allows, ms. A silence of at most n seconds costs at most n pings, and a longer one may cost another.</summary>
    public double AllowedMs => BlackoutMs ?? LostPings!.Value * 1000.0;

    /// <summary>The same in words, without a subject.</summary>
    public string Words => LostPings is { } pings
        ? $"never more than {pings} lost {(pings == 1 ? "ping" : "pings")}"
        : string.Create(CultureInfo.InvariantCulture, $"at most {BlackoutMs:0.#} ms of silence");

    /// <summary>From its columns; null when there is none.</summary>
    public static Objective? Of(double? blackoutMs, int? lostPings) => blackoutMs is null && lostPings is null ? null : new(blackoutMs, lostPings);

    /// <summary>Why such an objective makes no sense; null when it does, and for none.</summary>
    public static InvalidText? Refuse(double? blackoutMs, int? lostPings) => (blackoutMs, lostPings) switch
    {
        (not null, not null) => new("objectivePings", "An objective is one figure: a silence or a number of pings.", "Leave one of them out."),
        ({ } ms, null) when !(ms is >= LeastMs and <= MostMs) => new("objectiveMs", $"An objective of {ms} ms makes no sense.", $"Give {LeastMs} to {MostMs} ms, or none."),
        (null, < 1 or > MostPings) => new("objectivePings", $"An objective of {lostPings} lost pings cannot be promised.", $"Give 1 to {MostPings}: even the shortest silence may fall on a ping. For less, give a silence in ms."),
        _ => null,
    };

    /// <summary>Whether it was kept; null when nothing valid was measured.</summary>
    public bool? KeptBy(Measurement measured) => measured switch
    {
        { ProbeInvalid: not null } or { BlackoutMs: null } => null,
        { LostAt1HzWorst: { } worst } when LostPings is { } most => worst <= most,
        { BlackoutMs: { } blackout } => blackout <= AllowedMs,
    };

    /// <summary>Whether a move would keep it.</summary>
    public ObjectiveOutlook Outlook(Prediction predicted) => predicted switch
    {
        { BlackoutMsLow: var low } when low > AllowedMs => ObjectiveOutlook.No,
        { Converges: true, BlackoutMsHigh: var high } when high <= AllowedMs => ObjectiveOutlook.Yes,
        { Converges: true } when predicted.MiddleMs <= AllowedMs => ObjectiveOutlook.Likely,
        _ => ObjectiveOutlook.Unlikely,
    };
}

/// <summary>Whether a move would keep an objective.</summary>
public enum ObjectiveOutlook
{
    /// <summary>All of the range is within it.</summary>
    Yes,

    /// <summary>More of the range is within it than beyond.</summary>
    Likely,

    /// <summary>More of the range is beyond it than within, or it takes a slowed guest.</summary>
    Unlikely,

    /// <summary>All of the range is beyond it.</summary>
    No,
}

/// <summary>What has an objective of its own.</summary>
public enum ObjectiveSource
{
    /// <summary>The machine.</summary>
    Machine,

    /// <summary>Its project.</summary>
    Project,
}

/// <summary>An objective that stands for a machine's moves.</summary>
/// <param name="Objective">The objective.</param>
/// <param name="From">Whose it is.</param>
public sealed record StandingObjective(Objective Objective, ObjectiveSource From);

/// <summary>What of a blackout a ping loses.</summary>
/// <param name="At1HzLow">Pings lost at one a second, mean over where in its second the ping falls, at the least blackout.</param>
/// <param name="At1HzHigh">At the most.</param>
/// <param name="At1HzWorst">At the most blackout and the worst moment.</param>
/// <param name="At10HzLow">At ten a second, at the least blackout.</param>
/// <param name="At10HzHigh">At the most.</param>
public sealed record PingForecast(double At1HzLow, double At1HzHigh, int At1HzWorst, double At10HzLow, double At10HzHigh)
{
    /// <summary>From a predicted blackout.</summary>
    public static PingForecast Of(Prediction predicted) => new(
        predicted.BlackoutMsLow / 1000, predicted.BlackoutMsHigh / 1000, (int)Math.Min(int.MaxValue, Math.Ceiling(predicted.BlackoutMsHigh / 1000)), predicted.BlackoutMsLow / 100, predicted.BlackoutMsHigh / 100);
}
