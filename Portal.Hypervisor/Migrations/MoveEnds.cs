using Portal.Hypervisor.Hosts;
using Portal.Hypervisor.Machines;

namespace Portal.Hypervisor.Migrations;

/// <summary>
/// The two ends of one move, each over a connection of its own: a move's calls last minutes, and must neither hold up
/// the hosts' other business nor break when the ordinary connection is reopened.
/// </summary>
internal sealed class MoveEnds : IAsyncDisposable
{
    private readonly Guid _machine;
    private readonly Timeline _timeline;
    private readonly TaskCompletionSource<double> _suspended = Signal<double>();
    private readonly TaskCompletionSource<double> _resumed = Signal<double>();
    private readonly TaskCompletionSource<JobStatistics> _jobEnded = Signal<JobStatistics>();
    private readonly Task _pumps;
    private int _iteration;

    private MoveEnds(HostSession source, HostSession destination, Guid machine, Timeline timeline)
    {
        Source = source;
        Destination = destination;
        _machine = machine;
        _timeline = timeline;
        _pumps = Task.WhenAll(PumpAsync(source, OnSource), PumpAsync(destination, OnDestination));
    }

    public HostSession Source { get; }

    public HostSession Destination { get; }

    /// <summary>When the guest stopped at the source, s.</summary>
    public Task<double> Suspended => _suspended.Task;

    /// <summary>When it ran at the destination, s.</summary>
    public Task<double> Resumed => _resumed.Task;

    /// <summary>The job's final statistics.</summary>
    public Task<JobStatistics> JobEnded => _jobEnded.Task;

    /// <summary>The pass over memory the hypervisor last began.</summary>
    public int Iteration => Volatile.Read(ref _iteration);

    public static async Task<MoveEnds> OpenAsync(MigrationPlan plan, Timeline timeline, CancellationToken cancellationToken)
    {
        var source = plan.Source.OpenPrivateAsync(cancellationToken);
        var destination = plan.Destination.OpenPrivateAsync(cancellationToken);
        try
        {
            return new MoveEnds(await source, await destination, plan.Machine, timeline);
        }
        catch
        {
            await CloseAsync(source);
            await CloseAsync(destination);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Source.DisposeAsync();
        await Destination.DisposeAsync();
        await _pumps;
    }

    private static TaskCompletionSource<T> Signal<T>() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>One end failed to open; the other may have opened, or may still be about to.</summary>
    private static async Task CloseAsync(Task<HostSession> opening)
    {
        try
        {
            await (await opening).DisposeAsync();
        }
        catch (Exception e) when (e is LibvirtException or OperationCanceledException)
        {
            // The failure that counts is already on its way to the caller.
        }
    }

    private static async Task PumpAsync(HostSession session, Action<HostEvent> handle)
    {
        await foreach (var e in session.Events.ReadAllAsync(CancellationToken.None))
            handle(e);
    }

    private void OnSource(HostEvent e)
    {
        if (e is MachineChanged { State: PowerState.Paused } paused && paused.Machine == _machine)
            _suspended.TrySetResult(_timeline.Of(paused));
        else if (e is MigrationIterated iterated && iterated.Machine == _machine)
            Volatile.Write(ref _iteration, iterated.Iteration);
        else if (e is JobEnded ended && ended.Machine == _machine)
            _jobEnded.TrySetResult(ended.Statistics);
    }

    private void OnDestination(HostEvent e)
    {
        if (e is not MachineChanged { State: PowerState.Running } running || running.Machine != _machine || running.Detail == "restored")
            return;
        _resumed.TrySetResult(_timeline.Of(running));
    }
}
