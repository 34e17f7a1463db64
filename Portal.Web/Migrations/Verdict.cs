using Portal.Domain.Migrations;
using Portal.Web.Controls;

namespace Portal.Web.Migrations;

/// <summary>What a receipt comes to, in a few words.</summary>
/// <param name="Tone">The chip's tone.</param>
/// <param name="Text">The words.</param>
/// <param name="Why">More about it, where the words are not enough.</param>
public sealed record Verdict(string? Tone, string Text, string? Why = null)
{
    /// <summary>The verdict on a move; null while it is not over.</summary>
    public static Verdict? Of(MigrationRow move) => move switch
    {
        { IsActive: true } => null,
        { Status: MigrationStatus.Moved, Measured.GuestAnswers: false } => new("bad", "The machine does not answer"),
        { Status: MigrationStatus.Moved, Settled: not null } => new("warn", "Not measured to the end"),
        { Status: not MigrationStatus.Moved, Measured: { BlackoutMs: { } felt, ProbeInvalid: null } measured } => measured.GuestAnswers
            ? new(measured.Lost == 0 ? "good" : "warn", measured.Lost == 0 ? "✓ No ping was lost" : $"{Format.Count(measured.Lost, "ping")} lost", $"Silent for at most {MigrationWords.Ms(felt)} until the move was over")
            : new("bad", "The machine does not answer"),
        { Status: not MigrationStatus.Moved } => new(move.Status == MigrationStatus.Lost ? "bad" : null, "Nothing to measure: it did not move"),
        { Measured.BlackoutMs: null } => new("warn", "Blackout not measured", move.Measured?.ProbeInvalid),
        { Measured.ProbeInvalid: { } reason } => new("warn", "Blackout does not count", reason),
        { Objective: { LostPings: { } most }, ObjectiveMet: { } kept, Measured: { LostAt1HzWorst: { } lost } } => kept
            ? new("good", $"✓ Objective kept: {lost} of {Format.Count(most, "lost ping")}")
            : new("bad", $"Objective missed: {lost} of {Format.Count(most, "lost ping")}"),
        { Objective: { AllowedMs: var objective }, Measured.BlackoutMs: { } blackout } => blackout <= objective
            ? new("good", $"✓ Objective kept: {Of(blackout, objective)}")
            : new("bad", $"Objective missed: {Of(blackout, objective)}"),
        { Predicted: { } predicted, Measured.BlackoutMs: { } blackout } => Against(predicted, blackout),
        _ => null,
    };

    private static Verdict Against(Prediction predicted, double blackout) => blackout switch
    {
        _ when blackout > predicted.BlackoutMsHigh => new("warn", $"Longer than predicted by {MigrationWords.Ms(blackout - predicted.BlackoutMsHigh)}"),
        _ when blackout < predicted.BlackoutMsLow => new("good", $"✓ Shorter than predicted by {MigrationWords.Ms(predicted.BlackoutMsLow - blackout)}"),
        _ => new("good", "✓ As predicted"),
    };

    private static string Of(double blackout, double objective) => $"{Format.Number(Math.Round(blackout))} of {MigrationWords.Ms(objective)}";
}
