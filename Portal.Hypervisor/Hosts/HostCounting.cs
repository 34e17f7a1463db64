using Portal.Hypervisor.Libvirt;
using Portal.Hypervisor.Machines;

namespace Portal.Hypervisor.Hosts;

/// <summary>What a host and its running machines have used since they started.</summary>
/// <param name="BusyNs">Time its processors were busy, ns, of all of them together.</param>
/// <param name="Cpus">Logical processors.</param>
/// <param name="MemoryUsedMib">Memory in use now, without what caches would give back, MiB.</param>
/// <param name="MemoryMib">Memory it has, MiB.</param>
/// <param name="MachineNs">Processor time each running machine has used there, ns.</param>
public sealed record HostCounters(ulong BusyNs, int Cpus, long MemoryUsedMib, long MemoryMib, IReadOnlyDictionary<Guid, ulong> MachineNs);

/// <summary>Reads a host's counters: the kernel's own of the host, and of each machine what its process has used. No guest notices.</summary>
internal static class HostCounting
{
    public static HostCounters? Read(ConnectHandle connection)
    {
        LibvirtError.Check(Native.virNodeGetInfo(connection, out var node));
        if (NodeStats.Cpu(connection) is not { } cpu || NodeStats.Memory(connection) is not { } memory)
            return null;
        var busy = cpu.GetValueOrDefault("kernel") + cpu.GetValueOrDefault("user") + cpu.GetValueOrDefault("intr");
        var total = (long)(memory.GetValueOrDefault("total") >> 10);
        return new HostCounters(busy, (int)node.Cpus, Math.Max(0, total - NodeStats.LeftMib(memory)), total, DomainList.CpuTimes(connection));
    }
}
