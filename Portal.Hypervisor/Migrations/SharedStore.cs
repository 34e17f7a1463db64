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
        using var store = StorageCalls.Open(connection, pool);
        return [.. volumes.Where(volume => StorageCalls.Look(store, volume) is null)];
    }

    private static bool Write(ConnectHandle connection, string pool, string name)
    {
        using var store = StorageCalls.Open(connection, pool);
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
