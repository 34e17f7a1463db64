using Portal.Domain.Machines;
using Portal.Domain.Operations;
using Portal.Domain.Snapshots;
using Portal.Hypervisor;
using Portal.Hypervisor.Machines;

namespace Portal.Web.Operations.Snapshots;

/// <summary>
/// Takes snapshots, puts disks back to them and deletes them. A snapshot is a copy of the disk's volume in the pool, made while the
/// machine is off: libvirt moves no machine that has snapshots of libvirt's own, and QEMU shares no disk that is written to.
/// </summary>
public sealed class SnapshotRunner(MachineBooks machines, SnapshotBooks books, HostFleet fleet, ILogger<SnapshotRunner> logger) : IOperationRunner
{
    private const int Check = 0, Copy = 1;

    private static readonly TimeSpan HostPatience = TimeSpan.FromSeconds(30);

    /// <summary>How long a host is waited for that went away while a disk was put back: without it the machine has none.</summary>
    private static readonly TimeSpan SettlePatience = TimeSpan.FromMinutes(5);

    /// <summary>How often putting a disk back is begun anew because the host went away.</summary>
    private const int MostTries = 3;

    /// <inheritdoc/>
    public OperationKind Kind => OperationKind.Snapshot;

    /// <inheritdoc/>
    public async Task RunAsync(OperationRun run, CancellationToken abandon)
    {
        var snapshot = await run.KeepAsync(held => books.FindAsync(run.Claim, held));
        var blueprint = await run.KeepAsync(held => machines.BlueprintAsync(run.Claim.MachineId, held));
        var (machine, row) = (blueprint!.Machine, blueprint.Host ?? throw new InvalidOperationException($"{blueprint.Machine.Name} lives on no host."));
        var work = new SnapshotWork(run, machine, snapshot, row.Id, row.Name, SnapshotFiles.Volume(machine.Id, snapshot.Id));
        await (run.Claim.Read<SnapshotParameters>().Action switch
        {
            SnapshotAction.Take => TakeAsync(work, abandon),
            SnapshotAction.Revert => RevertAsync(work, abandon),
            SnapshotAction.Delete => DeleteAsync(work, abandon),
        });
    }

    private sealed record SnapshotWork(OperationRun Run, Machine Machine, Snapshot Snapshot, Guid HostId, string HostName, string Volume)
    {
        public string Disk => MachineFiles.Disk(Machine.Id);
    }

    private async Task TakeAsync(SnapshotWork work, CancellationToken abandon)
    {
        var (run, cancelled) = (work.Run, false);
        string error;
        try
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(abandon, run.Cancel);
            var size = 0L;
            await CheckAsync(work, work.Disk, stop.Token);
            await run.StepAsync(Copy, $"Copy the disk on {work.HostName}", 100, async token =>
            {
                var host = await HostAsync(work, HostPatience, token);
                size = (await DiskCopy.RunAsync(run, host, work.Disk, work.Volume, leastBytes: 0, (5, 100), abandon)).AllocatedBytes;
                token.ThrowIfCancellationRequested();
                return "The machine can be started again.";
            }, stop.Token);
            await run.KeepAsync(held => books.TakenAsync(run.Claim, size, held));
            return;
        }
        catch (OperationCanceledException) when (run.Cancel.IsCancellationRequested && !abandon.IsCancellationRequested)
        {
            (error, cancelled) = ("Taking it was stopped on request; the machine is as it was.", true);
        }
        catch (Exception fault) when (IsHostsFault(fault))
        {
            error = $"{Sentence(fault)} The machine is as it was. Try again when {work.HostName} is well.";
        }

