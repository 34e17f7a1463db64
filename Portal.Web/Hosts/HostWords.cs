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
        "quick-direct" => "Move machines in one stream, paused",
        "quick-saved" => "Move machines through the disk",
        "memory-tls" => "Encrypt memory on its way",
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
}
