namespace Portal.Hypervisor.Machines;

/// <summary>Processors and memory of a machine.</summary>
/// <param name="Vcpus">Virtual processors.</param>
/// <param name="MostVcpus">The most it can have without a restart.</param>
/// <param name="MemoryMib">Memory, MiB.</param>
public sealed record MachineForm(int Vcpus, int MostVcpus, int MemoryMib);

/// <summary>How large a machine is.</summary>
/// <param name="Now">As it runs; null when it does not.</param>
/// <param name="Next">As it starts next.</param>
public sealed record MachineShape(MachineForm? Now, MachineForm Next);
