using Microsoft.EntityFrameworkCore;
using Portal.Domain.Hosts;
using Portal.Domain.Operations;
using Portal.Domain.Projects;
using Portal.Domain.Requests;
using Portal.Domain.Snapshots;

namespace Portal.Domain.Machines;

/// <summary>
/// Closes the books of what a runner did at the hypervisor: machine, placement, quota, request, audit and the operation itself in one
/// transaction, conditional on the claim's fence. Either all of it is written or, when the lease was lost, none
/// (<see cref="LeaseLostException"/>).
/// </summary>
public sealed partial class MachineBooks(IDbContextFactory<PortalDbContext> contexts, TimeProvider time)
{
    /// <summary>Everything a runner needs to know of a machine; null when there is none.</summary>
    public async Task<Blueprint?> BlueprintAsync(Guid machineId, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await BlueprintAsync(db, machineId, ct);
    }

    /// <summary>
    /// Gives a machine that is being made a home and takes the room there. Asked again, after a crash, it answers the same host; with
    /// that host excluded, because it failed, it finds another.
    /// </summary>
    /// <returns>The machine with its host, or <see cref="NoHostWithRoom"/>.</returns>
    public async Task<Result<Blueprint>> PlacedAsync(Claim claim, IReadOnlyCollection<Guid> exclude, CancellationToken ct)
    {
        await using var work = await OpenAsync(claim, ct);
        var placed = await HostRooms.PlaceAsync(work.Db, work.Machine, exclude, ct);
        if (!placed.IsOk)
            return placed.Refusal;
        await work.SaveAsync(ct);
        return await BlueprintAsync(claim.MachineId, ct) ?? throw new InvalidOperationException($"Machine {claim.MachineId} is gone.");
    }

    /// <summary>The machine was made and runs: what was reserved is used, the request is fulfilled, the operation succeeded.</summary>
    /// <param name="claim">The worker's hold.</param>
    /// <param name="ct">Gives up.</param>
    /// <param name="hotVcpus">The most virtual processors it can have without a restart; 0 when it was not prepared for more.</param>
    public async Task ProvisionedAsync(Claim claim, CancellationToken ct, int hotVcpus = 0)
    {
        await using var work = await OpenAsync(claim, ct);
        work.Machine.Become(MachineState.Running, null, work.Now);
        work.Machine.BeginLease(work.Now);
        work.Machine.PreparedFor(hotVcpus);
        await work.EndRequestAsync(RequestStatus.Fulfilled, ct);
        await QuotaBooks.UseReservedAsync(work.Db, work.Machine.ProjectId, work.Machine.CreatedBy, QuotaAmounts.OfMachine(work.Machine.Size), ct);
        work.Audit("machine.provision", new { host = work.Machine.HostId, address = work.Machine.Address.ToString() });
        await work.EndAsync(OperationStatus.Succeeded, null, ct);
    }

    /// <summary>
    /// The machine could not be made, and nothing of it is left at the hypervisor: everything held for it is given back, its name and
    /// address are free again, and the request keeps the reason.
    /// </summary>
    /// <param name="claim">The worker's hold.</param>
    /// <param name="error">What went wrong, what it did to the machine, and what to do now.</param>
    /// <param name="cancelled">Whether it was stopped on request.</param>
    /// <param name="ct">Gives up.</param>
    public async Task ProvisionFailedAsync(Claim claim, string error, bool cancelled, CancellationToken ct)
    {
        await using var work = await OpenAsync(claim, ct);
        work.Machine.Become(MachineState.Deleted, error, work.Now);
        await work.ReleaseRoomAsync(ct);
        await work.EndRequestAsync(RequestStatus.Failed, ct, error);
        await QuotaBooks.ReleaseReservedAsync(work.Db, work.Machine.ProjectId, work.Machine.CreatedBy, QuotaAmounts.OfMachine(work.Machine.Size), ct);
        work.Audit(cancelled ? "machine.provision-cancelled" : "machine.provision-failed", new { error });
        await work.EndAsync(cancelled ? OperationStatus.Cancelled : OperationStatus.Failed, error, ct);
    }

