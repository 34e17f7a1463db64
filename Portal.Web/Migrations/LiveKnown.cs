using Portal.Domain.Migrations;
using Portal.Web.Controls;

namespace Portal.Web.Migrations;

/// <summary>What the server tells the chart beside the stream; equal values need no telling again.</summary>
/// <param name="Over">Whether the move is over: a completed stream is then its end, not an interruption.</param>
/// <param name="Memory">The machine's memory, bytes.</param>
/// <param name="Predicted">Seconds until it runs at the destination, as foretold; null while nothing was.</param>
/// <param name="Arrived">Whether it runs at the destination already, so that no time is left.</param>
/// <param name="Blackout">The receipt's blackout; null while there is none.</param>
public sealed record LiveKnown(bool Over, long Memory, double? Predicted, bool Arrived, LiveBlackout? Blackout)
{
    /// <summary>What is known of a move.</summary>
    public static LiveKnown Of(MigrationRow move) => new(
        !move.IsActive, (long)move.MemoryMib << 20, move.Predicted?.TotalSeconds, move.Phase == "Confirm" || move.Status == MigrationStatus.Moved,
        move.Measured is { BlackoutMs: { } ms, BlackoutStart: { } from, BlackoutEnd: { } to } measured
            ? new(from, to, $"{(measured.GuestAnswers == false ? "no answer for" : "blackout")} {MigrationWords.Ms(ms)} · {Format.Number(measured.Lost)} lost{(measured.ProbeInvalid is null ? "" : ", does not count")}")
            : null);
}

/// <summary>A blackout to be shaded.</summary>
/// <param name="From">Its begin, seconds on the move's axis.</param>
/// <param name="To">Its end.</param>
/// <param name="Label">What stands beside it.</param>
public sealed record LiveBlackout(double From, double To, string Label);
