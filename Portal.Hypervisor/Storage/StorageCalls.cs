using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Xml.Linq;
using Portal.Hypervisor.Libvirt;

namespace Portal.Hypervisor.Storage;

/// <summary>Blocking storage calls, for lane threads.</summary>
internal static class StorageCalls
{
    /// <summary>
    /// Longest a call may take. Each may have to refresh the pool, for which libvirt opens every volume in it, and while it does, it answers
    /// no other question about that pool: so none of them is made on the lane. A store of a thousand volumes takes about 12 s (CloudStack #14188).
    /// </summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromMinutes(5);

    /// <summary>How long one call waits for writes to end, so that it ends before its deadline.</summary>
    private static readonly TimeSpan Patience = Deadline - TimeSpan.FromSeconds(30);

    /// <summary>How long a write takes that is no copy: seeds and overlays are written in milliseconds.</summary>
    public static readonly TimeSpan Brief = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan BriefPause = TimeSpan.FromMilliseconds(20), LongPause = TimeSpan.FromMilliseconds(250);

    private const int PoolRunning = 2;
    private const int SendChunk = 256 * 1024;

    public static PoolInfo? FindPool(ConnectHandle connection, string pool)
    {
        using var handle = LibvirtError.CheckFound(
            Native.virStoragePoolLookupByName(connection, pool), connection, LibvirtErrorCode.NoStoragePool);
        if (handle is null)
            return null;
        LibvirtError.Check(Native.virStoragePoolGetInfo(handle, out var info));
        return new PoolInfo(pool, PathOf(handle), info.State == PoolRunning, (long)info.Capacity, (long)info.Available);
    }

    public static PoolHandle Open(ConnectHandle connection, string pool)
        => LibvirtError.Check(Native.virStoragePoolLookupByName(connection, pool), connection);

    /// <summary>The pool, refreshed: another host may have written to the same store since this one last looked.</summary>
    public static PoolHandle Fresh(ConnectHandle connection, string pool) => Fresh(connection, pool, Patience);

