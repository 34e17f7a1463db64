using System.Collections.Concurrent;
using Portal.Domain.Machines;
using Portal.Domain.Migrations;
using Portal.Domain.Snapshots;
using Portal.Hypervisor.Machines;
using Portal.Hypervisor.Migrations;
using Portal.Web.Operations.Moving;
using Portal.Web.Operations.Snapshots;

namespace Portal.Web.Operations;

/// <summary>
/// Settles what an interruption left on a host: a machine that was given up or deleted while its host was away, or one that moved
/// while nobody could see where to. Only machines of the portal's own books are ever touched.
/// </summary>
public sealed class Leftovers(MachineStrays strays, SnapshotBooks snapshots, LostMoves lost, MigrationEngine engine, CarriedDisks disks, HostFleet fleet, TimeProvider time, ILogger<Leftovers> logger)
{
    /// <summary>A comparison waits no longer than this for a machine to be settled; the next one goes on with it.</summary>
    private static readonly TimeSpan SettlePatience = TimeSpan.FromSeconds(5);

    /// <summary>Several moves of a host that went away wait for one another no longer than this many at a time would.</summary>
    private const int AtATime = 4;

    /// <summary>What was last said of a machine that could not be settled yet: each comparison finds the same.</summary>
    private readonly ConcurrentDictionary<Guid, string> _said = [];

    /// <summary>Machines being settled: their two hosts may be compared at the same time.</summary>
    private readonly ConcurrentDictionary<Guid, byte> _settling = [];

    /// <summary>Settles a machine that is on this host although the books say otherwise.</summary>
    public async Task SettleAsync(FleetHost host, BookedMachine booked, MachineStatus stray, CancellationToken cancellationToken)
    {
        if (booked.State == MachineState.Deleted)
        {
            logger.LogWarning("{Machine} is deleted, and {Host} still has it: it is removed there now", booked.Name, host.Name);
            await host.Machines.DestroyAsync(booked.Id, cancellationToken);
            await host.Machines.UndefineAsync(booked.Id, cancellationToken);
            foreach (var volume in MachineFiles.All(booked.Id))
                await host.Storage.DeleteAsync(host.Pool, volume, cancellationToken);
            return;
        }

        if (booked.HostId is not { } home || fleet.Find(home) is not { IsConnected: true } homeHost)
            return;

        var atHome = await homeHost.Machines.FindAsync(booked.Id, cancellationToken);
        var (runsHere, runsAtHome) = (IsExecuting(stray.State), atHome is not null && IsExecuting(atHome.State));
        if (stray.State == PowerState.Paused || atHome?.State == PowerState.Paused)
        {
            // One that stands still is a move that broke off or is under way: it neither is a second guest nor proves where the machine lives.
            await SettleMoveAsync(host, homeHost, booked, cancellationToken);
        }
        else if (runsHere && runsAtHome)
        {
            logger.LogCritical("{Machine} runs on {Home} and on {Host}: cut its power on one of them at once", booked.Name, homeHost.Name, host.Name);
            await strays.RunsTwiceAsync(booked.Id, homeHost.Name, host.Name, cancellationToken);
        }
        else if (runsHere)
        {
            logger.LogWarning("{Machine} runs on {Host}, and {Home} does not run it: it lives there from now on", booked.Name, host.Name, homeHost.Name);
            if (await strays.AdoptAsync(booked.Id, host.Id, cancellationToken) && atHome is not null)
                await homeHost.Machines.UndefineAsync(booked.Id, cancellationToken);
        }
        else if (atHome is not null)
        {
            logger.LogWarning("{Host} keeps a definition of {Machine}, which lives on {Home}: it is removed", host.Name, booked.Name, homeHost.Name);
            await host.Machines.UndefineAsync(booked.Id, cancellationToken);
        }
    }

    /// <summary>Settles the moves with an end on this host of which nobody knows how they ended, as soon as both ends answer, and says so on their receipts.</summary>
    public async Task SettleLostAsync(FleetHost host, CancellationToken cancellationToken)
    {
        var moves = await lost.OnAsync(host.Id, cancellationToken);
        await Parallel.ForEachAsync(moves, new ParallelOptions { MaxDegreeOfParallelism = AtATime, CancellationToken = cancellationToken }, async (move, token) =>
        {
            try
            {
                await SettleLostAsync(move, token);
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                // The host's other machines are read all the same; the next comparison tries this one again.
                logger.LogError(fault, "The last move of {Machine} could not be settled", move.MachineName);
            }
        });
    }

