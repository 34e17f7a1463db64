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
        MigrationStatus.Lost when move.Settled is not null => $"{move.MachineName} runs neither on {move.SourceName} nor on {move.DestinationName}",
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
        { Status: MigrationStatus.Lost, Settled: not null } => ("bad", "dot", "Ran nowhere"),
        _ => ("bad", "dot", "Not known where it runs"),
    };

    /// <summary>Why it cannot be cancelled now; null when it can. Who asked in time sees that it came too late.</summary>
    public static string? TooLate(MigrationRow move, bool asked = false) => move.Phase switch
    {
        "SwitchOver" when asked => "It was switching over before it could be stopped",
        "SwitchOver" => "Too late to cancel: it is switching over",
        "Confirm" when asked => $"It ran on {move.DestinationName} before it could be stopped; it stays there",
        "Confirm" => $"Too late to cancel: it already runs on {move.DestinationName}",
        "Undo" => "It is being taken back already",
        _ => null,
    };

    /// <summary>What cancelling does to the machine, by how it moves.</summary>
    public static string CancelMeans(MigrationRow move) => (move.Status, move.Mode) switch
    {
        (MigrationStatus.Queued, _) => $"{move.MachineName} keeps running on {move.SourceName}; nothing was moved yet.",
        (_, MigrationMode.Live) => $"{move.MachineName} keeps running on {move.SourceName}; what was copied to {move.DestinationName} so far is thrown away.",
        (_, MigrationMode.PostCopy) => $"{move.MachineName} keeps running on {move.SourceName} if it has not gone on yet; once it runs on {move.DestinationName}, it stays there.",
        (_, MigrationMode.QuickDirect) => $"{move.MachineName} goes on on {move.SourceName}, where it is held still while it is copied; what was copied to {move.DestinationName} is thrown away.",
        (_, MigrationMode.QuickSaved) => $"{move.MachineName} goes on on {move.SourceName}; if its memory is being saved to disk already, it is silent until that is read back there.",
    };

    /// <summary>A phase's name on screen.</summary>
    public static string Phase(string phase) => phase switch
    {
        "Copy" => "Copy memory",
        "SwitchOver" => "Switch over",
        _ => phase,
    };

    /// <summary>How the machine was asked, where it was not by pings, and what that does to the terms; null where it was by pings.</summary>
    public static string? AskedBy(Measurement? measured) => measured?.Probe switch
    {
        ProbeKind.Tcp => "It answers no ping, so it was asked by TCP connections: lost is what was not answered within 1" + Format.Thin + "s",
        ProbeKind.Arp => "It answers neither pings nor connections, so it was asked by ARP: lost is what was not answered within 1" + Format.Thin + "s",
        ProbeKind.Icmp or null => null,
    };

    /// <summary>An objective's figure: <c>100 ms</c>, <c>2 lost pings</c>.</summary>
    public static string Of(Objective objective) => objective.LostPings is { } pings ? Format.Count(pings, "lost ping") : Ms(objective.AllowedMs);

    /// <summary>What pings lose, from the best to the worst: <c>0–1 lost pings at 1 Hz, 0–2 at 10 Hz</c>.</summary>
    public static string Pings(PingForecast pings) =>
        $"{Whole(pings.At1HzLow, pings.At1HzWorst)} lost pings at 1{Format.Thin}Hz, {Whole(pings.At10HzLow, pings.At10HzHigh)} at 10{Format.Thin}Hz";

    private static string Whole(double low, double high) => (Math.Floor(low), Math.Ceiling(high)) is var (least, most) && least == most ? Format.Number(most) : $"{Format.Number(least)}–{Format.Number(most)}";

    /// <summary>Milliseconds without decimals that nobody can feel: <c>52 ms</c>, <c>0.4 ms</c>; from a second on <c>4.31 s</c>, <c>15.2 s</c>.</summary>
    public static string Ms(double ms) => ms switch
    {
        < 0 => "−" + Ms(-ms),
        < 999.5 => Format.Ms(ms >= 10 ? Math.Round(ms) : ms),
        _ => Thousands(ms) + Format.Thin + "s",
    };

    /// <summary>From a low to a high figure with one unit, the high one's: <c>38–62 ms</c>, <c>0.69–3.46 s</c>.</summary>
    public static string MsRange(double low, double high)
    {
        var to = Ms(high);
        if (Ms(low) == to)
            return to;
        return (high < 999.5 ? Ms(low).Split(Format.Thin)[0] : Thousands(low)) + "–" + to;
    }

    /// <summary>Seconds of a phase: <c>0.05 s</c>, <c>1.1 s</c>, <c>12 s</c>.</summary>
    public static string Seconds(double seconds) => seconds switch
    {
        < 0.005 => "< 0.01" + Format.Thin + "s",
        < 0.095 => seconds.ToString("0.00", CultureInfo.InvariantCulture) + Format.Thin + "s",
        < 9.95 => seconds.ToString("0.0", CultureInfo.InvariantCulture) + Format.Thin + "s",
        _ => Format.Duration(TimeSpan.FromSeconds(seconds)),
    };

    private static string Thousands(double ms) => (ms / 1000).ToString(ms < 9_995 ? "0.00" : "0.0", CultureInfo.InvariantCulture);

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
