using Portal.Domain.Affinity;
using Portal.Domain.Projects;

namespace Portal.Domain.Hosts;

/// <summary>The room on a host: what it has, what is taken, what is kept back for the host itself.</summary>
/// <param name="Id">The host.</param>
/// <param name="Name">Its name.</param>
/// <param name="State">Whether it answers.</param>
/// <param name="Cpus">Logical processors, 0 before the first answer.</param>
/// <param name="MemoryMib">Memory, MiB, 0 before the first answer.</param>
/// <param name="VcpusTaken">Virtual processors of machines that live there or are on their way.</param>
/// <param name="MemoryTakenMib">Memory of those machines, MiB.</param>
/// <param name="InMaintenance">Whether it takes no machine, however much room it has.</param>
public sealed record HostRoom(Guid Id, string Name, HostState State, int Cpus, long MemoryMib, long VcpusTaken, long MemoryTakenMib, bool InMaintenance = false)
{
    /// <summary>Virtual processors given out per logical one: idle machines share, busy ones slow each other.</summary>
    public const int VcpusPerCpu = 8;

    /// <summary>The least memory a host keeps for itself, MiB.</summary>
    public const int LeastKeptMib = 512;

    /// <summary>Memory kept for the host itself: a tenth, at least <see cref="LeastKeptMib"/>. Memory is never given out twice.</summary>
    public long MemoryKeptMib => Math.Max(LeastKeptMib, MemoryMib / 10);

    /// <summary>Memory for machines in all, MiB.</summary>
    public long MemoryForMachinesMib => Math.Max(0, MemoryMib - MemoryKeptMib);

    /// <summary>Virtual processors for machines in all.</summary>
    public long VcpusForMachines => (long)Cpus * VcpusPerCpu;

    /// <summary>Memory still free for machines, MiB; negative when a host shrank below what was given out.</summary>
    public long MemoryFreeMib => MemoryForMachinesMib - MemoryTakenMib;

    /// <summary>Virtual processors still free.</summary>
    public long VcpusFree => VcpusForMachines - VcpusTaken;

    /// <summary>The same host with one more machine on it.</summary>
    public HostRoom With(MachineSize size) => this with { VcpusTaken = VcpusTaken + size.Vcpus, MemoryTakenMib = MemoryTakenMib + size.MemoryMib };

    /// <summary>The same host with one machine less on it.</summary>
    public HostRoom Without(MachineSize size) => this with { VcpusTaken = VcpusTaken - size.Vcpus, MemoryTakenMib = MemoryTakenMib - size.MemoryMib };
}

/// <summary>Why a machine does not fit on a host.</summary>
/// <param name="HostId">The host.</param>
/// <param name="HostName">Its name.</param>
/// <param name="Why">In words, with figures.</param>
/// <param name="Answers">Whether the host answers.</param>
/// <param name="MemoryShortMib">Memory lacking there, MiB; 0 when memory is not what lacks.</param>
/// <param name="VcpusShort">Virtual processors lacking there.</param>
/// <param name="InMaintenance">Whether it takes no machine, however much room it has.</param>
public sealed record HostMisfit(Guid HostId, string HostName, string Why, bool Answers, long MemoryShortMib, long VcpusShort, bool InMaintenance = false)
{
    /// <summary>The affinity rule that says no, where there would be room; null otherwise.</summary>
    public AffinityBar? Bar { get; init; }
}

/// <summary>Where a machine goes.</summary>
/// <param name="Host">The host; null when none has room.</param>
/// <param name="Misfits">The hosts that cannot take it, and why.</param>
public sealed record HostChoice(HostRoom? Host, IReadOnlyList<HostMisfit> Misfits);

/// <summary>A host now and after everything that waits for room was placed.</summary>
/// <param name="Host">The host now.</param>
/// <param name="Machines">Waiting machines that would go there.</param>
/// <param name="VcpusWaiting">Their virtual processors.</param>
/// <param name="MemoryWaitingMib">Their memory, MiB.</param>
public sealed record HostForecast(HostRoom Host, int Machines, long VcpusWaiting, long MemoryWaitingMib);

/// <summary>What placing a list of machines would do.</summary>
/// <param name="Hosts">Every host, in the order given.</param>
/// <param name="Unplaced">Machines for which no room would be left.</param>
public sealed record CapacityForecast(IReadOnlyList<HostForecast> Hosts, int Unplaced);
