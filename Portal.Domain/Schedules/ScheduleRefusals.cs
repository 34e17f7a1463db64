namespace Portal.Domain.Schedules;

/// <summary>It has the same schedule already: pressed twice, or made by somebody else meanwhile.</summary>
/// <param name="Machine">The machine, the tag or the load.</param>
/// <param name="When">When it runs.</param>
public sealed record ScheduleExists(string Machine, string When) : Refusal("schedule-exists", $"There is a schedule that does the same to {Machine}, {When}.", "Change that one, or choose another time.")
{
    /// <inheritdoc/>
    public override RefusalKind Kind => RefusalKind.Conflict;
}

/// <summary>A machine, a tag or a host has as many schedules as one may have.</summary>
/// <param name="Machine">The machine, the tag or the load.</param>
/// <param name="Most">The limit.</param>
public sealed record TooManySchedules(string Machine, int Most) : Refusal("too-many-schedules", $"There are {Most} schedules of {Machine}; no more are kept.", "Delete one that is no longer needed, or name several times in one cron expression.")
{
    /// <inheritdoc/>
    public override RefusalKind Kind => RefusalKind.Conflict;
}
