using System.Net;
using System.Net.Sockets;
using Microsoft.EntityFrameworkCore;
using Portal.Domain;
using Portal.Domain.Changes;
using Portal.Domain.Machines;
using Portal.Hypervisor.Probing;
using Portal.Web.Answers;

namespace Portal.Web.Operations;

/// <summary>
/// Pings every machine that should run once a second and puts what it hears on the <see cref="AnswerBoard"/>. Machines whose host is silent
/// are asked too, if they ran: whether they answer is all that can be known of them then.
/// </summary>
public sealed class FleetProbe(
    IDbContextFactory<PortalDbContext> contexts, ChangeFeed changes, AnswerBoard board, DatabasePatience patience, TimeProvider time, ILogger<FleetProbe> logger)
    : BackgroundService
{
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(1);

    private readonly Dictionary<Guid, IPAddress> _watched = [];

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        SlowProbe probe;
        try
        {
            probe = new SlowProbe(time);
        }
        catch (SocketException fault)
        {
            logger.LogWarning("Whether machines answer is not known here: {Reason}", fault.Message);
            board.CannotKnow(fault.Message);
            return;
        }

        await using (probe)
        {
            try
            {
                // None of them ends before the process does; the first to fail is heard.
                await await Task.WhenAny(FollowAsync(probe, stoppingToken), ListenAsync(probe, stoppingToken), TickAsync(stoppingToken));
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                // The process stops.
            }
        }
    }

    private async Task FollowAsync(SlowProbe probe, CancellationToken cancellationToken)
    {
        await foreach (var batch in changes.SubscribeAsync(cancellationToken))
        {
            if (batch.Any(change => change.Concerns(ChangeKind.Machine)))
                await patience.RunAsync("The slow probe", stop => WatchAsync(probe, stop), cancellationToken);
        }
    }

    private async Task WatchAsync(SlowProbe probe, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var running = await context.Machines.AsNoTracking()
            .Where(m => m.State == MachineState.Running || (m.State == MachineState.Unknown && m.LastKnownState == MachineState.Running))
            .ToDictionaryAsync(m => m.Id, m => m.Address, cancellationToken);
        foreach (var gone in _watched.Keys.Except(running.Keys).ToList())
        {
            _watched.Remove(gone);
            probe.Forget(gone);
            board.Forget(gone);
        }

        foreach (var (id, address) in running.Where(machine => _watched.TryAdd(machine.Key, machine.Value)))
        {
            board.Watch(id);
            probe.Watch(id, address);
        }
    }

    private async Task ListenAsync(SlowProbe probe, CancellationToken cancellationToken)
    {
        await foreach (var reading in probe.ReadAsync(cancellationToken))
            board.Tell(reading.Id, reading.At, reading.RttMs);
    }

    private async Task TickAsync(CancellationToken cancellationToken)
    {
        using var tick = new PeriodicTimer(Round, time);
        while (await tick.WaitForNextTickAsync(cancellationToken))
            board.EndRound();
    }
}
