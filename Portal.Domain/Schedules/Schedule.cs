using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Portal.Domain.Hosts;
using Portal.Domain.Machines;
using Portal.Domain.Migrations;
using Portal.Domain.MovePolicies;
using Portal.Domain.Projects;

namespace Portal.Domain.Schedules;

/// <summary>What a schedule does to what it is about.</summary>
public enum ScheduleKind
{
    /// <summary>Starts it.</summary>
    PowerOn,

    /// <summary>Shuts it down.</summary>
    PowerOff,

    /// <summary>Moves it to another host.</summary>
    Relocate,
}

/// <summary>Something done at set times to a machine, to the machines with a tag, or to what is on a host. One of a host belongs to no project.</summary>
public sealed class Schedule
{
    Schedule()
    {
    }

    /// <summary>Identifier, UUIDv7.</summary>
    public Guid Id { get; private init; }

    /// <summary>The project of the machine or the tag; null for a host.</summary>
    public Guid? ProjectId { get; private init; }

    /// <summary>The machine it is about.</summary>
    public Guid? MachineId { get; private init; }

    /// <summary>The tag of the machines it is about.</summary>
    public string? Tag { get; private init; }

    /// <summary>The host whose machines it is about.</summary>
    public Guid? HostId { get; private init; }

    /// <summary>What it is about.</summary>
    public ScheduleTarget Target => new(MachineId, Tag is null ? null : ProjectId, Tag, HostId);

    /// <summary>What it does.</summary>
    public ScheduleKind Kind { get; private init; }

    /// <summary>When (<c>jsonb</c>).</summary>
    public ScheduleTiming Timing { get; private set; } = default!;

    /// <summary>How long after its time it may begin something (<c>jsonb</c>).</summary>
    public ScheduleWindow Window { get; private set; } = ScheduleWindow.Usual;

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

    internal static Schedule Create(ScheduleTarget target, Guid? projectId, SchedulePart part, Actor by, DateTimeOffset now)
    {
        var schedule = new Schedule { Id = Guid.CreateVersion7(), ProjectId = projectId, MachineId = target.MachineId, Tag = target.Tag, HostId = target.HostId, Kind = part.Kind, CreatedAt = now };
        schedule.Say(part, enabled: true, by, now);
        return schedule;
    }

    /// <summary>Says anew when and how; who says it answers for it.</summary>
    internal void Say(SchedulePart part, bool enabled, Actor by, DateTimeOffset now)
    {
        (Timing, Window, Move, CreatedBy, Version) = (part.Timing, part.Window ?? ScheduleWindow.Usual, Kind == ScheduleKind.Relocate ? part.Move : null, by.UserId, Version + 1);
        PolicyId = Move?.PolicyId;
        Switch(enabled, now);
    }

    /// <summary>Runs, or not. What would have been while it did not is not made up for.</summary>
    internal void Switch(bool enabled, DateTimeOffset now) => (Enabled, NextAt) = (enabled, enabled ? Timing.Next(now) : null);

    /// <summary>This time was taken; it only ever moves on, whatever a clock says. After the last there is, it is off.</summary>
    internal void Took(DateTimeOffset due, DateTimeOffset now)
    {
        NextAt = Timing.Next(due > now ? due : now);
        Enabled = NextAt is not null;
    }
}

sealed class ScheduleConfiguration : IEntityTypeConfiguration<Schedule>
{
    public void Configure(EntityTypeBuilder<Schedule> builder)
    {
        builder.Ignore(s => s.Target);
        builder.Property(s => s.Timing).IsDocument<ScheduleTiming>();
        builder.Property(s => s.Window).IsDocument<ScheduleWindow>();
        builder.Property(s => s.Tag).HasMaxLength(MachineTags.Longest);
        builder.Property(s => s.Move).IsDocument<MigrationParameters>();
        builder.Property(s => s.Version).IsConcurrencyToken();
        builder.HasIndex(s => s.NextAt).HasFilter("next_at is not null");
        builder.HasIndex(s => new { s.ProjectId, s.NextAt });
        builder.HasIndex(s => s.MachineId);
        builder.HasIndex(s => s.HostId);
        builder.HasOne<Project>().WithMany().HasForeignKey(s => s.ProjectId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<Machine>().WithMany().HasForeignKey(s => s.MachineId).OnDelete(DeleteBehavior.Cascade);
        builder.HasOne<Host>().WithMany().HasForeignKey(s => s.HostId).OnDelete(DeleteBehavior.Cascade);
        builder.HasOne<MovePolicy>().WithMany().HasForeignKey(s => s.PolicyId).OnDelete(DeleteBehavior.Restrict);
        builder.ToTable("schedules", t =>
        {
            t.HasCheckConstraint("ck_schedules_target", "num_nonnulls(machine_id, tag, host_id) = 1 and (host_id is null) = (project_id is not null) and (machine_id is not null or kind = 'Relocate')");
            t.HasCheckConstraint("ck_schedules_next", "enabled or next_at is null");
            t.HasCheckConstraint("ck_schedules_move", "(kind = 'Relocate') = (move is not null)");
        });
    }
}
