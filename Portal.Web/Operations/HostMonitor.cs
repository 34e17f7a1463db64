using System.Threading.Channels;
using Portal.Hypervisor;
using Portal.Hypervisor.Hosts;

namespace Portal.Web.Operations;

/// <summary>Listens to one host for as long as the portal knows it, and passes on what it says.</summary>
public sealed class HostMonitor : IAsyncDisposable
{
    /// <summary>How often a host that answers is compared with the books without being asked to: for what no event told.</summary>
    private static readonly TimeSpan Compare = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long a machine's news may be followed by more before its host is asked about it. A move stops and starts it within that time,
    /// and a question asked meanwhile would prolong its pause.
    /// </summary>
    private static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(250);

    private readonly HostReporter _reporter;
    private readonly DatabasePatience _patience;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _pump;
    private readonly Task _comparing;
    private readonly Task _looking;
    private readonly Channel<Guid> _changed = Channel.CreateUnbounded<Guid>(new UnboundedChannelOptions { SingleReader = true });

    /// <summary>What the pump and the comparison write comes one after the other, so that the books end with what was seen last.</summary>
    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>What the books were last told of the link; null before.</summary>
    private HostLinkState? _booked;

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
        _comparing = Task.Run(CompareAsync);
        _looking = Task.Run(LookAsync);
    }

    /// <summary>The host.</summary>
    public FleetHost Host { get; }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Host.Connection.DisposeAsync();
        await Task.WhenAll(_pump, _comparing, _looking);
        _stop.Dispose();
        _turn.Dispose();
    }

    /// <summary>
    /// Whether the books must be told of the link again: an event about it may have been dropped, or what it led to may have failed.
    /// A link that is being tried for the first time says nothing yet.
    /// </summary>
    /// <param name="link">The link now.</param>
    /// <param name="booked">What the books were last told; null before.</param>
    public static bool MustTell(HostLinkState link, HostLinkState? booked) => link != HostLinkState.Connecting && link != booked;

    private async Task PumpAsync(IAsyncEnumerable<HostEvent> events)
    {
        try
        {
            _ = await Host.Connection.ConnectAsync(_stop.Token);
            await foreach (var told in events)
            {
                if (told is MachineChanged changed)
                    await _changed.Writer.WriteAsync(changed.Machine, _stop.Token);
                else
                    await TryAsync(stop => PassOnAsync(told, stop));
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The host was removed, or the process stops.
        }
    }

    /// <summary>Looks once at each machine that something happened to, however much did.</summary>
    private async Task LookAsync()
    {
        try
        {
            while (await _changed.Reader.WaitToReadAsync(_stop.Token))
            {
                await Task.Delay(Settle, _stop.Token);
                var machines = new HashSet<Guid>();
                while (_changed.Reader.TryRead(out var machine))
                    machines.Add(machine);
                foreach (var machine in machines)
                    await TryAsync(stop => _reporter.ObservedAsync(Host, machine, stop));
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The host was removed, or the process stops.
        }
    }

    private async Task CompareAsync()
    {
        using var tick = new PeriodicTimer(Compare);
        try
        {
            while (await tick.WaitForNextTickAsync(_stop.Token))
                await TryAsync(CompareOnceAsync);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The host was removed, or the process stops.
        }
    }

    private async Task TryAsync(Func<CancellationToken, Task> work)
    {
        try
        {
            await _turn.WaitAsync(_stop.Token);
            try
            {
                await _patience.RunAsync(Host.Name, work, _stop.Token);
            }
            finally
            {
                _turn.Release();
            }
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
        LinkChanged changed => TellAsync(changed.Link, cancellationToken),
        // The link may be among what was missed.
        EventsMissed => TellAsync(Host.Connection.Link, cancellationToken),
        MachineForgotten => _reporter.ReadMachinesAsync(Host, cancellationToken),
        _ => Task.CompletedTask,
    };

    private async Task CompareOnceAsync(CancellationToken cancellationToken)
    {
        var link = Host.Connection.Link;
        if (MustTell(link.State, _booked))
        {
            await TellAsync(link, cancellationToken);
        }
        else if (link.State == HostLinkState.Connected)
        {
            await _reporter.ReadMachinesAsync(Host, cancellationToken);
            await _reporter.MeasureAsync(Host, cancellationToken);
        }
    }

    private async Task TellAsync(HostLink link, CancellationToken cancellationToken)
    {
        // Half told is not told: whatever fails below is done again by the next comparison.
        _booked = null;
        switch (link.State)
        {
            case HostLinkState.Connected:
                await _reporter.ReadAllAsync(Host, cancellationToken);
                break;
            case HostLinkState.Unreachable:
                await _reporter.LostAsync(Host, link.Reason, cancellationToken);
                break;
            case HostLinkState.Connecting:
                return;
        }

        _booked = link.State;
    }
}
