using System.Collections.Concurrent;
using Portal.Domain.Migrations;
using Portal.Hypervisor;
using Portal.Hypervisor.Hosts;
using Portal.Hypervisor.Migrations;

namespace Portal.Web.Operations.Moving;

/// <summary>Looks at guests and hosts for the domain. What cannot be found out in time is left out: a plan that rests on less is still a plan.</summary>
public sealed class MoveSurveyor(HostFleet fleet, MigrationEngine engine, TimeProvider time, ILogger<MoveSurveyor> logger) : IMoveSurveyor
{
    private static readonly TimeSpan AtMost = TimeSpan.FromSeconds(6);

    /// <summary>How long what was seen of a guest still says something of it.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(2);

    private readonly ConcurrentDictionary<Guid, (long At, Domain.Migrations.GuestSight Sight)> _recent = [];

    /// <inheritdoc/>
    public async Task<MoveSurvey> LookAsync(Guid machineId, Guid sourceHostId, IReadOnlyList<Guid> destinationHostIds, CancellationToken ct)
    {
        if (fleet.Find(sourceHostId) is not { IsConnected: true } source)
            return MoveSurvey.None;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(ct);
        deadline.CancelAfter(AtMost);
        var seeing = SeeAsync(source.Connection, machineId, deadline.Token);
        var lacks = await LacksAsync(source.Connection, machineId, destinationHostIds, deadline.Token);
        var sight = await seeing;
        ct.ThrowIfCancellationRequested();
        Remember(machineId, sight);
        return new MoveSurvey(sight, lacks);
    }

    /// <inheritdoc/>
    public Domain.Migrations.GuestSight Recent(Guid machineId) =>
        _recent.TryGetValue(machineId, out var known) && time.GetElapsedTime(known.At) <= Fresh ? known.Sight : Domain.Migrations.GuestSight.Unseen;

    private void Remember(Guid machineId, Domain.Migrations.GuestSight sight)
    {
        var now = time.GetTimestamp();
        foreach (var (old, _) in _recent.Where(pair => time.GetElapsedTime(pair.Value.At, now) > Fresh))
            _recent.TryRemove(old, out _);
        _recent[machineId] = (now, sight);
    }

    private async Task<Domain.Migrations.GuestSight> SeeAsync(HostConnection source, Guid machineId, CancellationToken ct) =>
        await TryAsync(token => engine.Gauge.LookAsync(source, machineId, token), ct) is { } sight ? MoveWords.From(sight) : Domain.Migrations.GuestSight.Unseen;

    private async Task<IReadOnlyDictionary<Guid, string>> LacksAsync(HostConnection source, Guid machineId, IReadOnlyList<Guid> destinations, CancellationToken ct)
    {
        if (await TryAsync(token => DestinationFit.RunningDefinitionAsync(source, machineId, token), ct) is not { } definition)
            return MoveSurvey.None.Lacks;
        var asked = destinations.Select(id => fleet.Find(id)).OfType<FleetHost>().Where(host => host.IsConnected)
            .Select(async host => (host.Id, Lack: await TryAsync(token => DestinationFit.LacksAsync(host.Connection, definition, token), ct)));
        return (await Task.WhenAll(asked)).Where(answer => answer.Lack is not null).ToDictionary(answer => answer.Id, answer => answer.Lack!);
    }

    private async Task<T?> TryAsync<T>(Func<CancellationToken, Task<T?>> ask, CancellationToken ct)
        where T : class
    {
        try
        {
            return await ask(ct);
        }
        catch (Exception e) when (e is LibvirtException or OperationCanceledException)
        {
            logger.LogInformation("A move is foretold without what could not be asked: {Reason}", e.Message);
            return null;
        }
    }
}
