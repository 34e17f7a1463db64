using Portal.Domain.Hosts;
using Portal.Domain.Machines;
using Portal.Hypervisor.Machines;

namespace Portal.Web.Operations;

/// <summary>Carries what hosts say into the books. It never trusts an event's words: it looks again, then writes.</summary>
public sealed class HostReporter(
    HostService hosts, HostObservations observations, MachineStrays strays, Leftovers leftovers, HostFleet fleet, LoadBoard loads, TimeProvider time, ILogger<HostReporter> logger)
{
    /// <summary>The host answers (again): its facts, every machine it knows or should know, and what nobody needs any more.</summary>
    public async Task ReadAllAsync(FleetHost host, CancellationToken cancellationToken)
    {
        await hosts.ReportAsync(host.Id, HostReports.From(await host.Connection.GetFactsAsync(cancellationToken)), cancellationToken);
        await ReadMachinesAsync(host, cancellationToken);
        // After the machines: a guest's disk goes after the guest.
        await leftovers.SweepAsync(host, cancellationToken);
    }

    /// <summary>Every machine the host knows or should know.</summary>
    public async Task ReadMachinesAsync(FleetHost host, CancellationToken cancellationToken)
    {
        // First: what it mends or moves is then read as it is.
        await leftovers.SettleLostAsync(host, cancellationToken);
        var askedAt = time.GetUtcNow();
        var known = (await host.Machines.ListAsync(cancellationToken)).ToDictionary(machine => machine.Uuid);
        await observations.ObserveAsync(host.Id, askedAt, [.. known.Values.Select(Describe)], cancellationToken);
        foreach (var booked in await strays.BookedAsync(host.Id, known.Keys, cancellationToken))
        {
            if (booked.IsBusy)
                continue;
            if (booked.HostId != host.Id)
                await leftovers.SettleAsync(host, booked, known[booked.Id], cancellationToken);
            else if (!known.ContainsKey(booked.Id))
                await LookElsewhereAsync(booked, cancellationToken);
        }
    }

    /// <summary>What the host and its machines use.</summary>
    public async Task MeasureAsync(FleetHost host, CancellationToken cancellationToken)
    {
        if (await host.Connection.GetCountersAsync(cancellationToken) is { } counters)
            loads.Take(host.Id, counters);
    }

    /// <summary>The host does not answer.</summary>
    public async Task LostAsync(FleetHost host, string? reason, CancellationToken cancellationToken)
    {
        loads.Forget(host.Id);
        logger.LogWarning("{Host} does not answer: {Reason}", host.Name, reason);
        await hosts.MarkUnreachableAsync(host.Id, reason ?? "The connection was lost.", cancellationToken);
    }

    /// <summary>Something happened to one machine on this host: look, and write down what is so now.</summary>
    public async Task ObservedAsync(FleetHost host, Guid machine, CancellationToken cancellationToken)
    {
        var askedAt = time.GetUtcNow();
        if (await host.Machines.FindAsync(machine, cancellationToken) is { } seen)
            await observations.ObserveOneAsync(host.Id, askedAt, Describe(seen), cancellationToken);
    }

    /// <summary>What a host's word means for the books.</summary>
    public static MachineObservation Describe(MachineStatus seen) => new(seen.Uuid, StateOf(seen.State), seen.Reason, SizeOf(seen));

    /// <summary>What it has of processors and memory; one that is off shows what it starts with.</summary>
    public static SeenSize SizeOf(MachineStatus seen) => new(seen.Vcpus, seen.MemoryMib);

    /// <summary>A paused machine runs as far as its owner is concerned; a crashed one is off and can be started again.</summary>
    public static MachineState StateOf(PowerState state) => state switch
    {
        PowerState.Running or PowerState.Paused or PowerState.ShuttingDown => MachineState.Running,
        PowerState.Off or PowerState.Crashed => MachineState.Off,
        PowerState.Unknown => MachineState.Unknown,
    };

    /// <summary>Its home does not have it: whoever else answers is asked, in case it was moved there by other means.</summary>
    private async Task LookElsewhereAsync(BookedMachine lost, CancellationToken cancellationToken)
    {
        foreach (var other in fleet.Hosts.Where(other => other.Id != lost.HostId && other.IsConnected))
        {
            if (await other.Machines.FindAsync(lost.Id, cancellationToken) is { } stray)
                await leftovers.SettleAsync(other, lost, stray, cancellationToken);
        }
    }
}
