using Portal.Hypervisor.Hosts;
using Portal.Hypervisor.Libvirt;
using Portal.Hypervisor.Machines;

namespace Portal.Hypervisor.Migrations;

/// <summary>One peer-to-peer migration as libvirt takes it (<c>virDomainMigrateToURI3</c>).</summary>
/// <param name="DestinationUri">The destination's daemon as the source's daemon reaches it.</param>
/// <param name="MemoryUri">Where the memory stream goes.</param>
/// <param name="CertificateName">Name in the destination's certificate; null: the stream is not encrypted.</param>
/// <param name="IsLive">Whether the guest runs meanwhile.</param>
/// <param name="MayPostCopy">Whether it may go post-copy; the hosts prepare for it.</param>
/// <param name="MaySlow">Whether QEMU may slow the guest's processors when it writes too fast (auto-converge).</param>
/// <param name="Options">Limit of the stream, connections and compression.</param>
/// <param name="Storage">The disks that go with it; null: the destination sees them.</param>
/// <param name="IsResume">Whether a post-copy move that broke off is taken up again, instead of one begun.</param>
internal sealed record MigrateCall(
    string DestinationUri, string MemoryUri, string? CertificateName, bool IsLive, bool MayPostCopy, bool MaySlow, MigrationOptions Options, StorageMove? Storage,
    bool IsResume = false)
{
    /// <summary>
    /// libvirt's own figure for no limit, MiB/s: the most that is a number of bytes too. A move without a limit of its own keeps to what an
    /// administrator set for the guest (<c>virsh migrate-setspeed</c>).
    /// </summary>
    public const ulong Unlimited = long.MaxValue >> 20;

    [Flags]
    private enum Flags : uint
    {
        Live = 1 << 0,
        PeerToPeer = 1 << 1,
        PersistDestination = 1 << 3,
        UndefineSource = 1 << 4,
        NonSharedDisk = 1 << 6,
        Unsafe = 1 << 9,
        Compressed = 1 << 11,
        AbortOnError = 1 << 12,
        AutoConverge = 1 << 13,
        PostCopy = 1 << 15,
        Tls = 1 << 16,
        Parallel = 1 << 17,
        PostCopyResume = 1 << 19,
    }

    /// <summary>Takes up a post-copy move to this host that broke off.</summary>
    public static MigrateCall Resume(HostEndpoint destination, StreamPath? path, bool encryptMemory) => new(
        destination.PeerUri!, $"tcp:{StreamTransfer.Bracketed(path?.Address ?? destination.MigrationAddress!)}", encryptMemory ? new Uri(destination.PeerUri!).IdnHost : null,
        IsLive: true, MayPostCopy: true, MaySlow: false, MigrationOptions.Default with { MaxMibPerSecond = path?.MaxMibPerSecond }, Storage: null, IsResume: true);

    /// <summary>
    /// Blocks until the move is over, teardown included. libvirt judges storage by its file system's type alone; the portal
    /// has proven that both hosts see the same store (<see cref="SharedStore"/>) and says so with <see cref="Flags.Unsafe"/>.
    /// </summary>
    public unsafe bool Make(ConnectHandle connection, Guid machine)
    {
        var flags = Flags.PeerToPeer | Flags.PersistDestination | Flags.UndefineSource | Flags.AbortOnError | Flags.Unsafe;
        if (IsLive)
            flags |= Flags.Live;
        if (MayPostCopy)
            flags |= Flags.PostCopy;
        if (IsResume)
            flags |= Flags.PostCopyResume;
        if (MaySlow)
            flags |= Flags.AutoConverge;
        using var parameters = new TypedParameters();
        parameters.Add("migrate_uri", MemoryUri);
        if (CertificateName is not null)
        {
            flags |= Flags.Tls;
            parameters.Add("tls.destination", CertificateName);
        }

        if (Options.MaxMibPerSecond is { } most)
        {
            parameters.Add("bandwidth", (ulong)most);
            // The limit of the copy ends where post-copy begins.
            if (MayPostCopy)
                parameters.Add("bandwidth.postcopy", (ulong)most);
        }

        if (Options.IsParallel)
        {
            flags |= Flags.Parallel;
            parameters.Add("parallel.connections", Options.Connections);
        }

        if (Options.Compression != StreamCompression.None)
        {
            flags |= Flags.Compressed;
            parameters.Add("compression", Options.Compression == StreamCompression.Zstd ? "zstd" : "xbzrle");
        }

        if (Storage is not null)
        {
            flags |= Flags.NonSharedDisk;
            foreach (var disk in Storage.Streamed)
            {
                parameters.Add("migrate_disks", disk.Target);
                if (Storage.SkipsHoles)
                    parameters.Add("migrate_disks_detect_zeroes", disk.Target);
            }

            parameters.Add("destination_xml", Storage.Describe(connection, machine, isPersistent: false));
            parameters.Add("persistent_xml", Storage.Describe(connection, machine, isPersistent: true));
        }

        using var domain = DomainCalls.Require(connection, machine);
        LibvirtError.Check(Native.virDomainMigrateToURI3(domain, DestinationUri, parameters.Pointer, parameters.Count, (uint)flags));
        return true;
    }
}
