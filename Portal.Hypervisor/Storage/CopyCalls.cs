using Portal.Hypervisor.Libvirt;

namespace Portal.Hypervisor.Storage;

/// <summary>Blocking calls that copy whole disks, for threads of their own.</summary>
internal static class CopyCalls
{
    /// <summary>Longest a copy may take: about 300 GiB at 40 MiB/s.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromHours(2);

    /// <summary>
    /// Copies a volume over whatever has that name, also over a copy that was cut off. A daemon goes on with a copy whose caller
    /// died: the new one begins when that ends. The copy is at least so large, whatever the original was.
    /// </summary>
    public static VolumeInfo Copy(ConnectHandle connection, string pool, string source, string name, long leastBytes)
    {
        using var store = StorageCalls.Open(connection, pool);
        if (StorageCalls.Look(store, source) is null || StorageCalls.Find(store, source) is not { } original)
            throw new LibvirtException(LibvirtErrorDomain.Storage, LibvirtErrorCode.NoStorageVolume, $"{source} is not in pool {pool}.");
        using (original)
        {
            StorageCalls.Delete(store, name, Deadline);
            using var copy = Fill(store, original, name);
            if (StorageCalls.Describe(copy, name).CapacityBytes < leastBytes)
                LibvirtError.Check(Native.virStorageVolResize(copy, (ulong)leastBytes, flags: 0));
            return StorageCalls.Describe(copy, name);
        }
    }

    private static VolumeHandle Fill(PoolHandle store, VolumeHandle original, string name)
    {
        var described = NativeXml.Parse(NativeText.TakeOwned(Native.virStorageVolGetXMLDesc(original, flags: 0))).Root
            ?? throw new LibvirtException(LibvirtErrorDomain.Storage, LibvirtErrorCode.Internal, "The host described a volume by nothing.");
        var xml = VolumeXml.Copy(name, described).ToString();
        try
        {
            return LibvirtError.Check(Native.virStorageVolCreateXMLFrom(store, xml, original, flags: 0), store);
        }
        catch (LibvirtException e) when (StorageCalls.IsInTheWay(e))
        {
            // A file of that name which this host did not know of.
            StorageCalls.Refresh(store);
            StorageCalls.Delete(store, name, Deadline);
            return LibvirtError.Check(Native.virStorageVolCreateXMLFrom(store, xml, original, flags: 0), store);
        }
    }
}
