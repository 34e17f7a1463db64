using Portal.Domain.Machines;
using Portal.Domain.Operations;
using Portal.Domain.Rehoming;
using Portal.Hypervisor;
using Portal.Hypervisor.Machines;
using Portal.Hypervisor.Migrations;

namespace Portal.Web.Operations;

/// <summary>
/// Gives a machine that is off another host: its definition is written there and then removed here. In between both have it, and neither runs it.
/// Until it is written there nothing has happened; from then on it is carried through.
/// </summary>
public sealed class RehomeRunner(MachineBooks books, HostFleet fleet, MigrationEngine engine) : IOperationRunner
{
    private const int Defining = 1;
    private const string Stopped = "Stopped on request.";
    private static readonly TimeSpan HostPatience = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    public OperationKind Kind => OperationKind.Rehome;

    /// <inheritdoc/>
    public async Task RunAsync(OperationRun run, CancellationToken abandon)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(abandon, run.Cancel);
        var parameters = run.Claim.Read<RehomeParameters>();
        // Once it is defined there it lives there, whoever wrote that down and whatever becomes of the definition here.
        if (run.Claim.Cursor <= Defining && await DefineAsync(run, parameters, stop.Token, abandon) is { } failed)
        {
            var cancelled = run.Cancel.IsCancellationRequested && failed == Stopped;
            await run.KeepAsync(held => books.RehomeFailedAsync(run.Claim, $"{failed} It is where it was.", cancelled, held));
            return;
        }

        await run.StepAsync(Defining + 1, "Remove it from its old host", 100, token => RemoveAsync(parameters.SourceHostId, run.Claim.MachineId, token), abandon);
        await run.KeepAsync(held => books.RehomedAsync(run.Claim, held));
    }

    /// <summary>Defines it at the destination; answers why that was not done, and then nothing of it is there.</summary>
    private async Task<string?> DefineAsync(OperationRun run, RehomeParameters parameters, CancellationToken stop, CancellationToken abandon)
    {
        var machine = run.Claim.MachineId;
        FleetHost? source = null, destination = null;
        string? unfit = null;
        var begun = false;
        try
        {
            await run.StepAsync(0, "Look at both hosts", 30, async token =>
            {
                (source, destination) = (await HostAsync(parameters.SourceHostId, "source", token), await HostAsync(parameters.DestinationHostId, "destination", token));
                unfit = await UnfitAsync(source, destination, machine, token);
                return unfit ?? "It is off, and both hosts see its disk.";
            }, stop);
            if (unfit is not null)
                return unfit;
            begun = true;
            await run.StepAsync(Defining, $"Define it on {destination!.Name}", 70, async token =>
            {
                await destination.Machines.TakeOverAsync(await source!.Machines.DefinitionAsync(machine, token), token);
                return null;
            }, abandon);
            return null;
        }
        catch (OperationCanceledException) when (run.Cancel.IsCancellationRequested && !abandon.IsCancellationRequested)
        {
            return Stopped;
        }
        catch (Exception fault) when (fault is LibvirtException or HostAwayException)
        {
            if (begun)
                await TakeBackAsync(destination!, machine, abandon);
            return fault.Message.TrimEnd('.') + ".";
        }
    }

    /// <summary>Removes the old definition. On a host that went away it is found and removed when that answers again, as any that is one too many.</summary>
    private async Task<string?> RemoveAsync(Guid host, Guid machine, CancellationToken cancellationToken)
    {
        try
        {
            if (fleet.Find(host) is not { IsConnected: true } source)
                return "It does not answer; the definition is removed when it does.";
            await source.Machines.UndefineAsync(machine, cancellationToken);
            return null;
        }
        catch (LibvirtException fault)
        {
            return $"{fault.Message.TrimEnd('.')}; the definition is removed when the host answers again.";
        }
    }

    private static async Task TakeBackAsync(FleetHost destination, Guid machine, CancellationToken cancellationToken)
    {
        try
        {
            await destination.Machines.UndefineAsync(machine, cancellationToken);
        }
        catch (LibvirtException)
        {
            // It went away: the definition that is one too many is found and removed when it answers.
        }
    }

    /// <summary>Why it cannot be done; null when it is off, and the destination sees the very disk the definition names: one path on two stores is two disks.</summary>
    private async Task<string?> UnfitAsync(FleetHost source, FleetHost destination, Guid machine, CancellationToken cancellationToken)
    {
        var (here, there) = (await source.Machines.FindAsync(machine, cancellationToken), await destination.Machines.FindAsync(machine, cancellationToken));
        if (here is { State: not PowerState.Off } || there is { State: not PowerState.Off })
            return "It is not off.";
        if (here is null)
            return $"{source.Name} does not know it.";
        foreach (var volume in (string[])[MachineFiles.Disk(machine), MachineFiles.Seed(machine)])
        {
            var (at, to) = (await source.Storage.FindAsync(source.Pool, volume, cancellationToken), await destination.Storage.FindAsync(destination.Pool, volume, cancellationToken));
            if (at is not null && at.Path != to?.Path)
                return $"{destination.Name} does not have {volume} where {source.Name} has it: both must use the same shared store.";
        }

        return await engine.IsOneStoreAsync(new DiskEnd(source.Connection, source.Pool), new DiskEnd(destination.Connection, destination.Pool), cancellationToken)
            ? null
            : $"{source.Name} and {destination.Name} each have a store of their own, so the disk would stay behind. Start it and move it while it runs (its disks are copied then), or choose a host that shares the store.";
    }

    private async Task<FleetHost> HostAsync(Guid host, string role, CancellationToken cancellationToken) =>
        await fleet.WaitForAsync(host, fleet.Find(host)?.Name ?? $"The {role}", HostPatience, cancellationToken);
}
