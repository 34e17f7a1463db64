namespace Portal.Domain.Snapshots;

/// <summary>The machine has a snapshot of that name.</summary>
public sealed record SnapshotNameTaken(string Name) : Refusal("snapshot-name-taken", $"The machine has a snapshot called “{Name}” already.", "Choose another name, or delete that one first.", "name")
{
    /// <inheritdoc/>
    public override RefusalKind Kind => RefusalKind.Conflict;
}

/// <summary>The snapshot is not in a state for it.</summary>
/// <param name="Name">The snapshot.</param>
/// <param name="State">Its state.</param>
/// <param name="Why">What was refused and why, in words.</param>
/// <param name="What">What would work.</param>
public sealed record SnapshotNotReady(string Name, SnapshotState State, string Why, string What) : Refusal("snapshot-not-ready", Why, What)
{
    /// <inheritdoc/>
    public override RefusalKind Kind => RefusalKind.Conflict;
}

/// <summary>Putting a machine's disk back broke off, so there is nothing to start or to copy.</summary>
/// <param name="Machine">The machine.</param>
/// <param name="Snapshot">The snapshot it was being put back to.</param>
public sealed record DiskNotWhole(string Machine, string Snapshot)
    : Refusal("disk-not-whole", $"The disk of {Machine} is not whole: putting it back to “{Snapshot}” broke off.", "Revert it to a snapshot again; the snapshots are untouched.")
{
    /// <inheritdoc/>
    public override RefusalKind Kind => RefusalKind.Conflict;
}