    /// <summary>The same for who can come back later rather than wait for a copy to end.</summary>
    public static PoolHandle Fresh(ConnectHandle connection, string pool, TimeSpan patience)
    {
        var handle = Open(connection, pool);
        try
        {
            Refresh(handle, patience);
            return handle;
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>libvirt refuses to refresh while a volume is being written, for minutes where a disk is copied, and has no call that waits for it.</summary>
    public static void Refresh(PoolHandle pool) => Refresh(pool, Patience);

    public static VolumeHandle? Find(PoolHandle pool, string name)
        => LibvirtError.CheckFound(Native.virStorageVolLookupByName(pool, name), pool, LibvirtErrorCode.NoStorageVolume);

    /// <summary>When the volume's file was last written to, s since 1970 by the store's clock; null when the host does not say.</summary>
    public static decimal? WrittenAt(VolumeHandle volume)
    {
        var xml = NativeXml.Parse(NativeText.TakeOwned(Native.virStorageVolGetXMLDesc(volume, flags: 0)));
        var text = xml.Root?.Element("target")?.Element("timestamps")?.Element("mtime")?.Value;
        return decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var at) ? at : null;
    }

    /// <summary>The names of everything in the pool.</summary>
    public static unsafe IReadOnlyList<string> List(PoolHandle pool)
    {
        var count = LibvirtError.Check(Native.virStoragePoolListAllVolumes(pool, out var volumes, flags: 0));
        try
        {
            var names = new string[count];
            for (var i = 0; i < count; i++)
            {
                using var volume = VolumeHandle.Adopt(volumes[i], pool);
                names[i] = NativeText.Borrow(Native.virStorageVolGetName(volume));
            }

            return names;
        }
        finally
        {
            NativeMemory.Free(volumes);
        }
    }

    public static VolumeInfo Describe(VolumeHandle volume, string name)
    {
        LibvirtError.Check(Native.virStorageVolGetInfo(volume, out var info));
        return new VolumeInfo(name, NativeText.TakeOwned(Native.virStorageVolGetPath(volume)), (long)info.Capacity, (long)info.Allocation);
    }

    public static VolumeInfo Create(PoolHandle pool, string name, XElement xml)
    {
        using var volume = LibvirtError.Check(Native.virStorageVolCreateXML(pool, xml.ToString(), flags: 0), pool);
        return Describe(volume, name);
    }

    /// <summary>
    /// A volume as it is on the store now; null when it is not there. A host knows what it made itself, and asking for one volume looks
    /// at its file; only one it does not know costs a refresh, for which everybody else's writes must pause.
    /// </summary>
    public static VolumeInfo? Look(PoolHandle pool, string name)
    {
        if (Known(pool, name) is { } known)
            return known;
        Refresh(pool);
        return Known(pool, name);
    }

    public static VolumeInfo Clone(ConnectHandle connection, string pool, string backing, string format, string name, long capacityBytes)
    {
        using var store = Open(connection, pool);
        if (Known(store, name) is { } existing)
            return existing;
        var source = Look(store, backing)
            ?? throw new LibvirtException(LibvirtErrorDomain.Storage, LibvirtErrorCode.NoStorageVolume, $"Image {backing} is not in pool {pool}.");
        var overlay = VolumeXml.Overlay(name, Math.Max(capacityBytes, source.CapacityBytes), source.Path, format);
        try
        {
            return Create(store, name, overlay);
        }
        catch (LibvirtException e) when (IsInTheWay(e))
        {
            return Look(store, name) ?? Create(store, name, overlay);
        }
    }

    public static VolumeInfo Upload(ConnectHandle connection, string pool, string name, ReadOnlySpan<byte> content)
    {
        using var store = Open(connection, pool);
        var xml = VolumeXml.Raw(name, content.Length);
        Delete(store, name);
        try
        {
            Create(store, name, xml);
        }
        catch (LibvirtException e) when (IsInTheWay(e))
        {
            Refresh(store);
            Delete(store, name);
            Create(store, name, xml);
        }

        using var volume = Find(store, name)
            ?? throw new LibvirtException(LibvirtErrorDomain.Storage, LibvirtErrorCode.NoStorageVolume, $"{name} was deleted from pool {pool} while it was written.");
        using var stream = LibvirtError.Check(Native.virStreamNew(connection, flags: 0), connection);
        LibvirtError.Check(Native.virStorageVolUpload(volume, stream, offset: 0, (ulong)content.Length, flags: 0));
        Send(stream, content);
        return Describe(volume, name);
    }

    /// <summary>The whole content of a small volume, such as a seed.</summary>
    public static unsafe byte[] Download(ConnectHandle connection, PoolHandle pool, string name)
    {
        using var volume = Find(pool, name)
            ?? throw new LibvirtException(LibvirtErrorDomain.Storage, LibvirtErrorCode.NoStorageVolume, $"{name} is not in its pool any more.");
        var content = new byte[Describe(volume, name).CapacityBytes];
        using var stream = LibvirtError.Check(Native.virStreamNew(connection, flags: 0), connection);
        LibvirtError.Check(Native.virStorageVolDownload(volume, stream, offset: 0, (ulong)content.Length, flags: 0));
        fixed (byte* bytes = content)
        {
            for (var got = 0; got < content.Length;)
            {
                var count = LibvirtError.Check(Native.virStreamRecv(stream, bytes + got, (nuint)Math.Min(SendChunk, content.Length - got)));
                if (count == 0)
                    throw new LibvirtException(LibvirtErrorDomain.Storage, LibvirtErrorCode.Internal, $"{name} ended before its size said so.");
                got += count;
            }
        }

        LibvirtError.Check(Native.virStreamFinish(stream));
        return content;
    }

    /// <summary>What a volume and the images it grew from take on the store together: what a copy of it that grows from none will take at most.</summary>
    public static long WholeBytes(ConnectHandle connection, VolumeHandle volume)
    {
        LibvirtError.Check(Native.virStorageVolGetInfo(volume, out var info));
        var whole = (long)info.Allocation;
        var xml = NativeXml.Parse(NativeText.TakeOwned(Native.virStorageVolGetXMLDesc(volume, flags: 0)));
        if (xml.Root?.Element("backingStore")?.Element("path")?.Value is { Length: > 0 } path)
        {
            using var backing = LibvirtError.CheckFound(Native.virStorageVolLookupByPath(connection, path), connection, LibvirtErrorCode.NoStorageVolume);
            whole += backing is null ? (long)info.Capacity : WholeBytes(connection, backing);
        }

        return Math.Min(whole, (long)info.Capacity);
    }

    /// <summary>Grows a volume whichever host made it; false when it is large enough.</summary>
    public static bool Grow(PoolHandle pool, string poolName, string name, long capacityBytes)
    {
        var found = Look(pool, name)
            ?? throw new LibvirtException(LibvirtErrorDomain.Storage, LibvirtErrorCode.NoStorageVolume, $"{name} is not in pool {poolName}.");
        if (found.CapacityBytes >= capacityBytes)
            return false;
        using var volume = Find(pool, name)
            ?? throw new LibvirtException(LibvirtErrorDomain.Storage, LibvirtErrorCode.NoStorageVolume, $"{name} was deleted from pool {poolName}.");
        LibvirtError.Check(Native.virStorageVolResize(volume, (ulong)capacityBytes, flags: 0));
        return true;
    }

    /// <summary>Deletes a volume whichever host made it; false when it is not there.</summary>
    public static bool Remove(PoolHandle pool, string name)
    {
        if (Delete(pool, name))
            return true;
        Refresh(pool);
        return Delete(pool, name);
    }

    /// <summary>Deletes a volume this host knows; false when it knows none of that name.</summary>
    public static bool Delete(PoolHandle pool, string name) => Delete(pool, name, Patience);

    /// <summary>The same for one that may be written for longer.</summary>
    public static bool Delete(PoolHandle pool, string name, TimeSpan patience)
    {
        using var volume = Find(pool, name);
        if (volume is null)
            return false;
        // One that is still being written cannot be deleted yet, and there is no call that waits for it either.
        for (var busy = Stopwatch.StartNew(); Native.virStorageVolDelete(volume, flags: 0) < 0;)
        {
            var error = LibvirtError.Last();
            if (error.Code == LibvirtErrorCode.NoStorageVolume)
                break;
            WaitOut(error, "is still being allocated", busy, patience);
        }

        return true;
    }

    private static void Refresh(PoolHandle pool, TimeSpan patience)
    {
        for (var busy = Stopwatch.StartNew(); Native.virStoragePoolRefresh(pool, flags: 0) < 0;)
            WaitOut(LibvirtError.Last(), "asynchronous jobs running", busy, patience);
    }

    private static void WaitOut(LibvirtException error, string what, Stopwatch busy, TimeSpan patience)
    {
        if (busy.Elapsed > patience || !error.Message.Contains(what, StringComparison.Ordinal))
            throw error;
        Thread.Sleep(busy.Elapsed < Brief ? BriefPause : LongPause);
    }

    /// <summary>A volume this host knows and whose file is still there.</summary>
    public static VolumeInfo? Known(PoolHandle pool, string name)
    {
        using var volume = Find(pool, name);
        if (volume is null)
            return null;
        try
        {
            return Describe(volume, name);
        }
        catch (LibvirtException e) when (e.Code == LibvirtErrorCode.NoStorageVolume)
        {
            // Another host has deleted it since.
            return null;
        }
    }

    /// <summary>The name is taken by a file another host made, or by one this host believes in though it is gone.</summary>
    public static bool IsInTheWay(LibvirtException e) => e.Code is LibvirtErrorCode.StorageVolumeExists or LibvirtErrorCode.OperationInvalid;

    private static unsafe void Send(StreamHandle stream, ReadOnlySpan<byte> content)
    {
        fixed (byte* bytes = content)
        {
            for (var sent = 0; sent < content.Length;)
            {
                var count = Native.virStreamSend(stream, bytes + sent, (nuint)Math.Min(SendChunk, content.Length - sent));
                if (count < 0)
                {
                    var error = LibvirtError.Last();
                    _ = Native.virStreamAbort(stream);
                    throw error;
                }

                sent += count;
            }
        }

        LibvirtError.Check(Native.virStreamFinish(stream));
    }

    private static string PathOf(PoolHandle pool)
    {
        var xml = NativeXml.Parse(NativeText.TakeOwned(Native.virStoragePoolGetXMLDesc(pool, flags: 0)));
        return xml.Root?.Element("target")?.Element("path")?.Value ?? "";
    }
}
