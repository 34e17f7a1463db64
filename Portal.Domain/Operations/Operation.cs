using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Portal.Domain.Machines;
using Portal.Domain.Scoping;

namespace Portal.Domain.Operations;

/// <summary>What an operation does to the world.</summary>
public enum OperationKind
{
    /// <summary>Makes a machine.</summary>
    Provision,

    /// <summary>Starts, shuts down, resets or cuts the power.</summary>
    Power,

    /// <summary>Moves a machine to another host.</summary>
    Migrate,

    /// <summary>Gives a machine that is off another host.</summary>
    Rehome,

    /// <summary>Removes a machine and its disks.</summary>
    Delete,

    /// <summary>Gives a machine another size.</summary>
    Resize,

    /// <summary>Takes a snapshot of a machine, puts its disk back to one, or deletes one.</summary>
    Snapshot,
}

/// <summary>How far an operation is.</summary>
public enum OperationStatus
{
    /// <summary>Waits for a worker.</summary>
    Queued,

    /// <summary>A worker holds it.</summary>
    Running,

    /// <summary>Done.</summary>
    Succeeded,

    /// <summary>Given up; what was begun is undone, or the error says what is left.</summary>
    Failed,

    /// <summary>Stopped on request; what was begun is undone.</summary>
    Cancelled,
}

/// <summary>
/// One line of the ledger: everything that changes the world outside the database. Written in the transaction of the decision
/// that caused it; after that only a worker that holds its lease writes to it, and every such write is conditional on the fence.
/// </summary>
public sealed class Operation : IProjectScoped
{
    Operation()
    {
    }

    /// <summary>Identifier, UUIDv7.</summary>
    public Guid Id { get; private init; }

    /// <summary>What it does.</summary>
    public OperationKind Kind { get; private init; }

    /// <summary>The machine it is about.</summary>
    public Guid MachineId { get; private init; }

    /// <summary>The machine's project, for who may see it.</summary>
    public Guid ProjectId { get; private init; }

    /// <summary>What it is called on screen, e.g. “Move web-01 to hv2”.</summary>
    public string Title { get; private init; } = "";

    /// <summary>How far it is.</summary>
    public OperationStatus Status { get; private set; }

    /// <summary>Ordinal of the step a new worker begins with; steps before it are done for good.</summary>
    public int Cursor { get; private set; }

    /// <summary>The running step's name; null when none runs.</summary>
    public string? StepName { get; private set; }

    /// <summary>Progress, 0–100.</summary>
    public double Percent { get; private set; }

    /// <summary>Seconds left at most, or about so many, as far as known.</summary>
    public double? EtaSeconds { get; private set; }

    /// <summary>Seconds left at least, where a range is known.</summary>
    public double? EtaLeastSeconds { get; private set; }

    /// <summary>The worker that holds it.</summary>
    public string? Worker { get; private set; }

    /// <summary>Until when it holds it, by the database's clock.</summary>
    public DateTimeOffset? LeaseUntil { get; private set; }

    /// <summary>Raised at every claim; a write with an older one is refused.</summary>
    public long Fence { get; private set; }

    /// <summary>How often it was claimed.</summary>
    public int Attempts { get; private set; }

    /// <summary>When somebody asked to cancel it.</summary>
    public DateTimeOffset? CancelRequestedAt { get; private set; }

    /// <summary>Who asked for it.</summary>
    public Guid RequestedBy { get; private init; }

    /// <summary>That person's name then.</summary>
    public string RequestedByName { get; private init; } = "";

    /// <summary>The caller's key for this call.</summary>
    public string IdempotencyKey { get; private init; } = "";

    /// <summary>What the runner needs to know (<c>jsonb</c>).</summary>
    public string Parameters { get; private init; } = "{}";

    /// <summary>What went wrong, what it did to the machine, and what to do now.</summary>
    public string? Error { get; private set; }

    /// <summary>When it was asked for.</summary>
    public DateTimeOffset CreatedAt { get; private init; }

    /// <summary>When a worker first took it.</summary>
    public DateTimeOffset? StartedAt { get; private set; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? EndedAt { get; private set; }

    /// <summary>Whether it is queued or running.</summary>
    public bool IsActive => Status is OperationStatus.Queued or OperationStatus.Running;

    internal static Operation Queue(OperationKind kind, Machine machine, string title, Actor by, string key, string parameters, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(), Kind = kind, MachineId = machine.Id, ProjectId = machine.ProjectId, Title = title, Status = OperationStatus.Queued,
        RequestedBy = by.UserId, RequestedByName = by.Name, IdempotencyKey = key, Parameters = parameters, CreatedAt = now,
    };
}

/// <summary>How far one step is.</summary>
public enum StepState
{
    /// <summary>Runs.</summary>
    Running,

    /// <summary>Done.</summary>
    Done,

    /// <summary>Failed.</summary>
    Failed,
}

/// <summary>One named step of an operation, as told to people.</summary>
public sealed class OperationStep
{
    OperationStep()
    {
    }

    /// <summary>The operation.</summary>
    public Guid OperationId { get; private init; }

    /// <summary>Its place in the order.</summary>
    public int Ordinal { get; private init; }

    /// <summary>What it does, in plain words.</summary>
    public string Name { get; private set; } = "";

    /// <summary>How far it is.</summary>
    public StepState State { get; private set; }

    /// <summary>More about it: what was found, what went wrong.</summary>
    public string? Detail { get; private set; }

    /// <summary>When it began.</summary>
    public DateTimeOffset StartedAt { get; private set; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? EndedAt { get; private set; }
}

sealed class OperationConfiguration : IEntityTypeConfiguration<Operation>
{
    public void Configure(EntityTypeBuilder<Operation> builder)
    {
        builder.Ignore(o => o.IsActive);
        builder.Property(o => o.Title).HasMaxLength(200);
        builder.Property(o => o.StepName).HasMaxLength(100);
        builder.Property(o => o.IdempotencyKey).HasMaxLength(100);
        builder.Property(o => o.Parameters).HasColumnType("jsonb");
        builder.HasIndex(o => o.MachineId).IsUnique().HasFilter("status in ('Queued', 'Running')").HasDatabaseName("ux_operations_one_active_per_machine");
        builder.HasIndex(o => new { o.RequestedBy, o.IdempotencyKey }).IsUnique();
        builder.HasIndex(o => new { o.Status, o.LeaseUntil });
        builder.HasIndex(o => new { o.ProjectId, o.CreatedAt });
        builder.HasOne<Machine>().WithMany().HasForeignKey(o => o.MachineId).OnDelete(DeleteBehavior.Restrict);
        builder.ToTable("operations", t =>
        {
            t.HasCheckConstraint("ck_operations_running_is_held", "status <> 'Running' or (worker is not null and lease_until is not null)");
            t.HasCheckConstraint("ck_operations_ended", "(status in ('Succeeded', 'Failed', 'Cancelled')) = (ended_at is not null)");
            t.HasCheckConstraint("ck_operations_percent", "percent between 0 and 100");
        });
    }
}

sealed class OperationStepConfiguration : IEntityTypeConfiguration<OperationStep>
{
    public void Configure(EntityTypeBuilder<OperationStep> builder)
    {
        builder.HasKey(s => new { s.OperationId, s.Ordinal });
        builder.Property(s => s.Name).HasMaxLength(100);
        builder.HasOne<Operation>().WithMany().HasForeignKey(s => s.OperationId).OnDelete(DeleteBehavior.Cascade);
    }
}
