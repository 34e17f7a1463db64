using Portal.Domain.Machines;
using Portal.Domain.Operations;
using Portal.Domain.Snapshots;
using Portal.Hypervisor;
using Portal.Web.Operations.Snapshots;

namespace Portal.Web.Operations;

/// <summary>Removes a machine with its disks and snapshots. It cannot be cancelled: half a machine is of use to nobody.</summary>
public sealed class DeleteRunner(MachineBooks books, SnapshotBooks snapshots, HostFleet fleet) : IOperationRunner
{
    private static readonly TimeSpan HostPatience = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    public OperationKind Kind => OperationKind.Delete;

    /// <inheritdoc/>
    public async Task RunAsync(OperationRun run, CancellationToken abandon)
    {
        var blueprint = await run.KeepAsync(held => books.BlueprintAsync(run.Claim.MachineId, held));
        if (blueprint is { Machine: var machine, Host: { } row })
        {
            try
            {
                await RemoveAsync(run, machine, row.Id, row.Name, abandon);
            }
            catch (Exception fault) when (fault is LibvirtException or HostAwayException)
            {
                await run.KeepAsync(held => books.DeleteFailedAsync(run.Claim, $"{fault.Message.TrimEnd('.')}. {machine.Name} is not removed whole; delete it again when {row.Name} is well.", held));
                return;
            }
        }

        await run.KeepAsync(held => books.DeletedAsync(run.Claim, held));
    }

    private async Task RemoveAsync(OperationRun run, Machine machine, Guid hostId, string hostName, CancellationToken abandon)
    {
        FleetHost? host = null;
        await run.StepAsync(0, $"Switch it off on {hostName}", 40, async token =>
        {
            host = await fleet.WaitForAsync(hostId, hostName, HostPatience, token);
            await host.Machines.DestroyAsync(machine.Id, token);
            return null;
        }, abandon);
        await run.StepAsync(1, $"Remove it from {hostName}", 60, async token =>
        {
            await host!.Machines.UndefineAsync(machine.Id, token);
            return null;
        }, abandon);
        await run.StepAsync(2, "Delete its disks and snapshots", 100, async token =>
        {
            // Also of snapshots deleted before: a store that was away may have kept something.
            var copies = (await snapshots.OfMachineAsync(machine.Id, token)).Select(snapshot => SnapshotFiles.Volume(machine.Id, snapshot));
            foreach (var volume in MachineFiles.All(machine.Id).Concat(copies))
                await host!.Storage.DeleteAsync(host.Pool, volume, token);
            return null;
        }, abandon);
    }
}
