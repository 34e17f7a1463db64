using Portal.Domain.Hosts;
using Portal.Domain.Machines;
using Portal.Hypervisor.Machines;

namespace Portal.Web.Operations;

/// <summary>Carries what hosts say into the books. It never trusts an event's words: it looks again, then writes.</summary>
public sealed class HostReporter(HostService hosts, MachineReports reports, Leftovers leftovers, ILogger<HostReporter> logger)
{
    // Looking and writing go together per machine: of two looks at once, the older must not be written last.
    private readonly SemaphoreSlim[] _gates = [.. Enumerable.Range(0, 32).Select(_ => new SemaphoreSlim(1, 1))];

    /// <summary>The host answers (again): its facts, and every machine it knows or should know.</summary>
    public async Task ReadAllAsync(FleetHost host, CancellationToken cancellationToken)
    {
        var id = host.Id;
        await hosts.ReportAsync(id, HostReports.From(await host.Connection.GetFactsAsync(cancellationToken)), cancellationToken);
        var known = (await host.Machines.ListAsync(cancellationToken)).ToDictionary(machine => machine.Uuid);
        foreach (var booked in await reports.BookedAsync(id, known.Keys, cancellationToken))
        {
            if (booked.IsBusy)
                continue;
            if (booked.HostId == id)
                await ObservedAsync(host, booked.Id, cancellationToken);
            else if (known.TryGetValue(booked.Id, out var stray))
                await leftovers.SettleAsync(host, booked, stray, cancellationToken);
        }
    }

    /// <summary>The host does not answer.</summary>
    public async Task LostAsync(FleetHost host, string? reason, CancellationToken cancellationToken)
    {
        logger.LogWarning("{Host} does not answer: {Reason}", host.Name, reason);
        await hosts.MarkUnreachableAsync(host.Id, reason ?? "The connection was lost.", cancellationToken);
    }

    /// <summary>Something happened to one machine on this host: look, and write down what is so now.</summary>
    public async Task ObservedAsync(FleetHost host, Guid machine, CancellationToken cancellationToken)
    {
        var gate = _gates[(uint)machine.GetHashCode() % _gates.Length];
        await gate.WaitAsync(cancellationToken);
        try
        {
            var seen = await host.Machines.FindAsync(machine, cancellationToken);
            await reports.ObserveAsync(host.Id, Describe(host.Name, machine, seen), cancellationToken);
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>What a host's answer means for the books.</summary>
    public static MachineObservation Describe(string host, Guid machine, MachineStatus? seen) => seen is null ? Gone(host, machine) : seen.State switch
    {
        PowerState.Running => new(machine, MachineState.Running, null),
        PowerState.ShuttingDown => new(machine, MachineState.Running, "The guest is shutting down."),
        PowerState.Paused => new(machine, MachineState.Running, $"It is paused: {seen.Reason}."),
        PowerState.Off => new(machine, MachineState.Off, null),
        PowerState.Crashed => new(machine, MachineState.Off, $"The guest crashed ({seen.Reason}). Start it to use it again."),
        PowerState.Unknown => new(machine, MachineState.Unknown, $"{host} does not say in which state it is."),
    };

    private static MachineObservation Gone(string host, Guid machine) =>
        new(machine, MachineState.Unknown, $"{host} answers, but does not know this machine: it was removed there by other means.");
}