        await RemoveQuietlyAsync(work, abandon);
        await run.KeepAsync(held => books.TakeFailedAsync(run.Claim, error, cancelled, held));
    }

    private async Task RevertAsync(SnapshotWork work, CancellationToken abandon)
    {
        var run = work.Run;
        // Whoever began this before may have removed the disk already; then there is no way but on.
        var begun = run.Claim.Cursor > Check && run.Claim.Attempts > 1;
        try
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(abandon, begun ? CancellationToken.None : run.Cancel);
            await CheckAsync(work, work.Volume, stop.Token);
            stop.Token.ThrowIfCancellationRequested();
            begun = true;
            await run.StepAsync(Copy, $"Put the disk back on {work.HostName}", 100, token => PutBackAsync(work, token), abandon);
            await run.KeepAsync(held => books.RevertedAsync(run.Claim, held));
        }
        catch (OperationCanceledException) when (!begun && run.Cancel.IsCancellationRequested && !abandon.IsCancellationRequested)
        {
            await run.KeepAsync(held => books.RevertFailedAsync(run.Claim, "Stopped on request before anything was changed.", whole: true, cancelled: true, held));
        }
        catch (Exception fault) when (IsHostsFault(fault))
        {
            var outcome = begun
                ? $"The disk of {work.Machine.Name} is not whole: it cannot be started until it is reverted again, to this snapshot or another. The snapshots are untouched."
                : $"Nothing was changed. Try again when {work.HostName} is well.";
            await run.KeepAsync(held => books.RevertFailedAsync(run.Claim, $"{Sentence(fault)} {outcome}", whole: !begun, cancelled: false, held));
        }
    }

    /// <summary>The copy replaces the disk; done again, it replaces what was begun. One that was enlarged since is enlarged again.</summary>
    private async Task<string?> PutBackAsync(SnapshotWork work, CancellationToken abandon)
    {
        for (var tries = 1; ; tries++)
        {
            var host = await HostAsync(work, SettlePatience, abandon);
            try
            {
                await DiskCopy.RunAsync(work.Run, host, work.Volume, work.Disk, (long)work.Machine.DiskGib << 30, (5, 100), abandon);
                return $"The disk is as it was at “{work.Snapshot.Name}”.";
            }
            catch (LibvirtException fault) when (fault.IsConnectionLost && tries < MostTries)
            {
                logger.LogWarning("{Operation} begins anew: {Reason}", work.Run.Claim.Title, fault.Message);
            }
        }
    }

    private async Task DeleteAsync(SnapshotWork work, CancellationToken abandon)
    {
        var run = work.Run;
        try
        {
            await run.StepAsync(0, $"Delete its copy on {work.HostName}", 100, async token =>
            {
                var host = await HostAsync(work, HostPatience, token);
                await host.Storage.DeleteAsync(host.Pool, work.Volume, token);
                return null;
            }, abandon);
            await run.KeepAsync(held => books.DeletedAsync(run.Claim, held));
        }
        catch (Exception fault) when (IsHostsFault(fault))
        {
            await run.KeepAsync(held => books.DeleteFailedAsync(run.Claim, $"{Sentence(fault)} Delete it again when {work.HostName} is well.", held));
        }
    }

    /// <summary>The machine is off by its host's own word, and what is to be copied is there. Whatever was begun before, this is true of it too.</summary>
    private Task CheckAsync(SnapshotWork work, string source, CancellationToken stop) => work.Run.StepAsync(Check, $"Check that {work.Machine.Name} is off", 5, async token =>
    {
        var host = await HostAsync(work, HostPatience, token);
        if (await host.Machines.FindAsync(work.Machine.Id, token) is not { State: PowerState.Off or PowerState.Crashed })
            throw new NotAtRestException($"{work.Machine.Name} is not off on {host.Name}.");
        return await host.Storage.FindAsync(host.Pool, source, token) is null
            ? throw new NotAtRestException($"{source} is not in the pool {host.Pool} of {host.Name}.")
            : null;
    }, stop);

    private Task<FleetHost> HostAsync(SnapshotWork work, TimeSpan patience, CancellationToken cancellationToken) => fleet.WaitForAsync(work.HostId, work.HostName, patience, cancellationToken);

    /// <summary>Removes what was begun; what a silent host keeps is swept when it answers again.</summary>
    private async Task RemoveQuietlyAsync(SnapshotWork work, CancellationToken abandon)
    {
        try
        {
            var host = await HostAsync(work, TimeSpan.Zero, abandon);
            await host.Storage.DeleteAsync(host.Pool, work.Volume, abandon);
        }
        catch (Exception fault) when (IsHostsFault(fault))
        {
            logger.LogWarning("Something of a snapshot may be left on {Host}: {Reason}", work.HostName, fault.Message);
        }
    }

    private static bool IsHostsFault(Exception fault) => fault is LibvirtException or HostAwayException or NotAtRestException;

    private static string Sentence(Exception fault) => fault.Message.TrimEnd('.', ' ') + ".";
}
