using Portal.Domain.Affinity;
using Portal.Domain.Projects;

namespace Portal.Domain.Hosts;

/// <summary>Decides where machines go; knows no database.</summary>
public static class Placing
{
    /// <summary>
    /// Among the hosts that answer, have room and are allowed by affinity rules the one that goes against the fewest wishes, then the one with the most
    /// free memory: it spreads machines, so that the loss of one host hurts fewest. Equal ones by name, so that the same question has the same answer.
    /// </summary>
    /// <param name="candidates">The hosts.</param>
    /// <param name="size">What room the machine takes.</param>
    /// <param name="ties">What affinity rules say of it; null when it is not yet one machine but any of that size.</param>
    public static HostChoice Choose(IEnumerable<HostRoom> candidates, MachineSize size, MachineTies? ties = null)
    {
        var hosts = candidates.OrderBy(h => ties?.Against(h.Id) ?? 0).ThenByDescending(h => h.MemoryFreeMib).ThenBy(h => h.Name, StringComparer.Ordinal).ToList();
        return new HostChoice(hosts.Find(host => Misfit(host, size, ties) is null), [.. hosts.Select(host => Misfit(host, size, ties)).OfType<HostMisfit>()]);
    }

    /// <summary>Whether a host is in service, answers, and has room for a machine.</summary>
    static bool Fits(HostRoom host, MachineSize size) =>
        host is { InMaintenance: false, State: not (HostState.Unreachable or HostState.Connecting) } && size.MemoryMib <= host.MemoryFreeMib && size.Vcpus <= host.VcpusFree;

    /// <summary>Why a machine does not fit on a host; null when it does. Where there is room but an affinity rule says no, that is why.</summary>
    /// <param name="host">The host.</param>
    /// <param name="size">What room the machine takes.</param>
    /// <param name="ties">What affinity rules say of it; null: nothing.</param>
    public static HostMisfit? Misfit(HostRoom host, MachineSize size, MachineTies? ties = null)
    {
        if (Fits(host, size))
            return ties?.Bar(host.Id, host.Name) is { } bar ? new HostMisfit(host.Id, host.Name, bar.Why, Answers: true, 0, 0) { Bar = bar } : null;
        var memory = Math.Max(0, size.MemoryMib - host.MemoryFreeMib);
        var vcpus = Math.Max(0, size.Vcpus - host.VcpusFree);
        var why = host switch
        {
            { State: HostState.Unreachable } => $"{host.Name} does not answer",
            { State: HostState.Connecting } => $"{host.Name} has not answered yet",
            { InMaintenance: true } => $"{host.Name} is in maintenance",
            _ when memory > 0 && vcpus > 0 => $"{host.Name} lacks {memory} MiB of memory and {vcpus} vCPU",
            _ when memory > 0 => $"{host.Name} lacks {memory} MiB of memory: {Math.Max(0, host.MemoryFreeMib)} of {host.MemoryForMachinesMib} MiB are free",
            _ => $"{host.Name} lacks {vcpus} vCPU: {Math.Max(0, host.VcpusFree)} of {host.VcpusForMachines} are free",
        };
        return new HostMisfit(host.Id, host.Name, why, host.State == HostState.Online, memory, vcpus, host.InMaintenance);
    }

    /// <summary>What placing machines one after the other would do to every host.</summary>
    public static CapacityForecast Forecast(IReadOnlyList<HostRoom> hosts, IEnumerable<MachineSize> waiting)
    {
        // Thousands may wait: the best host is looked for without sorting or telling why the others will not do.
        var after = hosts.OrderBy(h => h.Name, StringComparer.Ordinal).ToArray();
        var arrivals = hosts.ToDictionary(h => h.Id, _ => 0);
        var unplaced = 0;
        foreach (var size in waiting)
        {
            var best = -1;
            for (var n = 0; n < after.Length; n++)
            {
                if (Fits(after[n], size) && (best < 0 || after[n].MemoryFreeMib > after[best].MemoryFreeMib))
                    best = n;
            }
            if (best < 0)
            {
                unplaced++;
                continue;
            }
            after[best] = after[best].With(size);
            arrivals[after[best].Id]++;
        }
        var then = after.ToDictionary(h => h.Id);
        return new CapacityForecast([.. hosts.Select(h => new HostForecast(h, arrivals[h.Id], then[h.Id].VcpusTaken - h.VcpusTaken, then[h.Id].MemoryTakenMib - h.MemoryTakenMib))], unplaced);
    }
}
