using System.Runtime.InteropServices;
using System.Xml.Linq;
using Portal.Hypervisor.Libvirt;

namespace Portal.Hypervisor.Hosts;

/// <summary>Reads a host's facts. Runs on a lane thread.</summary>
internal static class HostInquiry
{
    public static unsafe HostFacts Ask(ConnectHandle connection)
    {
        var capabilities = NativeXml.Parse(NativeText.TakeOwned(Native.virConnectGetCapabilities(connection)));
        LibvirtError.Check(Native.virNodeGetInfo(connection, out var node));
        LibvirtError.Check(Native.virConnectGetLibVersion(connection, out var libvirt));
        LibvirtError.Check(Native.virConnectGetVersion(connection, out var hypervisor));
        var driver = NativeText.Borrow(Native.virConnectGetType(connection));
        var uuid = capabilities.Root?.Element("host")?.Element("uuid")?.Value;
        var (memory, free) = MemoryMib(connection, node);
        return new HostFacts(
            NativeText.TakeOwned(Native.virConnectGetHostname(connection)),
            Guid.TryParse(uuid, out var id) ? id : Guid.Empty,
            Marshal.PtrToStringUTF8((nint)node.Model) ?? "",
            (int)node.Cpus,
            memory,
            free,
            NativeText.ToVersion(libvirt),
            NativeText.ToVersion(hypervisor),
            driver,
            AcceleratorOf(capabilities),
            Capabilities(driver, NativeText.ToVersion(hypervisor), NativeText.ToVersion(libvirt)));
    }

    /// <summary>
    /// Memory, and of that what new machines can have: free memory and what caches would give back. "Free" alone shrinks to nothing on any host
    /// that reads files. A driver that cannot say so falls back to it, and one that cannot say that has 0. Both from one source: libvirt says
    /// of a host whose memory has grown since the daemon started what it had then.
    /// </summary>
    private static (long All, long Free) MemoryMib(ConnectHandle connection, in NativeNodeInfo node) =>
        NodeStats.Memory(connection) is { } memory ? ((long)(memory.GetValueOrDefault("total") >> 10), NodeStats.LeftMib(memory)) : ((long)node.Memory / 1024, (long)(Native.virNodeGetFreeMemory(connection) >> 20));

    internal static Accelerator AcceleratorOf(XDocument capabilities)
    {
        var types = capabilities.Descendants("guest").Descendants("domain").Attributes("type").Select(a => a.Value).ToHashSet();
        return types.Contains("kvm") ? Accelerator.Kvm : types.Contains("qemu") ? Accelerator.Tcg : Accelerator.None;
    }

    internal static IReadOnlyList<Capability> Capabilities(string driver, Version hypervisor, Version libvirt)
    {
        var isQemu = driver == "QEMU";
        var noQemu = isQemu ? null : $"The {driver} driver has no real guests to move.";
        var noAnnounce = noQemu ?? (hypervisor < new Version(4, 0)
            ? $"QEMU {hypervisor} has no announce-self; it came with 4.0."
            : LibvirtLibrary.HasQemuExtensions ? null : $"{Native.QemuLibrary} is not installed beside the portal.");
        var noPostCopy = noQemu ?? PostCopyLack(hypervisor, libvirt);
        var noParallel = noQemu ?? ParallelLack(hypervisor, libvirt);
        return
        [
            Can(CapabilityNames.Lifecycle, reason: null),
            Can(CapabilityNames.Storage, reason: null),
            Can(CapabilityNames.LiveMigration, noQemu),
            Can(CapabilityNames.PostCopy, noPostCopy),
            Can(CapabilityNames.PostCopyRecovery, noPostCopy ?? RecoveryLack(libvirt)),
            Can(CapabilityNames.QuickDirect, noQemu),
            Can(CapabilityNames.QuickSaved, noQemu),
            Can(CapabilityNames.MemoryTls, noQemu ?? (hypervisor < new Version(2, 11) ? "QEMU before 2.11 cannot encrypt the memory stream." : null)),
            Can(CapabilityNames.Announce, noAnnounce),
            Can(CapabilityNames.WithStorage, noQemu ?? StorageLack(hypervisor, libvirt)),
            Can(CapabilityNames.Parallel, noParallel),
            Can(CapabilityNames.CompressZstd, noParallel ?? (libvirt < new Version(9, 4) ? $"libvirt {libvirt} cannot ask for zstd; that came with 9.4." : null)),
        ];
    }

    /// <summary>
    /// Older libvirt forgets, when restarted, that a guest has gone on elsewhere; older QEMU cannot carry on after a broken link.
    /// Whether QEMU's user may use userfaultfd only an arriving guest shows: then the move says it.
    /// </summary>
    private static string? PostCopyLack(Version hypervisor, Version libvirt)
    {
        if (libvirt < new Version(8, 5))
            return $"libvirt {libvirt} cannot recover a broken post-copy move; that came with 8.5.";
        return hypervisor < new Version(3, 0) ? $"QEMU {hypervisor} cannot recover a broken post-copy move; that came with 3.0." : null;
    }

    /// <summary>Disks travel encrypted like memory, or not at all.</summary>
    private static string? StorageLack(Version hypervisor, Version libvirt)
    {
        if (libvirt < new Version(4, 4))
            return $"libvirt {libvirt} cannot encrypt the copy of a disk; that came with 4.4.";
        return hypervisor < new Version(2, 11) ? $"QEMU {hypervisor} cannot encrypt the copy of a disk; that came with 2.11." : null;
    }

    /// <summary>Several connections came earlier, but not together with encryption.</summary>
    private static string? ParallelLack(Version hypervisor, Version libvirt)
    {
        if (libvirt < new Version(5, 2))
            return $"libvirt {libvirt} cannot send memory over several connections; that came with 5.2.";
        return hypervisor < new Version(5, 2) ? $"QEMU {hypervisor} cannot encrypt several connections; that came with 5.2." : null;
    }

    /// <summary>libvirt's release notes of 11.4.0; the older fault is mended in 9.0.0, where a paused guest counts as one in post-copy.</summary>
    private static string? RecoveryLack(Version libvirt)
    {
        if (libvirt < new Version(9, 0))
            return $"libvirt {libvirt} does not take a broken post-copy move up again; 9.0 does.";
        return libvirt >= new Version(11, 2) && libvirt < new Version(11, 4)
            ? $"The daemon of libvirt {libvirt} crashes when a broken post-copy move is taken up again; that is mended in 11.4. Update it; machines run on meanwhile."
            : null;
    }

    private static Capability Can(string name, string? reason) => new(name, reason is null, reason);
}
