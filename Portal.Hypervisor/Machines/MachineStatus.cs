namespace Portal.Hypervisor.Machines;

/// <summary>Whether a machine runs.</summary>
public enum PowerState
{
    /// <summary>The host did not say.</summary>
    Unknown,
    /// <summary>Not running.</summary>
    Off,
    /// <summary>Running.</summary>
    Running,
    /// <summary>In memory, not executing.</summary>
    Paused,
    /// <summary>The guest was asked to shut down and is doing so.</summary>
    ShuttingDown,
    /// <summary>The guest crashed.</summary>
    Crashed,
}

/// <summary>A machine as its host sees it now.</summary>
/// <param name="Uuid">The machine's id.</param>
/// <param name="Name">Its name in libvirt.</param>
/// <param name="State">Whether it runs.</param>
/// <param name="Reason">Why it is in that state, in a few words.</param>
/// <param name="Vcpus">Virtual processors.</param>
/// <param name="MemoryMib">Memory, MiB.</param>
public sealed record MachineStatus(Guid Uuid, string Name, PowerState State, string Reason, int Vcpus, long MemoryMib);
