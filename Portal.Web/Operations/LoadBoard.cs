using System.Collections.Concurrent;
using Portal.Domain.Balance;
using Portal.Hypervisor.Hosts;

namespace Portal.Web.Operations;

/// <summary>
/// What hosts carry, as this process measured it. Kept in memory only: it is worth nothing minutes later, and every replica measures for itself.
/// </summary>
public sealed class LoadBoard(TimeProvider time) : IHostLoads
{
    private readonly long _began = time.GetTimestamp();
    private readonly ConcurrentDictionary<Guid, LoadMeter> _meters = [];
    private readonly ConcurrentDictionary<Guid, HostLoad> _loads = [];

    /// <inheritdoc/>
    public HostLoad? Of(Guid hostId) => _loads.GetValueOrDefault(hostId);

    /// <summary>Takes a host's counters; each host has one monitor, which reads them one after the other.</summary>
    public void Take(Guid hostId, HostCounters counters)
    {
        var reading = new LoadReading(time.GetElapsedTime(_began), counters.BusyNs, counters.Cpus, counters.MemoryUsedMib, counters.MemoryMib, counters.MachineNs);
        if (_meters.GetOrAdd(hostId, _ => new LoadMeter()).Take(reading, time.GetUtcNow()) is { } load)
            _loads[hostId] = load;
        else
            _loads.TryRemove(hostId, out _);
    }

    /// <summary>A host does not answer: what it carried before says nothing of what it will.</summary>
    public void Forget(Guid hostId)
    {
        _meters.TryRemove(hostId, out _);
        _loads.TryRemove(hostId, out _);
    }
}
