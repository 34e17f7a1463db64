using Portal.Domain.Snapshots;

namespace Portal.Web.Operations.Snapshots;

/// <summary>What a snapshot's volume is called in the pool. Made from identifiers, so it is known again after any interruption.</summary>
public static class SnapshotFiles
{
    private const string Ending = ".snapshot.qcow2";

    /// <summary>The volume.</summary>
    public static string Volume(Guid machine, Guid snapshot) => $"{machine}.{snapshot}{Ending}";

    /// <summary>The snapshot a volume belongs to; null when it is none.</summary>
    public static FoundSnapshot? Owner(string volume) =>
        volume.Split('.') is [var first, var second, ..] && Guid.TryParseExact(first, "D", out var machine) && Guid.TryParseExact(second, "D", out var snapshot)
        && volume == Volume(machine, snapshot) ? new FoundSnapshot(machine, snapshot) : null;
}
