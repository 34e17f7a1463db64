namespace Portal.Hypervisor.Hosts;

/// <summary>How guests run on a host.</summary>
public enum Accelerator
{
    /// <summary>Hardware virtualisation.</summary>
    Kvm,
    /// <summary>QEMU's own emulation: correct, slow.</summary>
    Tcg,
    /// <summary>The driver runs no guests (libvirt's test driver).</summary>
    None,
}

/// <summary>One thing a host can or cannot do; what it cannot is shown with its reason, never thrown.</summary>
/// <param name="Name">Stable name, one of <see cref="CapabilityNames"/>.</param>
/// <param name="Available">Whether the host can.</param>
/// <param name="Reason">Why not; null when it can.</param>
public sealed record Capability(string Name, bool Available, string? Reason);

/// <summary>Names of the capabilities the portal asks about.</summary>
public static class CapabilityNames
{
    /// <summary>Machines can be defined, started and stopped.</summary>
    public const string Lifecycle = "lifecycle";
    /// <summary>Volumes can be cloned and uploaded.</summary>
    public const string Storage = "storage";
    /// <summary>A running machine can move without stopping.</summary>
    public const string LiveMigration = "live-migration";
    /// <summary>A running machine can go on at its destination before its memory has arrived.</summary>
    public const string PostCopy = "post-copy";
    /// <summary>A post-copy move whose stream broke can be taken up again.</summary>
    public const string PostCopyRecovery = "post-copy-recovery";
    /// <summary>A machine can pause, move in one stream and resume.</summary>
    public const string QuickDirect = "quick-direct";
    /// <summary>A machine can be saved to shared storage and restored elsewhere.</summary>
    public const string QuickSaved = "quick-saved";
    /// <summary>The memory stream between hosts can be encrypted.</summary>
    public const string MemoryTls = "memory-tls";
    /// <summary>A machine can take its disks along to a host that shares no store with its own.</summary>
    public const string WithStorage = "with-storage";
    /// <summary>The memory stream can use several connections at once.</summary>
    public const string Parallel = "parallel-streams";
    /// <summary>The memory stream can be compressed by zstd.</summary>
    public const string CompressZstd = "compress-zstd";
    /// <summary>A silent guest's address can be announced again after a move.</summary>
    public const string Announce = "announce-self";
}

/// <summary>What a host says about itself.</summary>
/// <param name="HostName">The host's own name.</param>
/// <param name="Uuid">The host's UUID: two entries with the same one are the same host.</param>
/// <param name="CpuModel">Processor model as the driver names it.</param>
/// <param name="Cpus">Logical processors.</param>
/// <param name="MemoryMib">Physical memory, MiB.</param>
/// <param name="FreeMemoryMib">Memory new machines could have at the moment of asking (free, or held by caches), MiB.</param>
/// <param name="Libvirt">Version of the host's libvirt daemon.</param>
/// <param name="Hypervisor">Version of its hypervisor (QEMU).</param>
/// <param name="Driver">The driver's name: "QEMU", "TEST".</param>
/// <param name="Accelerator">How guests will run.</param>
/// <param name="Capabilities">What it can do.</param>
public sealed record HostFacts(
    string HostName, Guid Uuid, string CpuModel, int Cpus, long MemoryMib, long FreeMemoryMib,
    Version Libvirt, Version Hypervisor, string Driver, Accelerator Accelerator, IReadOnlyList<Capability> Capabilities)
{
    /// <summary>Looks a capability up; one the host never mentioned is not available.</summary>
    public Capability Can(string name) => Capabilities.FirstOrDefault(c => c.Name == name)
        ?? new Capability(name, Available: false, $"{HostName} does not offer {name}.");
}
