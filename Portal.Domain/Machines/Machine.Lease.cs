using Portal.Domain.Leases;

namespace Portal.Domain.Machines;

/// <summary>The lease: until when the machine may be used, and what happens after. Only these transitions write it.</summary>
public sealed partial class Machine
{
    /// <summary>The length asked for, days; null: for ever. The lease begins when the machine first runs.</summary>
    public int? LeaseDays { get; private set; }

    /// <summary>How far the lease is.</summary>
    public LeaseStage LeaseStage { get; private set; }

    /// <summary>When it began; null when there is none yet.</summary>
    public DateTimeOffset? LeaseStartedAt { get; private set; }

    /// <summary>When it ends; null when there is none yet.</summary>
    public DateTimeOffset? LeaseEndsAt { get; private set; }

    /// <summary>Until when the machine is kept after the end; null before <see cref="LeaseStage.Grace"/>.</summary>
    public DateTimeOffset? GraceUntil { get; private set; }

    /// <summary>Warnings at this many days ahead and more were given, or are not due: the lease was never longer than that.</summary>
    public int? LeaseWarnedDays { get; private set; }

    /// <summary>When the lease is to be looked at next; null: never. Setting it early does no harm.</summary>
    public DateTimeOffset? LeaseDueAt { get; private set; }

    /// <summary>How often the machine was told to shut down, or to go, since this stage began.</summary>
    public int LeaseTries { get; private set; }

    /// <summary>Whether the lease is over, so that the machine is not started before it is extended.</summary>
    public bool LeaseIsOver => LeaseStage is LeaseStage.Ending or LeaseStage.Grace or LeaseStage.Over;

    /// <summary>Notes the length wanted, before the machine is made.</summary>
    internal void AskLease(int? days) => LeaseDays = days;

    /// <summary>The machine runs for the first time: its lease begins. A no-op for one that is for ever, or that began before.</summary>
    internal void BeginLease(DateTimeOffset now)
    {
        if (LeaseDays is { } days && LeaseStage == LeaseStage.None)
        {
            LeaseStartedAt = now;
            RunUntil(now.AddDays(days), now);
        }
    }

    /// <summary>
    /// Moves the lease's end. Within the days of grace, and while the machine is being shut down, this brings it back: it stays as it is
    /// and may be started. A machine without a lease gets one.
    /// </summary>
    /// <param name="to">The new end, after <paramref name="now"/>.</param>
    /// <param name="now">The moment it is.</param>
    /// <exception cref="InvalidOperationException">The last step was taken: the machine is being deleted.</exception>
    public void ExtendLease(DateTimeOffset to, DateTimeOffset now)
    {
        if (LeaseStage == LeaseStage.Over || State is MachineState.Deleting or MachineState.Deleted)
            throw new InvalidOperationException($"The lease of {Name} is over: it is being deleted.");
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(to, now);
        LeaseStartedAt ??= now;
        RunUntil(to, now);
    }

    /// <summary>A warning was given; look again at <paramref name="next"/>.</summary>
    internal void LeaseWarned(int days, DateTimeOffset next) => (LeaseWarnedDays, LeaseDueAt) = (days, next);

    /// <summary>There is nothing to do before <paramref name="next"/>.</summary>
    internal void LookAtLease(DateTimeOffset? next) => LeaseDueAt = next;

    /// <summary>The end has come; look again at once.</summary>
    internal void EndLease(DateTimeOffset now) => (LeaseStage, LeaseTries, LeaseDueAt) = (LeaseStage.Ending, 0, now);

    /// <summary>The machine was told to shut down or to go; look at <paramref name="next"/> whether it did.</summary>
    internal void TryLeaseAgain(DateTimeOffset next) => (LeaseTries, LeaseDueAt) = (LeaseTries + 1, next);

    /// <summary>The machine is off: it is kept until <paramref name="until"/>.</summary>
    internal void KeepInGrace(DateTimeOffset until, int days, DateTimeOffset next) =>
        (LeaseStage, GraceUntil, LeaseWarnedDays, LeaseTries, LeaseDueAt) = (LeaseStage.Grace, until, days, 0, next);

    /// <summary>The days of grace are over.</summary>
    internal void FinishLease(DateTimeOffset? next) => (LeaseStage, LeaseTries, LeaseDueAt) = (LeaseStage.Over, 0, next);

    void RunUntil(DateTimeOffset end, DateTimeOffset now)
    {
        (LeaseStage, LeaseEndsAt, GraceUntil, LeaseTries) = (LeaseStage.Running, end, null, 0);
        // Nobody is warned seven days ahead of the end of a lease that was never seven days long.
        LeaseWarnedDays = (int)Math.Ceiling((end - now).TotalDays);
        // The sweep knows the project's terms, and with them when to look next.
        LeaseDueAt = now;
    }
}
