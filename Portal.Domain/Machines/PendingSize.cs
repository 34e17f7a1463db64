using Portal.Domain.Projects;

namespace Portal.Domain.Machines;

/// <summary>A size that holds from the machine's next start. Until then the books hold whichever of the two is larger.</summary>
/// <param name="Now">What it runs with.</param>
/// <param name="Next">What it starts with next.</param>
/// <param name="HotVcpus">The most virtual processors it can have without a restart once it has started so.</param>
public sealed record PendingSize(MachineSize Now, MachineSize Next, int HotVcpus);

/// <summary>Processors and memory as a host says a machine has them now.</summary>
/// <param name="Vcpus">Virtual processors.</param>
/// <param name="MemoryMib">Memory, MiB.</param>
public sealed record SeenSize(int Vcpus, long MemoryMib);

/// <summary>What a runner made of a machine's size at the hypervisor.</summary>
/// <param name="Now">What it has now; for one that is off, what it starts with.</param>
/// <param name="Next">What it starts with next.</param>
/// <param name="HotVcpus">The most virtual processors it can have without a restart as it runs now.</param>
/// <param name="NextHotVcpus">The same after its next start.</param>
public sealed record ResizedTo(MachineSize Now, MachineSize Next, int HotVcpus, int NextHotVcpus);
