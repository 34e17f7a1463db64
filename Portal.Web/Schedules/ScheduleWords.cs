using System.Globalization;
using Portal.Domain.Migrations;
using Portal.Domain.Schedules;
using Portal.Web.Controls;

namespace Portal.Web.Schedules;

/// <summary>Schedules in the words and colours of the screen.</summary>
static class ScheduleWords
{
    /// <summary>What a schedule does.</summary>
    public static string Of(ScheduleKind kind) => kind switch
    {
        ScheduleKind.PowerOn => "Start",
        ScheduleKind.PowerOff => "Shut down",
        ScheduleKind.Relocate => "Move",
    };

    /// <summary>What a schedule does, with where to.</summary>
    public static string Of(ScheduleRow row) => row.Kind == ScheduleKind.Relocate ? $"Move to {row.DestinationName ?? (row.MachineId is null ? "the best hosts" : "the best host")}" : Of(row.Kind);

    /// <summary>What is done when a time could not be kept.</summary>
    public static string Of(WhenLate late) => late switch
    {
        WhenLate.Skip => "leave it out and say so",
        WhenLate.RunLate => "do it late and say so",
    };

    /// <summary>How long after its time it may begin something; null where that goes without saying.</summary>
    public static string? Of(ScheduleWindow window) => window switch
    {
        { Minutes: null, Late: WhenLate.Skip } => null,
        { Minutes: null } => "late if need be",
        { Minutes: { } minutes } => $"window of {Format.Duration(TimeSpan.FromMinutes(minutes))}{(window.Late == WhenLate.RunLate ? ", late if need be" : "")}",
    };

    /// <summary>What became of a run, with its tone.</summary>
    public static (string? Tone, string Text) Of(ScheduleOutcome outcome) => outcome switch
    {
        ScheduleOutcome.Waiting => ("warn", "Waits"),
        ScheduleOutcome.Ordered => ("accent", "Being done"),
        ScheduleOutcome.Done => ("good", "Done"),
        ScheduleOutcome.Partly => ("warn", "Done in part"),
        ScheduleOutcome.Failed => ("bad", "Failed"),
        ScheduleOutcome.Missed => ("bad", "Missed"),
        ScheduleOutcome.Skipped => (null, "Skipped"),
    };

    /// <summary>A moment by a place's clocks: <c>Mon 1 Jun 2026, 07:30</c>.</summary>
    public static string There(ScheduleTiming timing, DateTimeOffset at) => Moment(timing.There(at));

    /// <summary>A moment as its own offset has it.</summary>
    public static string Moment(DateTimeOffset at) => at.ToString("ddd d MMM yyyy, HH:mm", CultureInfo.InvariantCulture);

    /// <summary>How a machine is moved.</summary>
    public static string Of(MigrationParameters move) => $"{Words.Of(move.Mode)}{(move switch { { Mode: not MigrationMode.Live } => "", { Policy: { } policy } => $", {Words.Of(policy).ToLowerInvariant()}", { PolicyId: not null } => ", by a policy made here", _ => "" })}{(move.ObjectiveMs is { } most ? $", at most {Format.Ms(most)} of silence" : "")}";
}
