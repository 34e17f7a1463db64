using Portal.Hypervisor.Hosts;
using Portal.Hypervisor.Libvirt;
using Portal.Hypervisor.Storage;

namespace Portal.Hypervisor.Migrations;

/// <summary>What was found of the stores of a move.</summary>
/// <param name="Refusal">Why the move cannot be made with them and what to do; null when it can.</param>
/// <param name="Path">The source's directory; empty when refused.</param>
/// <param name="Storage">The disks that go with the machine; null where both hosts see the same store.</param>
internal sealed record StoreFinding(string? Refusal, string Path, StorageMove? Storage = null);

/// <summary>
/// Proves whether two hosts see the same store: a small volume made at one end is found at the other, or stands in the way of one of its name.
/// Two pools of the same name and path alone prove nothing, and a machine moved between them would write to a disk that is not its own. One store has the same path on both, for
/// that is how a machine finds its disks; where there are two, the disks go with the machine.
/// </summary>
internal static class SharedStore
{
    private const int ProofBytes = 512;

    public static async Task<StoreFinding> CheckAsync(MoveEnds ends, MigrationPlan plan, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (here, there) = (plan.Source.Endpoint.Name, plan.Destination.Endpoint.Name);
        var source = await AskAsync(ends.Source, connection => StorageCalls.FindPool(connection, plan.Pool), cancellationToken);
        var destination = await AskAsync(ends.Destination, connection => StorageCalls.FindPool(connection, plan.DestinationPool), cancellationToken);
        if ((Unusable(source, plan.Pool, here) ?? Unusable(destination, plan.DestinationPool, there)) is { } refusal)
            return new StoreFinding(refusal, "");
        var isOne = await IsOneAsync(ends.Source, plan.Pool, ends.Destination, plan.DestinationPool, now, cancellationToken);
        if (isOne && Unlike(source!, here, destination!, there) is { } unlike)
            return new StoreFinding(unlike, "");
        if (isOne)
        {
            var seen = await AskAsync(ends.Destination, connection => StorageCarrier.Present(connection, plan.DestinationPool, plan.Volumes), cancellationToken);
            var missing = plan.Volumes.Except(seen, StringComparer.Ordinal).ToList();
            return missing.Count == 0
                ? new StoreFinding(null, source!.Path)
                : new StoreFinding($"{there} does not see {string.Join(", ", missing)} in pool {plan.DestinationPool}. Check that the shared directory is mounted there.", "");
        }

        if (plan.Mode == MigrationMode.QuickSaved)
            return new StoreFinding($"{here} and {there} share no store, and a machine is saved to one that both see. Choose another way: its disks are copied then.", "");
        var (storage, lack) = await StorageCarrier.PlanAsync(ends, plan, source!, destination!, cancellationToken);
        return new StoreFinding(lack, source!.Path, storage);
    }

    /// <summary>Whether what is written to one pool is seen in the other.</summary>
    public static async Task<bool> IsOneAsync(HostSession source, string pool, HostSession destination, string destinationPool, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var name = ProofVolume.NewName(now);
        await AskAsync(source, connection => Write(connection, pool, name, now), cancellationToken);
        try
        {
            if (await AskAsync(destination, connection => IsSeen(connection, destinationPool, name), cancellationToken))
                return true;
            // That it is not seen proves nothing yet: a directory may be read from a cache. Where the store is one, though, the name is
            // taken, or what is removed here is removed there.
            return await AskAsync(destination, connection => IsTaken(connection, destinationPool, name), CancellationToken.None)
                || !await AskAsync(source, connection => IsThere(connection, pool, name), cancellationToken);
        }
        finally
        {
            await AskAsync(source, connection => Remove(connection, pool, name), CancellationToken.None);
        }
    }

    private static string? Unusable(PoolInfo? pool, string name, string host) => pool switch
    {
        null => $"{host} has no storage pool {name}. Define it there (virsh pool-define-as), on the shared directory or one of its own.",
        { Active: false } => $"Storage pool {name} at {host} is not active. Start it there (virsh pool-start {name}).",
        _ => null,
    };

    private static string? Unlike(PoolInfo source, string here, PoolInfo destination, string there) => source.Path.TrimEnd('/') == destination.Path.TrimEnd('/')
        ? null
        : $"Storage pool {source.Name} is {source.Path} at {here} and {destination.Path} at {there}, and a machine finds its disks by their path. Give both pools the same path, with the shared directory mounted there.";

    private static Task<T> AskAsync<T>(HostSession host, Func<ConnectHandle, T> call, CancellationToken cancellationToken)
        => host.CallAsideAsync(call, StorageCalls.Deadline, cancellationToken);

    /// <summary>Takes away, before, what earlier proofs left that nobody ended.</summary>
    private static bool Write(ConnectHandle connection, string pool, string name, DateTimeOffset now)
    {
        using var store = StorageCalls.Open(connection, pool);
        foreach (var leftOver in StorageCalls.List(store).Where(volume => ProofVolume.IsLeftOver(volume, now)))
            StorageCalls.Delete(store, leftOver);
        StorageCalls.Create(store, name, VolumeXml.Raw(name, ProofBytes));
        return true;
    }

    private static bool IsSeen(ConnectHandle connection, string pool, string name)
    {
        using var store = StorageCalls.Open(connection, pool);
        return StorageCalls.Look(store, name) is not null;
    }

    /// <summary>Whether a store refuses a volume's name because a file bears it, which no cache can hide. One that was made is removed again.</summary>
    internal static bool IsTaken(ConnectHandle connection, string pool, string name)
    {
        using var store = StorageCalls.Open(connection, pool);
        try
        {
            StorageCalls.Create(store, name, VolumeXml.Raw(name, ProofBytes));
        }
        catch (LibvirtException e) when (StorageCalls.IsInTheWay(e) || e.Message.Contains("File exists", StringComparison.Ordinal))
        {
            return true;
        }

        StorageCalls.Delete(store, name);
        return false;
    }

    /// <summary>Whether the host that made it still finds its file.</summary>
    private static bool IsThere(ConnectHandle connection, string pool, string name)
    {
        using var store = StorageCalls.Open(connection, pool);
        return StorageCalls.Known(store, name) is not null;
    }

    private static bool Remove(ConnectHandle connection, string pool, string name)
    {
        using var store = StorageCalls.Open(connection, pool);
        return StorageCalls.Delete(store, name);
    }
}
