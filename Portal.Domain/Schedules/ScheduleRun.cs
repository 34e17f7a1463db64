using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Portal.Domain.Evacuations;

namespace Portal.Domain.Schedules;

/// <summary>What became of one time of a schedule.</summary>
public enum ScheduleOutcome
{
    /// <summary>Due; it is tried until its window closes.</summary>
    Waiting,

    /// <summary>An operation, or an evacuation, was ordered and is not finished.</summary>
    Ordered,

    /// <summary>Done.</summary>
    Done,

    /// <summary>Done to some machines and not to others.</summary>
    Partly,

    /// <summary>It was refused, or what it ordered failed.</summary>
    Failed,

    /// <summary>Its window closed before it could be done.</summary>
    Missed,

    /// <summary>There was nothing to do.</summary>
    Skipped,
}

/// <summary>One time of a schedule. There is one per schedule and moment, whoever looks and how often.</summary>
public sealed class ScheduleRun
{
    internal const int LongestDetail = 1000;

    ScheduleRun()
    {
    }

    /// <summary>Identifier, UUIDv7.</summary>
    public Guid Id { get; private init; }

    /// <summary>The schedule.</summary>
    public Guid ScheduleId { get; private init; }

    /// <summary>Its project; null for a host's.</summary>
    public Guid? ProjectId { get; private init; }

    /// <summary>The moment.</summary>
    public DateTimeOffset DueAt { get; private init; }

    /// <summary>What became of it.</summary>
    public ScheduleOutcome Outcome { get; private set; }

    /// <summary>The operation it ordered.</summary>
    public Guid? OperationId { get; private set; }

    /// <summary>The evacuation it ordered, for a tag or a host.</summary>
    public Guid? EvacuationId { get; private set; }

    /// <summary>Why, where that needs saying.</summary>
    public string? Detail { get; private set; }

    /// <summary>When it was settled; null while it is not.</summary>
    public DateTimeOffset? EndedAt { get; private set; }

    internal static ScheduleRun Due(Schedule schedule, DateTimeOffset due) =>
        new() { Id = Guid.CreateVersion7(), ScheduleId = schedule.Id, ProjectId = schedule.ProjectId, DueAt = due, Outcome = ScheduleOutcome.Waiting };

    /// <summary>It cannot be done just now, for this reason.</summary>
    internal void Wait(string why) => Detail = why.Cut(LongestDetail);

    /// <summary>An operation, or an evacuation, carries it out; what is to be said of that stays.</summary>
    internal void Order(Guid? operation, Guid? evacuation, string? detail) => (Outcome, OperationId, EvacuationId, Detail) = (ScheduleOutcome.Ordered, operation, evacuation, detail?.Cut(LongestDetail));

    /// <summary>It is settled.</summary>
    internal void End(ScheduleOutcome outcome, string? detail, DateTimeOffset now) => (Outcome, Detail, EndedAt) = (outcome, detail?.Cut(LongestDetail), now);
}

sealed class ScheduleRunConfiguration : IEntityTypeConfiguration<ScheduleRun>
{
    public void Configure(EntityTypeBuilder<ScheduleRun> builder)
    {
        builder.Property(r => r.Detail).HasMaxLength(ScheduleRun.LongestDetail);
        builder.HasIndex(r => new { r.ScheduleId, r.DueAt }).IsUnique();
        builder.HasIndex(r => r.Outcome).HasFilter("outcome in ('Waiting', 'Ordered')");
        builder.HasOne<Schedule>().WithMany().HasForeignKey(r => r.ScheduleId).OnDelete(DeleteBehavior.Cascade);
        builder.HasOne<Evacuation>().WithMany().HasForeignKey(r => r.EvacuationId).OnDelete(DeleteBehavior.Restrict);
        builder.ToTable("schedule_runs", t => t.HasCheckConstraint("ck_schedule_runs_ended", "(outcome in ('Waiting', 'Ordered')) = (ended_at is null)"));
    }
}