    private async Task SettleLostAsync(LostMove move, CancellationToken cancellationToken)
    {
        if (fleet.Find(move.SourceHostId) is not { IsConnected: true } source || fleet.Find(move.DestinationHostId) is not { IsConnected: true } destination)
            return;
        if (await SettleAsync(move.MachineId, move.MachineName, move.CarriesDisks, move.Stream, source, destination, cancellationToken) is { } settlement
            && MoveWords.Settled(settlement, move.MachineName, source.Name, destination.Name) is { } explanation
            && await lost.SettleAsync(move.Id, MoveWords.Late(settlement.Where), explanation, settlement.IsOff ? MachineState.Off : MachineState.Running, cancellationToken))
            _said.TryRemove(move.MachineId, out _);
    }

    /// <summary>Removes from the store disks and snapshots that were given up or deleted while nobody could reach it, and what proofs of moves left that were cut off.</summary>
    public async Task SweepAsync(FleetHost host, CancellationToken cancellationToken)
    {
        var volumes = (await host.Storage.ListAsync(host.Pool, cancellationToken)).Select(name => (Name: name, Owner: MachineFiles.Owner(name))).ToList();
        var deleted = await strays.DeletedAsync([.. volumes.Select(volume => volume.Owner).OfType<Guid>().Distinct()], cancellationToken);
        foreach (var (name, owner) in volumes)
        {
            if (owner is { } machine ? !deleted.Contains(machine) : !ProofVolume.IsLeftOver(name, time.GetUtcNow()))
                continue;
            logger.LogWarning("{Volume} on the store of {Host} belongs to {Owner}: it is removed", name, host.Name, owner is null ? "a move that was cut off" : "a deleted machine");
            await host.Storage.DeleteAsync(host.Pool, name, cancellationToken);
        }

        foreach (var gone in await snapshots.DeletedAsync([.. volumes.Select(volume => SnapshotFiles.Owner(volume.Name)).OfType<FoundSnapshot>()], cancellationToken))
        {
            logger.LogWarning("A deleted snapshot of {Machine} is on the store of {Host}: it is removed", gone.MachineId, host.Name);
            await host.Storage.DeleteAsync(host.Pool, SnapshotFiles.Volume(gone.MachineId, gone.SnapshotId), cancellationToken);
        }
    }

    /// <summary>Settles what the machine's last move left on these two hosts. Of a move the portal did not make it knows no source, and keeps its hands off.</summary>
    private async Task SettleMoveAsync(FleetHost host, FleetHost home, BookedMachine booked, CancellationToken cancellationToken)
    {
        var move = await strays.LastMoveAsync(booked.Id, cancellationToken);
        (FleetHost Source, FleetHost Destination)? ends = move is null ? null
            : (move.SourceHostId, move.DestinationHostId) == (host.Id, home.Id) ? (host, home)
            : (move.SourceHostId, move.DestinationHostId) == (home.Id, host.Id) ? (home, host) : null;
        if (ends is not { } between)
        {
            logger.LogWarning("{Machine} lives on {Home}, {Host} has it too, and it stands still on one of them: somebody moves it past the portal", booked.Name, home.Name, host.Name);
            return;
        }

        var settlement = await SettleAsync(booked.Id, booked.Name, move!.CarriesDisks, move.Stream, between.Source, between.Destination, cancellationToken);
        if (settlement?.Where == WhereItRuns.Source && between.Source == host || settlement?.Where == WhereItRuns.Destination && between.Destination == host)
            await strays.AdoptAsync(booked.Id, host.Id, cancellationToken);
    }

    /// <summary>What both hosts say, and what was mended so that one of them has it; null while another comparison is at it: two must not mend one machine.</summary>
    private async Task<Settlement?> SettleAsync(Guid machine, string name, bool carriesDisks, StreamTerms? stream, FleetHost source, FleetHost destination, CancellationToken cancellationToken)
    {
        if (!_settling.TryAdd(machine, 0))
            return null;
        try
        {
            var settlement = await engine.TrySettleAsync(
                machine, source.Connection, destination.Connection, new StreamPath(stream?.Address, stream?.MaxMibPerSecond), SettlePatience, token => strays.IsFreeAsync(machine, token), cancellationToken);
            var isNews = !_said.TryGetValue(machine, out var said) || said != settlement.Explanation;
            _said[machine] = settlement.Explanation;
            logger.Log(isNews ? LogLevel.Warning : LogLevel.Debug, "What the last move of {Machine} left on {Source} and {Destination}: {Explanation}", name, source.Name, destination.Name, settlement.Explanation);
            if (carriesDisks && await disks.ClearAsync(machine, new DiskEnd(source.Connection, source.Pool), new DiskEnd(destination.Connection, destination.Pool), settlement.Where, token => strays.IsFreeAsync(machine, token), cancellationToken) is > 0 and var removed)
                logger.LogWarning("{Machine} had its disks twice, on {Source} and {Destination}: {Count} volumes are removed where it is not", name, source.Name, destination.Name, removed);
            return settlement;
        }
        finally
        {
            _settling.TryRemove(machine, out _);
        }
    }

    private static bool IsExecuting(PowerState state) => state is PowerState.Running or PowerState.ShuttingDown;
}
