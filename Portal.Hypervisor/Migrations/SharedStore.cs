using Portal.Hypervisor.Hosts;
using Portal.Hypervisor.Libvirt;
using Portal.Hypervisor.Storage;

namespace Portal.Hypervisor.Migrations;

/// <summary>What was found of the store of a move.</summary>
/// <param name="Refusal">Why the move cannot be made with it and what to do; null when it can.</param>
/// <param name="Path">Its directory, the same on both hosts; empty when refused.</param>
internal sealed record StoreFinding(string? Refusal, string Path);

/// <summary>
/// Proves that two hosts see the same store: the pool has the same path on both, for that is how a machine finds its disks, and a small
/// volume made at one end is found at the other. Two pools of the same name and path alone prove nothing, and a machine moved between them
/// would write to a disk that is not its own.
/// </summary>
internal static class SharedStore
{
    private const int ProofBytes = 512;

    public static async Task<StoreFinding> CheckAsync(MoveEnds ends, MigrationPlan plan, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (here, there) = (plan.Source.Endpoint.Name, plan.Destination.Endpoint.Name);
        var source = await AskAsync(ends.Source, connection => StorageCalls.FindPool(connection, plan.Pool), cancellationToken);
        var destination = await AskAsync(ends.Destination, connection => StorageCalls.FindPool(connection, plan.Pool), cancellationToken);
        if ((Unusable(source, plan.Pool, here) ?? Unusable(destination, plan.Pool, there) ?? Unlike(source!, here, destination!, there)) is { } refusal)
            return new StoreFinding(refusal, "");
        var missing = await AskAsync(ends.Destination, connection => Missing(connection, plan.Pool, plan.Volumes), cancellationToken);
        return new StoreFinding(
            missing.Count > 0
                ? $"{there} does not see {string.Join(", ", missing)} in pool {plan.Pool}. Check that the shared directory is mounted there."
                : await ProveAsync(ends, plan, now, cancellationToken),
            source!.Path);
    }

    private static string? Unusable(PoolInfo? pool, string name, string host) => pool switch
    {
        null => $"{host} has no storage pool {name}. Define it there on the same shared directory.",
        { Active: false } => $"Storage pool {name} at {host} is not active. Start it there (virsh pool-start {name}).",
        _ => null,
    };

    private static string? Unlike(PoolInfo source, string here, PoolInfo destination, string there) => source.Path.TrimEnd('/') == destination.Path.TrimEnd('/')
        ? null
        : $"Storage pool {source.Name} is {source.Path} at {here} and {destination.Path} at {there}, and a machine finds its disks by their path. Give both pools the same path, with the shared directory mounted there.";

    /// <summary>Null when proven, else what is wrong.</summary>
    private static async Task<string?> ProveAsync(MoveEnds ends, MigrationPlan plan, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var name = ProofVolume.NewName(now);
        await AskAsync(ends.Source, connection => Write(connection, plan.Pool, name, now), cancellationToken);
        try
        {
            var isSeen = await AskAsync(ends.Destination, connection => IsSeen(connection, plan.Pool, name), cancellationToken);
            return isSeen ? null
                : $"Pool {plan.Pool} at {plan.Destination.Endpoint.Name} is not the same store as at {plan.Source.Endpoint.Name}: mount the same shared directory on both.";
        }
        finally
        {
            await AskAsync(ends.Source, connection => Remove(connection, plan.Pool, name), CancellationToken.None);
        }
    }

    private static Task<T> AskAsync<T>(HostSession host, Func<ConnectHandle, T> call, CancellationToken cancellationToken)
        => host.CallAsideAsync(call, StorageCalls.Deadline, cancellationToken);

    /// <summary>The volumes a host does not see.</summary>
    private static IReadOnlyList<string> Missing(ConnectHandle connection, string pool, IReadOnlyList<string> volumes)
    {
        using var store = StorageCalls.Open(connection, pool);
        return [.. volumes.Where(volume => StorageCalls.Look(store, volume) is null)];
    }

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

    private static bool Remove(ConnectHandle connection, string pool, string name)
    {
        using var store = StorageCalls.Open(connection, pool);
        return StorageCalls.Delete(store, name);
    }
}
