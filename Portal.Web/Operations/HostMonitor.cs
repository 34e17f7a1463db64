using Portal.Hypervisor;
using Portal.Hypervisor.Hosts;

namespace Portal.Web.Operations;

/// <summary>Listens to one host for as long as the portal knows it, and passes on what it says.</summary>
public sealed class HostMonitor : IAsyncDisposable
{
    private readonly HostReporter _reporter;
    private readonly DatabasePatience _patience;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _pump;

    /// <summary>Starts listening and connecting.</summary>
    public HostMonitor(FleetHost host, HostReporter reporter, DatabasePatience patience, ILogger logger)
    {
        Host = host;
        _reporter = reporter;
        _patience = patience;
        _logger = logger;
        // Before the first attempt to connect, so that its result is heard.
        var events = host.Connection.WatchAsync(_stop.Token);
        _pump = Task.Run(() => PumpAsync(events));
    }

    /// <summary>The host.</summary>
    public FleetHost Host { get; }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Host.Connection.DisposeAsync();
        await _pump;
        _stop.Dispose();
    }

    private async Task PumpAsync(IAsyncEnumerable<HostEvent> events)
    {
        try
        {
            _ = await Host.Connection.ConnectAsync(_stop.Token);
            await foreach (var told in events)
                await PassOnAsync(told);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The host was removed, or the process stops.
        }
    }

    private async Task PassOnAsync(HostEvent told)
    {
        try
        {
            await _patience.RunAsync(Host.Name, stop => PassOnAsync(told, stop), _stop.Token);
        }
        catch (LibvirtException fault) when (fault.IsConnectionLost)
        {
            // The link broke while the host was asked; it says so itself, and everything is read again when it is back.
            _logger.LogInformation("{Host} went away while it was asked: {Reason}", Host.Name, fault.Message);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            _logger.LogError(fault, "What {Host} reported could not be recorded", Host.Name);
        }
    }

    private Task PassOnAsync(HostEvent told, CancellationToken cancellationToken) => told switch
    {
        LinkChanged { Link.State: HostLinkState.Connected } or EventsMissed => _reporter.ReadAllAsync(Host, cancellationToken),
        LinkChanged { Link: { State: HostLinkState.Unreachable, Reason: var reason } } => _reporter.LostAsync(Host, reason, cancellationToken),
        MachineChanged changed => _reporter.ObservedAsync(Host, changed.Machine, cancellationToken),
        MachineForgotten => _reporter.ReadMachinesAsync(Host, cancellationToken),
        _ => Task.CompletedTask,
    };
}
