using Portal.Domain.Projects;

namespace Portal.Domain.Hosts;

/// <summary>Decides where machines go; knows no database.</summary>
public static class Placing
{
    /// <summary>
    /// The host with the most free memory among those that answer and have room: it spreads machines, so that the loss of one host
    /// hurts fewest. Equal ones by name, so that the same question has the same answer.
    /// </summary>
    public static HostChoice Choose(IEnumerable<HostRoom> candidates, MachineSize size)
    {
        var misfits = new List<HostMisfit>();
        HostRoom? best = null;
        foreach (var host in candidates.OrderByDescending(h => h.MemoryFreeMib).ThenBy(h => h.Name, StringComparer.Ordinal))
        {
            if (Misfit(host, size) is { } misfit)
                misfits.Add(misfit);
            else
                best ??= host;
        }
        return new HostChoice(best, misfits);
    }

    /// <summary>Why a machine does not fit on a host; null when it does.</summary>
    public static HostMisfit? Misfit(HostRoom host, MachineSize size)
    {
        var memory = Math.Max(0, size.MemoryMib - host.MemoryFreeMib);
        var vcpus = Math.Max(0, size.Vcpus - host.VcpusFree);
        var why = host switch
        {
            { State: HostState.Unreachable } => $"{host.Name} does not answer",
            { State: HostState.Connecting } => $"{host.Name} has not answered yet",
            _ when memory > 0 && vcpus > 0 => $"{host.Name} lacks {memory} MiB of memory and {vcpus} vCPU",
            _ when memory > 0 => $"{host.Name} lacks {memory} MiB of memory: {Math.Max(0, host.MemoryFreeMib)} of {host.MemoryForMachinesMib} MiB are free",
            _ when vcpus > 0 => $"{host.Name} lacks {vcpus} vCPU: {Math.Max(0, host.VcpusFree)} of {host.VcpusForMachines} are free",
            _ => null,
        };
        return why is null ? null : new HostMisfit(host.Id, host.Name, why, host.State == HostState.Online, memory, vcpus);
    }

    /// <summary>What placing machines one after the other would do to every host.</summary>
    public static CapacityForecast Forecast(IReadOnlyList<HostRoom> hosts, IEnumerable<MachineSize> waiting)
    {
        var after = hosts.ToDictionary(h => h.Id);
        var arrivals = hosts.ToDictionary(h => h.Id, _ => 0);
        var unplaced = 0;
        foreach (var size in waiting)
        {
            if (Choose(after.Values, size).Host is { } host)
            {
                after[host.Id] = host.With(size);
                arrivals[host.Id]++;
            }
            else
            {
                unplaced++;
            }
        }
        return new CapacityForecast([.. hosts.Select(h => new HostForecast(h, arrivals[h.Id], after[h.Id].VcpusTaken - h.VcpusTaken, after[h.Id].MemoryTakenMib - h.MemoryTakenMib))], unplaced);
    }
}
