using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Portal.Domain.Machines;
using Portal.Domain.Projects;
using Portal.Domain.Scoping;

namespace Portal.Domain.Snapshots;

/// <summary>How far a snapshot is.</summary>
public enum SnapshotState
{
    /// <summary>The disk is being copied.</summary>
    Taking,

    /// <summary>Whole; the disk can be put back from it.</summary>
    Ready,

    /// <summary>The disk is being put back from it. While nothing is under way, that broke off, and the machine's disk is not whole.</summary>
    Reverting,

    /// <summary>Being deleted.</summary>
    Deleting,

    /// <summary>Nobody knows whether it is whole; only good to be deleted.</summary>
    Failed,

    /// <summary>Gone, or never taken; kept for the books. Its name is free again.</summary>
    Deleted,
}

/// <summary>
/// What a machine's disk held at a moment, as a volume of its own beside the disk: neither the machine's further life nor its moves
/// change it. It counts against the quota of snapshots from the moment it is ordered.
/// </summary>
public sealed class Snapshot : IProjectScoped
{
    internal const int LongestReason = 2000;

    Snapshot()
    {
    }

    /// <summary>Identifier, UUIDv7: that of the operation that takes it, so that the same call again finds the same snapshot.</summary>
    public Guid Id { get; private init; }

    /// <summary>The machine's project.</summary>
    public Guid ProjectId { get; private init; }

    /// <summary>The machine.</summary>
    public Guid MachineId { get; private init; }

    /// <summary>What people call it; unique for the machine while it is not deleted.</summary>
    public string Name { get; private init; } = "";

    /// <summary>What it is for.</summary>
    public string? Note { get; private init; }

    /// <summary>How far it is.</summary>
    public SnapshotState State { get; private set; }

    /// <summary>Why, where that needs saying.</summary>
    public string? StateReason { get; private set; }

    /// <summary>What it takes on the store, bytes; null until it is taken.</summary>
    public long? SizeBytes { get; private set; }

    /// <summary>Who ordered it; it counts as theirs.</summary>
    public Guid CreatedBy { get; private init; }

    /// <summary>That person's name then.</summary>
    public string CreatedByName { get; private init; } = "";

    /// <summary>When it was ordered; the machine is off from then until it is taken, so that is the moment it shows.</summary>
    public DateTimeOffset CreatedAt { get; private init; }

    internal static Snapshot Order(Guid operationId, Machine machine, string name, string? note, Actor by, DateTimeOffset now) => new()
    {
        Id = operationId, ProjectId = machine.ProjectId, MachineId = machine.Id, Name = name, Note = note, State = SnapshotState.Taking,
        CreatedBy = by.UserId, CreatedByName = by.Name, CreatedAt = now,
    };

    internal void Taken(long sizeBytes)
    {
        Become(SnapshotState.Ready, null, SnapshotState.Taking);
        SizeBytes = sizeBytes;
    }

    /// <summary>The disk is to be put back from it; that it broke off before is not forgotten.</summary>
    internal void Revert() => Become(SnapshotState.Reverting, StateReason, SnapshotState.Ready, SnapshotState.Reverting);

    internal void Settle() => Become(SnapshotState.Ready, null, SnapshotState.Reverting);

    internal void BreakOff(string reason) => Become(SnapshotState.Reverting, reason, SnapshotState.Reverting);

    internal void Delete() => Become(SnapshotState.Deleting, null, SnapshotState.Ready, SnapshotState.Failed);

    internal void Break(string reason) => Become(SnapshotState.Failed, reason, SnapshotState.Taking, SnapshotState.Deleting);

    internal void Go(string? reason) => Become(SnapshotState.Deleted, reason, SnapshotState.Taking, SnapshotState.Ready, SnapshotState.Reverting, SnapshotState.Deleting, SnapshotState.Failed);

    void Become(SnapshotState state, string? reason, params ReadOnlySpan<SnapshotState> from)
    {
        if (!from.Contains(State))
            throw new InvalidOperationException($"Snapshot {Id} is {State} and cannot become {state}.");
        (State, StateReason) = (state, reason?.Cut(LongestReason));
    }
}

sealed class SnapshotConfiguration : IEntityTypeConfiguration<Snapshot>
{
    public void Configure(EntityTypeBuilder<Snapshot> builder)
    {
        builder.Property(s => s.Name).HasMaxLength(SnapshotRules.MostName);
        builder.Property(s => s.Note).HasMaxLength(SnapshotRules.MostNote);
        builder.Property(s => s.StateReason).HasMaxLength(Snapshot.LongestReason);
        builder.Property(s => s.CreatedByName).HasMaxLength(80);
        builder.HasIndex(s => new { s.MachineId, s.Name }).IsUnique().HasFilter("state <> 'Deleted'").HasDatabaseName("ux_snapshots_name_of_machine");
        builder.HasIndex(s => new { s.ProjectId, s.CreatedBy });
        builder.HasOne<Machine>().WithMany().HasForeignKey(s => s.MachineId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<Project>().WithMany().HasForeignKey(s => s.ProjectId).OnDelete(DeleteBehavior.Restrict);
        builder.ToTable("snapshots", t =>
        {
            t.HasCheckConstraint("ck_snapshots_size", "size_bytes >= 0");
            t.HasCheckConstraint("ck_snapshots_taken", "state not in ('Ready', 'Reverting') or size_bytes is not null");
        });
    }
}
