using System.Linq.Expressions;
using Portal.Domain.Operations;
using Portal.Domain.Projects;

namespace Portal.Domain.Snapshots;

/// <summary>What is done with a snapshot.</summary>
public enum SnapshotAction
{
    /// <summary>Copy the disk into it.</summary>
    Take,

    /// <summary>Put the disk back from it.</summary>
    Revert,

    /// <summary>Delete it.</summary>
    Delete,
}

/// <summary>What a snapshot operation needs to know; its <see cref="Operation.Parameters"/>. One that takes a snapshot gives it its own id.</summary>
/// <param name="Action">What is done.</param>
/// <param name="SnapshotId">With which; null for one to be taken.</param>
/// <param name="Name">The name of one to be taken.</param>
/// <param name="Note">The note of one to be taken.</param>
public sealed record SnapshotParameters(SnapshotAction Action, Guid? SnapshotId = null, string? Name = null, string? Note = null);

/// <summary>A snapshot as shown to people.</summary>
/// <param name="Id">Identifier.</param>
/// <param name="MachineId">The machine.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Note">What it is for.</param>
/// <param name="State">How far it is.</param>
/// <param name="StateReason">Why, where that needs saying.</param>
/// <param name="SizeBytes">What it takes on the store; null until it is taken.</param>
/// <param name="CreatedBy">Who ordered it.</param>
/// <param name="CreatedByName">That person's name then.</param>
/// <param name="CreatedAt">The moment it shows.</param>
public sealed record SnapshotRow(Guid Id, Guid MachineId, string Name, string? Note, SnapshotState State, string? StateReason, long? SizeBytes, Guid CreatedBy, string CreatedByName, DateTimeOffset CreatedAt)
{
    internal static Expression<Func<Snapshot, SnapshotRow>> Of { get; } =
        s => new SnapshotRow(s.Id, s.MachineId, s.Name, s.Note, s.State, s.StateReason, s.SizeBytes, s.CreatedBy, s.CreatedByName, s.CreatedAt);
}

/// <summary>A machine's snapshots, and what the actor could do with them now.</summary>
/// <param name="Items">The snapshots, newest first.</param>
/// <param name="WhyNotTake">Why none can be taken now; null when one can.</param>
/// <param name="WhyNotRevert">Why the disk cannot be put back now; null when it can.</param>
/// <param name="WhyNotDelete">Why none can be deleted now; null when one can.</param>
/// <param name="Quota">The project's limit of snapshots and what is held of it.</param>
public sealed record SnapshotList(IReadOnlyList<SnapshotRow> Items, Refusal? WhyNotTake, Refusal? WhyNotRevert, Refusal? WhyNotDelete, QuotaLine Quota);

/// <summary>An order about a snapshot that was taken.</summary>
/// <param name="Snapshot">The snapshot.</param>
/// <param name="Operation">What carries the order out.</param>
public sealed record SnapshotOrder(SnapshotRow Snapshot, OperationRow Operation);
