using System.Runtime.InteropServices;
using Portal.Hypervisor.Hosts;
using Portal.Hypervisor.Libvirt;
using Portal.Hypervisor.Machines;
using Portal.Hypervisor.Storage;

namespace Portal.Hypervisor.Migrations;

/// <summary>
/// The file a quick saved move keeps a guest's memory in: a volume of the shared pool, named for the machine. It is
/// removed as soon as the guest runs from it, for restoring it a second time would bring back memory older than the disk.
/// </summary>
internal static class SavedMemory
{
    private const uint SaveRunning = 2;
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(10);

    public static string VolumeName(Guid machine) => $"{machine}.memory";

    public static string Path(string storePath, Guid machine) => $"{storePath.TrimEnd('/')}/{VolumeName(machine)}";

    public static bool Save(ConnectHandle connection, Guid machine, string path)
    {
        using var domain = DomainCalls.Require(connection, machine);
        LibvirtError.Check(Native.virDomainSaveFlags(domain, path, xml: null, SaveRunning));
        return true;
    }

    public static bool Restore(ConnectHandle connection, string path)
    {
        LibvirtError.Check(Native.virDomainRestoreFlags(connection, path, xml: null, SaveRunning));
        return true;
    }

    public static bool Remove(ConnectHandle connection, string pool, Guid machine)
    {
        using var fresh = StorageCalls.Fresh(connection, pool);
        return StorageCalls.Delete(fresh, VolumeName(machine));
    }

    /// <summary>
    /// Whether the machine's memory is on the store, whole, and no disk of it was written to since. A host whose daemon was restarted does not
    /// say any more that it saved a machine; the file does.
    /// </summary>
    public static bool IsCurrent(ConnectHandle connection, Guid machine)
        => Use(connection, machine, memory => IsWhole(connection, memory) ? StorageCalls.WrittenAt(memory) : null) is { } saved
            && DomainCalls.DiskPaths(connection, machine) is { Count: > 0 } disks && disks.All(path => DiskWrittenAt(connection, path) <= saved);

    /// <summary>Whether a disk of the machine was written to after its memory was saved: the guest ran on from it, and restoring it would ruin the disk.</summary>
    public static bool IsOutdated(ConnectHandle connection, Guid machine)
        => Use(connection, machine, memory => StorageCalls.WrittenAt(memory)) is { } saved
            && DomainCalls.DiskPaths(connection, machine).Any(path => DiskWrittenAt(connection, path) > saved);

    /// <summary>After an interruption: restores from whichever pool holds the file.</summary>
    public static async Task<bool> TryRestoreAsync(HostConnection host, Guid machine, CancellationToken cancellationToken)
    {
        await using var session = await host.OpenPrivateAsync(cancellationToken);
        return await session.CallLongAsync(
            connection => Use(connection, machine, memory => Restore(connection, NativeText.TakeOwned(Native.virStorageVolGetPath(memory))))
                ? true
                : throw new LibvirtException(LibvirtErrorDomain.Storage, LibvirtErrorCode.NoStorageVolume, $"No storage pool there has {VolumeName(machine)}."),
            Deadline, cancellationToken);
    }

    /// <summary>After an interruption: removes the file of a machine that runs. What cannot be removed now is in nobody's way.</summary>
    public static async Task<bool> TryRemoveAsync(HostConnection host, Guid machine, CancellationToken cancellationToken)
    {
        try
        {
            await using var session = await host.OpenPrivateAsync(cancellationToken);
            return await session.CallAsideAsync(connection =>
            {
                foreach (var pool in Pools(connection))
                {
                    using (pool)
                    {
                        StorageCalls.Refresh(pool);
                        StorageCalls.Delete(pool, VolumeName(machine));
                    }
                }

                return true;
            }, StorageCalls.Deadline, cancellationToken);
        }
        catch (LibvirtException)
        {
            return false;
        }
    }

    /// <summary>False for a file that a host which died in the middle of saving left behind: the hypervisor marks it whole at the end.</summary>
    private static bool IsWhole(ConnectHandle connection, VolumeHandle memory)
    {
        var definition = Native.virDomainSaveImageGetXMLDesc(connection, NativeText.TakeOwned(Native.virStorageVolGetPath(memory)), flags: 0);
        if (definition == 0)
            return LibvirtError.Last() is { IsConnectionLost: true } lost ? throw lost : false;
        _ = NativeText.TakeOwned(definition);
        return true;
    }

    /// <summary>A disk that no pool knows was written to at no time that is known, and so proves nothing.</summary>
    private static decimal? DiskWrittenAt(ConnectHandle connection, string path)
    {
        using var disk = LibvirtError.CheckFound(Native.virStorageVolLookupByPath(connection, path), connection, LibvirtErrorCode.NoStorageVolume);
        return disk is null ? null : StorageCalls.WrittenAt(disk);
    }

    /// <summary>Uses the file in whichever pool holds it; nothing when none does.</summary>
    private static T? Use<T>(ConnectHandle connection, Guid machine, Func<VolumeHandle, T> use)
    {
        foreach (var pool in PoolsOf(connection, machine))
        {
            using (pool)
            {
                StorageCalls.Refresh(pool);
                using var volume = StorageCalls.Find(pool, VolumeName(machine));
                if (volume is not null)
                    return use(volume);
            }
        }

        return default;
    }

    /// <summary>The pool its disks are in, for the file is beside them; every pool when that is not known.</summary>
    private static PoolHandle[] PoolsOf(ConnectHandle connection, Guid machine)
    {
        foreach (var path in DomainCalls.DiskPaths(connection, machine))
        {
            using var disk = LibvirtError.CheckFound(Native.virStorageVolLookupByPath(connection, path), connection, LibvirtErrorCode.NoStorageVolume);
            if (disk is not null && Native.virStoragePoolLookupByVolume(disk) is not 0 and var pool)
                return [PoolHandle.Adopt(pool, connection)];
        }

        return Pools(connection);
    }

    private static unsafe PoolHandle[] Pools(ConnectHandle connection)
    {
        const uint Active = 2;
        var count = LibvirtError.Check(Native.virConnectListAllStoragePools(connection, out var pools, Active));
        try
        {
            var handles = new PoolHandle[count];
            for (var i = 0; i < count; i++)
                handles[i] = PoolHandle.Adopt(pools[i], connection);
            return handles;
        }
        finally
        {
            NativeMemory.Free(pools);
        }
    }
}
