using Portal.Hypervisor.Hosts;
using Portal.Hypervisor.Libvirt;
using Portal.Hypervisor.Machines;
using Portal.Hypervisor.Storage;

namespace Portal.Hypervisor.Migrations;

/// <summary>Makes room for the disks that go with a machine, and removes what one end has too many of afterwards.</summary>
internal static class StorageCarrier
{
    /// <summary>A seed takes a few hundred KiB; more than this is none, and is not held in memory.</summary>
    private const long MostReadOnlyBytes = 64L << 20;

    /// <summary>What the machine's disks would take at the destination, or why they cannot go there.</summary>
    public static async Task<(StorageMove? Move, string? Refusal)> PlanAsync(MoveEnds ends, MigrationPlan plan, PoolInfo source, PoolInfo destination, CancellationToken cancellationToken)
    {
        var there = plan.Destination.Endpoint.Name;
        var disks = await AskAsync(ends.Source, connection => Look(connection, plan, source), cancellationToken);
        var missing = plan.Volumes.Except(disks.Select(disk => disk.Volume), StringComparer.Ordinal).ToList();
        if (missing.Count > 0)
            return (null, $"The machine does not have {string.Join(", ", missing)} of pool {plan.Pool} as its disk, so it is not known what is to be copied. Look at its definition (virsh dumpxml).");
        var left = (await AskAsync(ends.Source, connection => Of(connection, plan.Pool, plan.Machine), cancellationToken)).Except(plan.Volumes, StringComparer.Ordinal).ToList();
        if (left.Count > 0)
            return (null, $"{left.Count} more volumes of the machine are in pool {plan.Pool}, such as {left[0]}: its snapshots would stay behind, out of its reach. Delete the snapshots first, or choose a host that shares the store.");
        if (!disks.Exists(disk => !disk.IsReadOnly))
            return (null, $"None of the machine's disks is in pool {plan.Pool}, which {plan.Source.Endpoint.Name} and {there} do not share, so it is not known whether {there} sees them. Look at its definition (virsh dumpxml).");
        if (disks.FirstOrDefault(disk => disk is { IsReadOnly: true, CapacityBytes: > MostReadOnlyBytes }) is { } large)
            return (null, $"{large.Volume} is read only and has {large.CapacityBytes >> 20} MiB; the portal copies such a disk only up to {MostReadOnlyBytes >> 20} MiB. Take it out of the machine first.");
        var move = new StorageMove(source.Path, destination.Path, disks);
        return destination.AvailableBytes < move.MostBytes
            ? (null, $"Pool {plan.DestinationPool} at {there} has {destination.AvailableBytes >> 20} MiB free, and the copy of the machine's disks may take {move.MostBytes >> 20} MiB. Make room there, or choose another destination.")
            : (move, null);
    }

    /// <summary>Makes the volumes at the destination. What has their name there is left of a move that was taken back: the machine runs on its own.</summary>
    public static async Task MakeAsync(MoveEnds ends, MigrationPlan plan, StorageMove move, CancellationToken cancellationToken)
    {
        foreach (var disk in move.Disks)
        {
            if (disk.IsReadOnly)
            {
                var content = await AskAsync(ends.Source, connection =>
                {
                    using var store = StorageCalls.Open(connection, plan.Pool);
                    return StorageCalls.Download(connection, store, disk.Volume);
                }, cancellationToken);
                await AskAsync(ends.Destination, connection => StorageCalls.Upload(connection, plan.DestinationPool, disk.Volume, content), CancellationToken.None);
            }
            else
            {
                await AskAsync(ends.Destination, connection =>
                {
                    using var store = StorageCalls.Open(connection, plan.DestinationPool);
                    StorageCalls.Remove(store, disk.Volume);
                    return StorageCalls.Create(store, disk.Volume, VolumeXml.Empty(disk.Volume, disk.CapacityBytes));
                }, CancellationToken.None);
            }

            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>
    /// Removes a machine's volumes from the end it is not at. Looks again before it does, since a portal may have died in between: the
    /// machine must be at the other end and not at this one, the two stores must be proven not to be one, and the other must have every volume.
    /// Returns how many it removed.
    /// </summary>
    public static async Task<int> ClearAsync(Guid machine, IReadOnlyList<string> volumes, DiskEnd kept, DiskEnd extra, DateTimeOffset now, Func<CancellationToken, Task<bool>>? mayMend, CancellationToken cancellationToken)
    {
        await using var here = await extra.Host.OpenPrivateAsync(cancellationToken);
        await using var there = await kept.Host.OpenPrivateAsync(cancellationToken);
        if (!await IsOnlyThereAsync())
            return 0;
        var keeps = await AskAsync(there, connection => Present(connection, kept.Pool, volumes), cancellationToken);
        var twice = await AskAsync(here, connection => Present(connection, extra.Pool, volumes), cancellationToken);
        if (keeps.Count < volumes.Count || twice.Count == 0 || await SharedStore.IsOneAsync(here, extra.Pool, there, kept.Pool, now, cancellationToken))
            return 0;
        // Proving takes its time, and a new move may have begun meanwhile: the volumes would be its own.
        if ((mayMend is not null && !await mayMend(cancellationToken)) || !await IsOnlyThereAsync())
            return 0;
        return await AskAsync(here, connection =>
        {
            using var store = StorageCalls.Open(connection, extra.Pool);
            return twice.Count(volume => StorageCalls.Remove(store, volume));
        }, CancellationToken.None);

        async Task<bool> IsOnlyThereAsync() => await here.CallAsync(connection => DomainCalls.Describe(connection, machine), cancellationToken) is null
            && await there.CallAsync(connection => DomainCalls.Describe(connection, machine), cancellationToken) is not null;
    }

    private static List<CarriedDisk> Look(ConnectHandle connection, MigrationPlan plan, PoolInfo pool)
    {
        using var domain = DomainCalls.Require(connection, plan.Machine);
        using var store = StorageCalls.Open(connection, plan.Pool);
        var disks = new List<CarriedDisk>();
        foreach (var (target, name, isReadOnly) in StorageMove.DisksIn(NativeXml.Parse(DomainCalls.MigratableXml(domain)).Root!, pool.Path))
        {
            if (StorageCalls.Look(store, name) is not { } info || StorageCalls.Find(store, name) is not { } volume)
                continue;
            using (volume)
                disks.Add(new CarriedDisk(target, name, isReadOnly, info.CapacityBytes, StorageCalls.WholeBytes(connection, volume)));
        }

        return disks;
    }

    /// <summary>Which of the volumes are in a pool.</summary>
    public static IReadOnlyList<string> Present(ConnectHandle connection, string pool, IReadOnlyList<string> volumes)
    {
        using var store = StorageCalls.Open(connection, pool);
        return [.. volumes.Where(volume => StorageCalls.Look(store, volume) is not null)];
    }

    /// <summary>Everything in a pool that bears a machine's name.</summary>
    private static IReadOnlyList<string> Of(ConnectHandle connection, string pool, Guid machine)
    {
        using var store = StorageCalls.Open(connection, pool);
        return [.. StorageCalls.List(store).Where(name => name.StartsWith(machine.ToString(), StringComparison.Ordinal))];
    }

    private static Task<T> AskAsync<T>(HostSession host, Func<ConnectHandle, T> call, CancellationToken cancellationToken)
        => host.CallAsideAsync(call, StorageCalls.Deadline, cancellationToken);
}
