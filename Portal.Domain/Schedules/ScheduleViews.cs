using Portal.Domain.Evacuations;
using Portal.Domain.Migrations;

namespace Portal.Domain.Schedules;

/// <summary>How schedules run.</summary>
/// <param name="Window">How late a run may be and still be in time.</param>
public sealed record ScheduleSettings(TimeSpan Window)
{
    /// <summary>A quarter of an hour.</summary>
    public static ScheduleSettings Usual { get; } = new(TimeSpan.FromMinutes(15));
}

/// <summary>One of the schedules made by a form.</summary>
/// <param name="Kind">What it does.</param>
/// <param name="Timing">When.</param>
/// <param name="Move">How and where to, for a relocation.</param>
/// <param name="Window">How long after its time it may begin something; null: the usual.</param>
public sealed record SchedulePart(ScheduleKind Kind, ScheduleTiming Timing, MigrationParameters? Move = null, ScheduleWindow? Window = null);

/// <summary>A schedule as shown.</summary>
/// <param name="Id">Identifier.</param>
/// <param name="MachineId">Its machine; null when it is about a tag or a host.</param>
/// <param name="MachineName">That machine's name.</param>
/// <param name="Tag">The tag of the machines it is about.</param>
/// <param name="HostId">The host whose machines it is about.</param>
/// <param name="HostName">That host's name.</param>
/// <param name="ProjectId">Its project; null when it is about a host.</param>
/// <param name="ProjectName">That project's name.</param>
/// <param name="Kind">What it does.</param>
/// <param name="Timing">When.</param>
/// <param name="Window">How long after its time it may begin something.</param>
/// <param name="Move">How and where to, for a relocation.</param>
/// <param name="DestinationName">The host named in it; null where the best is taken.</param>
/// <param name="Enabled">Whether it runs.</param>
/// <param name="NextAt">When it runs next.</param>
/// <param name="By">With whose rights.</param>
/// <param name="Version">Its version, to be sent with a change.</param>
/// <param name="Last">The last run; null before the first.</param>
/// <param name="MayChange">Whether the actor may change it.</param>
public sealed record ScheduleRow(Guid Id, Guid? MachineId, string? MachineName, string? Tag, Guid? HostId, string? HostName, Guid? ProjectId, string? ProjectName, ScheduleKind Kind, ScheduleTiming Timing, ScheduleWindow Window, MigrationParameters? Move,
    string? DestinationName, bool Enabled, DateTimeOffset? NextAt, string By, int Version, ScheduleRunRow? Last, bool MayChange)
{
    /// <summary>What it is about, in a sentence.</summary>
    public string Subject => ScheduleTarget.Name(MachineName, Tag, HostName);
}

/// <summary>One run as shown.</summary>
/// <param name="Id">Identifier.</param>
/// <param name="DueAt">The moment.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="OperationId">The operation it ordered.</param>
/// <param name="Detail">Why, where that needs saying.</param>
/// <param name="EndedAt">When it was settled.</param>
/// <param name="EvacuationId">The evacuation it ordered, for a tag or a host.</param>
public sealed record ScheduleRunRow(Guid Id, DateTimeOffset DueAt, ScheduleOutcome Outcome, Guid? OperationId, string? Detail, DateTimeOffset? EndedAt, Guid? EvacuationId = null)
{
    /// <summary>What became of each machine, for a tag or a host; filled in where the runs of one schedule are read.</summary>
    public IReadOnlyList<ScheduleMachineRow> Machines { get; init; } = [];
}

/// <summary>What became of one machine in a run.</summary>
/// <param name="Id">The machine.</param>
/// <param name="Name">Its name then.</param>
/// <param name="State">What became of it.</param>
/// <param name="DestinationName">Where it was to go, or went.</param>
/// <param name="Detail">What it waits for, or why it stayed.</param>
/// <param name="MigrationId">Its last move.</param>
public sealed record ScheduleMachineRow(Guid Id, string Name, EvacuationItemState State, string? DestinationName, string? Detail, Guid? MigrationId);
