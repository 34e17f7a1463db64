using Portal.Domain.Migrations;

namespace Portal.Domain.Schedules;

/// <summary>How schedules run.</summary>
/// <param name="Window">How late a run may be and still be done.</param>
public sealed record ScheduleSettings(TimeSpan Window)
{
    /// <summary>A quarter of an hour.</summary>
    public static ScheduleSettings Usual { get; } = new(TimeSpan.FromMinutes(15));
}

/// <summary>One of the schedules made by a form.</summary>
/// <param name="Kind">What it does.</param>
/// <param name="Timing">When.</param>
/// <param name="Move">How and where to, for a relocation.</param>
public sealed record SchedulePart(ScheduleKind Kind, ScheduleTiming Timing, MigrationParameters? Move = null);

/// <summary>A schedule as shown.</summary>
/// <param name="Id">Identifier.</param>
/// <param name="MachineId">Its machine.</param>
/// <param name="MachineName">That machine's name.</param>
/// <param name="ProjectId">Its project.</param>
/// <param name="ProjectName">That project's name.</param>
/// <param name="Kind">What it does.</param>
/// <param name="Timing">When.</param>
/// <param name="Move">How and where to, for a relocation.</param>
/// <param name="DestinationName">The host named in it; null where the best is taken.</param>
/// <param name="Enabled">Whether it runs.</param>
/// <param name="NextAt">When it runs next.</param>
/// <param name="By">With whose rights.</param>
/// <param name="Version">Its version, to be sent with a change.</param>
/// <param name="Last">The last run; null before the first.</param>
/// <param name="MayChange">Whether the actor may change it.</param>
public sealed record ScheduleRow(Guid Id, Guid MachineId, string MachineName, Guid ProjectId, string ProjectName, ScheduleKind Kind, ScheduleTiming Timing, MigrationParameters? Move,
    string? DestinationName, bool Enabled, DateTimeOffset? NextAt, string By, int Version, ScheduleRunRow? Last, bool MayChange);

/// <summary>One run as shown.</summary>
/// <param name="Id">Identifier.</param>
/// <param name="DueAt">The moment.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="OperationId">The operation it ordered.</param>
/// <param name="Detail">Why, where that needs saying.</param>
/// <param name="EndedAt">When it was settled.</param>
public sealed record ScheduleRunRow(Guid Id, DateTimeOffset DueAt, ScheduleOutcome Outcome, Guid? OperationId, string? Detail, DateTimeOffset? EndedAt);
