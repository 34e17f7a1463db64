using System.Linq.Expressions;

namespace Portal.Domain.Operations;

/// <summary>An operation as shown in lists and the task panel.</summary>
/// <param name="Id">Identifier.</param>
/// <param name="Kind">What it does.</param>
/// <param name="MachineId">The machine it is about.</param>
/// <param name="MachineName">That machine's name.</param>
/// <param name="ProjectId">The machine's project.</param>
/// <param name="Title">What it is called on screen.</param>
/// <param name="Status">How far it is.</param>
/// <param name="StepName">The running step; null when none runs.</param>
/// <param name="Percent">Progress, 0–100.</param>
/// <param name="EtaSeconds">Seconds left at most, or about so many, as far as known.</param>
/// <param name="CancelRequested">Whether somebody asked to cancel it.</param>
/// <param name="RequestedBy">Who asked for it; <see cref="Guid.Empty"/> is the portal itself.</param>
/// <param name="RequestedByName">That person's name then.</param>
/// <param name="Error">What went wrong, what it did to the machine, and what to do now.</param>
/// <param name="CreatedAt">When it was asked for.</param>
/// <param name="StartedAt">When a worker first took it.</param>
/// <param name="EndedAt">When it ended.</param>
/// <param name="MigrationId">The move it carries out, when it is one.</param>
public sealed record OperationRow(Guid Id, OperationKind Kind, Guid MachineId, string MachineName, Guid ProjectId, string Title, OperationStatus Status, string? StepName,
    double Percent, double? EtaSeconds, bool CancelRequested, Guid RequestedBy, string RequestedByName, string? Error, DateTimeOffset CreatedAt,
    DateTimeOffset? StartedAt, DateTimeOffset? EndedAt, Guid? MigrationId)
{
    /// <summary>Seconds left at least, where a range is known.</summary>
    public double? EtaLeastSeconds { get; init; }

    /// <summary>Whether it is queued or running.</summary>
    public bool IsActive => Status is OperationStatus.Queued or OperationStatus.Running;

    /// <summary>Whether it can be asked to stop: it is active, was not asked yet, and is not a deletion.</summary>
    public bool CanCancel => IsActive && !CancelRequested && Kind != OperationKind.Delete;

    internal static Expression<Func<Operation, OperationRow>> From(PortalDbContext db) => o => new OperationRow(o.Id, o.Kind, o.MachineId,
        db.Machines.Where(m => m.Id == o.MachineId).Select(m => m.Name).First(), o.ProjectId, o.Title, o.Status, o.StepName, o.Percent, o.EtaSeconds,
        o.CancelRequestedAt != null, o.RequestedBy, o.RequestedByName, o.Error, o.CreatedAt, o.StartedAt, o.EndedAt,
        db.Migrations.Where(m => m.OperationId == o.Id).Select(m => (Guid?)m.Id).FirstOrDefault()) { EtaLeastSeconds = o.EtaLeastSeconds };
}

/// <summary>One step of an operation.</summary>
/// <param name="Ordinal">Its place in the order.</param>
/// <param name="Name">What it does, in plain words.</param>
/// <param name="State">How far it is.</param>
/// <param name="Detail">More about it.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="EndedAt">When it ended.</param>
public sealed record StepRow(int Ordinal, string Name, StepState State, string? Detail, DateTimeOffset StartedAt, DateTimeOffset? EndedAt);

/// <summary>An operation with its steps.</summary>
/// <param name="Operation">The operation.</param>
/// <param name="Steps">Its steps so far, in order.</param>
/// <param name="Attempts">How often a worker took it.</param>
/// <param name="MayCancel">Whether the actor may ask it to stop now.</param>
public sealed record OperationDetails(OperationRow Operation, IReadOnlyList<StepRow> Steps, int Attempts, bool MayCancel);

/// <summary>What the task panel shows.</summary>
/// <param name="Active">Queued and running operations the actor may see, oldest first, with their steps.</param>
/// <param name="DoneToday">How many ended well since midnight UTC.</param>
/// <param name="FailedToday">How many failed since then.</param>
public sealed record TaskSummary(IReadOnlyList<OperationDetails> Active, int DoneToday, int FailedToday);
