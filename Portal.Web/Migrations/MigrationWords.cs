using System.Globalization;
using Portal.Domain.Migrations;
using Portal.Web.Controls;

namespace Portal.Web.Migrations;

/// <summary>A move in words.</summary>
public static class MigrationWords
{
    /// <summary>The heading: in the present while it moves, in the past once it is over.</summary>
    public static string Title(MigrationView move) => move.Status switch
    {
        MigrationStatus.Queued => $"{move.Machine} will move from {move.Source} to {move.Destination}",
        MigrationStatus.Running => $"{move.Machine} moves from {move.Source} to {move.Destination}",
        MigrationStatus.Moved => $"{move.Machine} moved from {move.Source} to {move.Destination}",
        MigrationStatus.Stayed => $"{move.Machine} stayed on {move.Source}",
        MigrationStatus.Cancelled => $"{move.Machine} stayed on {move.Source}",
        MigrationStatus.Lost => $"{move.Machine} was lost between {move.Source} and {move.Destination}",
    };

    /// <summary>The status with its tone and sign, for a chip.</summary>
    public static (string? Tone, string? Sign, string Text) State(MigrationView move) => move switch
    {
        { Status: MigrationStatus.Queued } => (null, "ring", "Waiting for a worker"),
        { Status: MigrationStatus.Running } => ("accent", "dot", Doing(move.Phase)),
        { IsSilent: true } => ("bad", "dot", "Moved, does not answer"),
        { Status: MigrationStatus.Moved } => ("good", "dot", "Moved"),
        { Status: MigrationStatus.Stayed } => ("warn", "dot", "Not moved"),
        { Status: MigrationStatus.Cancelled } => (null, "ring", "Cancelled"),
        _ => ("bad", "dot", "Lost"),
    };

    /// <summary>Why it cannot be cancelled now; null when it can.</summary>
    public static string? TooLate(MigrationView move) => move.Phase switch
    {
        "SwitchOver" => "Too late to cancel: it is switching over",
        "Confirm" => $"Too late to cancel: it already runs on {move.Destination}",
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
    public static string Ms(double ms) => Format.Ms(ms >= 10 ? Math.Round(ms) : ms);

    /// <summary>Seconds of a phase: <c>0.05 s</c>, <c>1.1 s</c>, <c>12 s</c>.</summary>
    public static string Seconds(double seconds) => seconds switch
    {
        < 0.005 => "0" + Format.Thin + "s",
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
