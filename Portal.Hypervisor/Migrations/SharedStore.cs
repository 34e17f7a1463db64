using Portal.Hypervisor.Libvirt;
using Portal.Hypervisor.Storage;

namespace Portal.Hypervisor.Migrations;

/// <summary>
/// Proves that two hosts see the same store: a small volume made at one end must be found at the other. Two pools of
/// the same name and path prove nothing, and a machine moved between them would write to a disk that is not its own.
/// </summary>
internal static class SharedStore
{
    private const int ProofBytes = 512;

    /// <summary>Null when proven, else what is wrong.</summary>
    public static async Task<string?> ProveAsync(MoveEnds ends, MigrationPlan plan, CancellationToken cancellationToken)
    {
        var name = $"portal-proof-{Guid.CreateVersion7():N}";
        await ends.Source.CallAsync(connection => Write(connection, plan.Pool, name), cancellationToken);
        try
        {
            var isSeen = await ends.Destination.CallAsync(connection => IsSeen(connection, plan.Pool, name), cancellationToken);
            return isSeen ? null
                : $"Pool {plan.Pool} at {plan.Destination.Endpoint.Name} is not the same store as at {plan.Source.Endpoint.Name}: mount the same shared directory on both.";
        }
        finally
        {
            await ends.Source.CallAsync(connection => Remove(connection, plan.Pool, name), CancellationToken.None);
        }
    }

    /// <summary>The volumes the destination does not see.</summary>
    public static IReadOnlyList<string> Missing(ConnectHandle connection, string pool, IReadOnlyList<string> volumes)
    {
        using var fresh = StorageCalls.Fresh(connection, pool);
        return [.. volumes.Where(volume => !Exists(fresh, volume))];
    }

    private static bool Write(ConnectHandle connection, string pool, string name)
    {
        using var handle = LibvirtError.Check(Native.virStoragePoolLookupByName(connection, pool), connection);
        StorageCalls.Create(handle, name, VolumeXml.Raw(name, ProofBytes));
        return true;
    }

    private static bool IsSeen(ConnectHandle connection, string pool, string name)
    {
        using var fresh = StorageCalls.Fresh(connection, pool);
        return Exists(fresh, name);
    }

    private static bool Remove(ConnectHandle connection, string pool, string name)
    {
        using var handle = LibvirtError.Check(Native.virStoragePoolLookupByName(connection, pool), connection);
        return StorageCalls.Delete(handle, name);
    }

    private static bool Exists(PoolHandle pool, string volume)
    {
        using var found = StorageCalls.Find(pool, volume);
        return found is not null;
    }
}