    /// <summary>
    /// Making the machine was given up and nobody knows what is left of it: it stays on the books as broken, with what it holds, so
    /// that deleting it clears whatever there is.
    /// </summary>
    public async Task ProvisionAbandonedAsync(Claim claim, string error, CancellationToken ct)
    {
        await using var work = await OpenAsync(claim, ct);
        work.Machine.Become(MachineState.Failed, error, work.Now);
        await work.EndRequestAsync(RequestStatus.Failed, ct, error);
        await QuotaBooks.UseReservedAsync(work.Db, work.Machine.ProjectId, work.Machine.CreatedBy, QuotaAmounts.OfMachine(work.Machine.Size), ct);
        work.Audit("machine.provision-abandoned", new { error });
        await work.EndAsync(OperationStatus.Failed, error, ct);
    }

    /// <summary>The power was switched; this is the state the hypervisor says, and the size where it was looked at.</summary>
    public async Task PowerDoneAsync(Claim claim, MachineState state, CancellationToken ct, SeenSize? size = null)
    {
        await using var work = await OpenAsync(claim, ct);
        work.Machine.Become(state, null, work.Now);
        await PendingSizes.SettleAsync(work.Db, work.Machine, size, work.Now, ct);
        await work.EndAsync(OperationStatus.Succeeded, null, ct);
    }

    /// <summary>The power was not switched. The state is what the hypervisor says now; null leaves it as it was.</summary>
    public async Task PowerFailedAsync(Claim claim, string error, bool cancelled, MachineState? state, CancellationToken ct)
    {
        await using var work = await OpenAsync(claim, ct);
        if (state is { } seen)
            work.Machine.Become(seen, null, work.Now);
        await work.EndAsync(cancelled ? OperationStatus.Cancelled : OperationStatus.Failed, error, ct);
    }

    /// <summary>The machine, its disks and its snapshots are gone: what they used is given back.</summary>
    public async Task DeletedAsync(Claim claim, CancellationToken ct)
    {
        await using var work = await OpenAsync(claim, ct);
        work.Machine.Become(MachineState.Deleted, null, work.Now);
        await work.EndRequestAsync(RequestStatus.Fulfilled, ct);
        await work.DropWaitingAsync(ct);
        await work.ReleaseRoomAsync(ct);
        await QuotaBooks.ReleaseUsedAsync(work.Db, work.Machine.ProjectId, work.Machine.CreatedBy, QuotaAmounts.OfMachine(work.Machine.Size), ct);
        await SnapshotBooks.GoWithMachineAsync(work, ct);
        work.Audit("machine.deleted", null);
        await work.EndAsync(OperationStatus.Succeeded, null, ct);
    }

    /// <summary>The machine could not be removed whole: it is broken, keeps what it holds, and can be deleted again.</summary>
    public async Task DeleteFailedAsync(Claim claim, string error, CancellationToken ct)
    {
        await using var work = await OpenAsync(claim, ct);
        work.Machine.Become(MachineState.Failed, error, work.Now);
        await work.EndRequestAsync(RequestStatus.Failed, ct, error);
        await work.EndAsync(OperationStatus.Failed, error, ct);
    }

    Task<BookEntry> OpenAsync(Claim claim, CancellationToken ct) => BookEntry.OpenAsync(contexts, claim, time.GetUtcNow(), ct);

    static async Task<Blueprint?> BlueprintAsync(PortalDbContext db, Guid machineId, CancellationToken ct)
    {
        var found = await db.Machines.AsNoTracking().Where(m => m.Id == machineId).Select(m => new
        {
            Machine = m,
            Image = db.Images.First(i => i.Id == m.ImageId),
            Network = db.Networks.First(n => n.Id == m.NetworkId),
            Host = db.Hosts.FirstOrDefault(h => h.Id == m.HostId),
        }).SingleOrDefaultAsync(ct);
        return found is null ? null : new Blueprint(found.Machine, found.Image, found.Network, found.Host);
    }
}
