using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Portal.Domain.Machines;
using Portal.Domain.Migrations;
using Portal.Domain.MovePolicies;
using Portal.Domain.Projects;
using Portal.Domain.Scoping;

namespace Portal.Domain.Schedules;

/// <summary>What a schedule does to its machine.</summary>
public enum ScheduleKind
{
    /// <summary>Starts it.</summary>
    PowerOn,

    /// <summary>Shuts it down.</summary>
    PowerOff,

    /// <summary>Moves it to another host.</summary>
    Relocate,
}

/// <summary>Something done to a machine again and again at set times.</summary>
public sealed class Schedule : IProjectScoped
{
    Schedule()
    {
    }

    /// <summary>Identifier, UUIDv7.</summary>
    public Guid Id { get; private init; }

    /// <summary>The machine's project.</summary>
    public Guid ProjectId { get; private init; }

    /// <summary>The machine.</summary>
    public Guid MachineId { get; private init; }

    /// <summary>What it does.</summary>
    public ScheduleKind Kind { get; private init; }

    /// <summary>When (<c>jsonb</c>).</summary>
    public ScheduleTiming Timing { get; private set; } = default!;

    /// <summary>How and where to, for a relocation (<c>jsonb</c>); null otherwise.</summary>
    public MigrationParameters? Move { get; private set; }

    /// <summary>The policy an admin made that it moves by, again as a column, so that it is not retired.</summary>
    public Guid? PolicyId { get; private set; }

    /// <summary>Whether it runs.</summary>
    public bool Enabled { get; private set; }

    /// <summary>When it runs next; null while it does not.</summary>
    public DateTimeOffset? NextAt { get; private set; }

    /// <summary>Who made it, or changed it last: it runs with that person's rights.</summary>
    public Guid CreatedBy { get; private set; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset CreatedAt { get; private init; }

    /// <summary>The row's version: of what people say, not of when it runs next.</summary>
    public int Version { get; private set; }

    internal static Schedule Create(Machine machine, ScheduleKind kind, ScheduleTiming timing, MigrationParameters? move, bool enabled, Actor by, DateTimeOffset now)
    {
        var schedule = new Schedule { Id = Guid.CreateVersion7(), ProjectId = machine.ProjectId, MachineId = machine.Id, Kind = kind, CreatedAt = now };
        schedule.Say(timing, move, enabled, by, now);
        return schedule;
    }

    /// <summary>Says anew when and how; who says it answers for it.</summary>
    internal void Say(ScheduleTiming timing, MigrationParameters? move, bool enabled, Actor by, DateTimeOffset now)
    {
        (Timing, Move, CreatedBy, Version) = (timing, Kind == ScheduleKind.Relocate ? move : null, by.UserId, Version + 1);
        PolicyId = Move?.PolicyId;
        Switch(enabled, now);
    }

    /// <summary>Runs, or not. What would have been while it did not is not made up for.</summary>
    internal void Switch(bool enabled, DateTimeOffset now) => (Enabled, NextAt) = (enabled, enabled ? Timing.Next(now) : null);

    /// <summary>This time was taken; it only ever moves on, whatever a clock says.</summary>
    internal void Took(DateTimeOffset due, DateTimeOffset now) => NextAt = Timing.Next(due > now ? due : now);
}

sealed class ScheduleConfiguration : IEntityTypeConfiguration<Schedule>
{
    public void Configure(EntityTypeBuilder<Schedule> builder)
    {
        builder.Property(s => s.Timing).IsDocument<ScheduleTiming>();
        builder.Property(s => s.Move).IsDocument<MigrationParameters>();
        builder.Property(s => s.Version).IsConcurrencyToken();
        builder.HasIndex(s => s.NextAt).HasFilter("next_at is not null");
        builder.HasIndex(s => new { s.ProjectId, s.NextAt });
        builder.HasIndex(s => s.MachineId);
        builder.HasOne<Project>().WithMany().HasForeignKey(s => s.ProjectId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<Machine>().WithMany().HasForeignKey(s => s.MachineId).OnDelete(DeleteBehavior.Cascade);
        builder.HasOne<MovePolicy>().WithMany().HasForeignKey(s => s.PolicyId).OnDelete(DeleteBehavior.Restrict);
        builder.ToTable("schedules", t =>
        {
            t.HasCheckConstraint("ck_schedules_next", "enabled or next_at is null");
            t.HasCheckConstraint("ck_schedules_move", "(kind = 'Relocate') = (move is not null)");
        });
    }
}
