namespace Portal.Domain.Schedules;

/// <summary>The machine has the same schedule already: pressed twice, or made by somebody else meanwhile.</summary>
/// <param name="Machine">The machine.</param>
/// <param name="When">When it runs.</param>
public sealed record ScheduleExists(string Machine, string When) : Refusal("schedule-exists", $"{Machine} has a schedule that does the same, {When}.", "Change that one, or choose another time.")
{
    /// <inheritdoc/>
    public override RefusalKind Kind => RefusalKind.Conflict;
}

/// <summary>A machine has as many schedules as one may have.</summary>
/// <param name="Machine">The machine.</param>
/// <param name="Most">The limit.</param>
public sealed record TooManySchedules(string Machine, int Most) : Refusal("too-many-schedules", $"{Machine} has {Most} schedules; a machine has no more.", "Delete one that is no longer needed, or name several times in one cron expression.")
{
    /// <inheritdoc/>
    public override RefusalKind Kind => RefusalKind.Conflict;
}
