using System.Globalization;
using Portal.Domain.Migrations;
using Portal.Web.Controls;

namespace Portal.Web.Migrations;

/// <summary>A move in words.</summary>
public static class MigrationWords
{
    /// <summary>The heading: in the present while it moves, in the past once it is over.</summary>
    public static string Title(MigrationRow move) => move.Status switch
    {
        MigrationStatus.Queued => $"{move.MachineName} will move from {move.SourceName} to {move.DestinationName}",
        MigrationStatus.Running => $"{move.MachineName} moves from {move.SourceName} to {move.DestinationName}",
        MigrationStatus.Moved => $"{move.MachineName} moved from {move.SourceName} to {move.DestinationName}",
        MigrationStatus.Stayed => $"{move.MachineName} stayed on {move.SourceName}",
        MigrationStatus.Cancelled => $"{move.MachineName} stayed on {move.SourceName}",
        MigrationStatus.Lost => $"It is not known where {move.MachineName} runs",
    };

    /// <summary>Whether the machine came out running but without answering.</summary>
    public static bool IsSilent(MigrationRow move) => move is { Status: MigrationStatus.Moved, Measured.GuestAnswers: false };

    /// <summary>The status with its tone and sign, for a chip.</summary>
    public static (string? Tone, string? Sign, string Text) State(MigrationRow move) => move switch
    {
        { Status: MigrationStatus.Queued } => (null, "ring", "Waiting for a worker"),
        { Status: MigrationStatus.Running } => ("accent", "dot", Doing(move.Phase)),
        { Status: MigrationStatus.Moved, Measured.GuestAnswers: false } => ("bad", "dot", "Moved, does not answer"),
        { Status: MigrationStatus.Moved } => ("good", "dot", "Moved"),
        { Status: MigrationStatus.Stayed } => ("warn", "dot", "Not moved"),
        { Status: MigrationStatus.Cancelled } => (null, "ring", "Cancelled"),
        _ => ("bad", "dot", "Not known where it runs"),
    };

    /// <summary>Why it cannot be cancelled now; null when it can.</summary>
    public static string? TooLate(MigrationRow move) => move.Phase switch
    {
        "SwitchOver" => "Too late to cancel: it is switching over",
        "Confirm" => $"Too late to cancel: it already runs on {move.DestinationName}",
        "Undo" => "It is being taken back already",
        _ => null,
    };

    /// <summary>A phase's name on screen.</summary>
    public static string Phase(string phase) => phase switch
    {
        "Copy" => "Copy memory",
        "SwitchOver" => "Switch over",
        _ => phase,
    };

    /// <summary>Milliseconds without decimals that nobody can feel: <c>52 ms</c>, but <c>0.4 ms</c>.</summary>
    public static string Ms(double ms) => ms < 0 ? "−" + Ms(-ms) : Format.Ms(ms >= 10 ? Math.Round(ms) : ms);

    /// <summary>Seconds of a phase: <c>0.05 s</c>, <c>1.1 s</c>, <c>12 s</c>.</summary>
    public static string Seconds(double seconds) => seconds switch
    {
        < 0.005 => "< 0.01" + Format.Thin + "s",
        < 0.095 => seconds.ToString("0.00", CultureInfo.InvariantCulture) + Format.Thin + "s",
        < 9.95 => seconds.ToString("0.0", CultureInfo.InvariantCulture) + Format.Thin + "s",
        _ => Format.Duration(TimeSpan.FromSeconds(seconds)),
    };

    private static string Doing(string? phase) => phase switch
    {
        "Check" => "Checking",
        "Predict" => "Predicting",
        "Prepare" => "Preparing",
        "Copy" => "Copying memory",
        "SwitchOver" => "Switching over",
        "Confirm" => "Confirming",
        "Undo" => "Taking it back",
        _ => "Starting",
    };
}
