namespace Portal.Web.Hosts;

/// <summary>What hosts say of themselves, in plain words.</summary>
public static class HostWords
{
    /// <summary>A capability's name on screen; one that is not known here reads as it is.</summary>
    public static string Capability(string name) => name switch
    {
        "lifecycle" => "Make and run machines",
        "storage" => "Clone disks and upload seeds",
        "live-migration" => "Move machines while they run",
        "post-copy" => "Move machines before their memory",
        "post-copy-recovery" => "Take up again a move before memory that broke off",
        "quick-direct" => "Move machines in one stream, paused",
        "quick-saved" => "Move machines through the disk",
        "memory-tls" => "Encrypt memory on its way",
        "with-storage" => "Take a machine’s disks along",
        "parallel-streams" => "Send memory over several connections",
        "compress-zstd" => "Compress memory by zstd on its way",
        "announce-self" => "Announce a machine’s address again",
        _ => name,
    };

    /// <summary>How a host runs machines.</summary>
    public static string Accelerator(string? name) => name switch
    {
        "Kvm" => "KVM",
        "Tcg" => "Emulated (TCG)",
        null => "not known yet",
        _ => "none",
    };

    /// <summary>Why a host runs machines so, as far as libvirt there tells; null while nothing is known.</summary>
    public static string? AcceleratorReason(string? name) => name switch
    {
        "Kvm" => "libvirt there offers KVM: machines run on the processor itself.",
        "Tcg" => "libvirt there offers no KVM, because the host has no /dev/kvm that works: machines are emulated, several times slower.",
        null => null,
        _ => "The driver there runs no guests.",
    };
}
