using Microsoft.EntityFrameworkCore;
using Portal.Domain.Audit;
using Portal.Domain.Machines;
using Portal.Domain.Notices;
using Portal.Domain.Operations;
using Portal.Domain.Projects;

namespace Portal.Domain.Snapshots;

/// <summary>A snapshot whose volume was found on a store.</summary>
/// <param name="MachineId">The machine it says to be of.</param>
/// <param name="SnapshotId">The snapshot.</param>
public sealed record FoundSnapshot(Guid MachineId, Guid SnapshotId);

/// <summary>
/// Closes the books of what a runner did with a snapshot: snapshot, quota, audit, notice and the operation itself in one transaction,
/// conditional on the claim's fence. Either all of it is written or, when the lease was lost, none (<see cref="LeaseLostException"/>).
/// </summary>
public sealed class SnapshotBooks(IDbContextFactory<PortalDbContext> contexts, TimeProvider time)
{
    /// <summary>The snapshot an operation is about.</summary>
    public async Task<Snapshot> FindAsync(Claim claim, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var id = IdOf(claim);
        return await db.Snapshots.AsNoTracking().SingleAsync(s => s.Id == id, ct);
    }

    /// <summary>The snapshots a machine may have something of on the store.</summary>
    public async Task<IReadOnlyList<Guid>> OfMachineAsync(Guid machineId, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.Snapshots.Where(s => s.MachineId == machineId).Select(s => s.Id).ToListAsync(ct);
    }

    /// <summary>Those of the snapshots found on a store that nobody needs any more. One the books do not know is another portal's.</summary>
    public async Task<IReadOnlySet<FoundSnapshot>> DeletedAsync(IReadOnlyCollection<FoundSnapshot> found, CancellationToken ct)
    {
        var ids = found.Select(f => f.SnapshotId).ToList();
        await using var db = await contexts.CreateDbContextAsync(ct);
        var deleted = await db.Snapshots.Where(s => ids.Contains(s.Id) && s.State == SnapshotState.Deleted).Select(s => new FoundSnapshot(s.MachineId, s.Id)).ToListAsync(ct);
        return deleted.ToHashSet();
    }

    /// <summary>The disk was copied: what was reserved is used.</summary>
    public Task TakenAsync(Claim claim, long sizeBytes, CancellationToken ct) => CloseAsync(claim, async (work, snapshot) =>
    {
        snapshot.Taken(sizeBytes);
        await QuotaBooks.UseReservedAsync(work.Db, snapshot.ProjectId, snapshot.CreatedBy, QuotaAmounts.OneSnapshot, ct);
        Audit(claim, work, snapshot, "snapshot.taken", new { machine = work.Machine.Name, sizeBytes });
    }, OperationStatus.Succeeded, null, ct);

    /// <summary>The disk could not be copied, and what was begun is removed, now or by the next sweep: what was reserved is given back.</summary>
    /// <param name="claim">The worker's hold.</param>
    /// <param name="error">What went wrong, and what to do now.</param>
    /// <param name="cancelled">Whether it was stopped on request.</param>
    /// <param name="ct">Gives up.</param>
    public Task TakeFailedAsync(Claim claim, string error, bool cancelled, CancellationToken ct) => CloseAsync(claim, async (work, snapshot) =>
    {
        snapshot.Go(error);
        await QuotaBooks.ReleaseReservedAsync(work.Db, snapshot.ProjectId, snapshot.CreatedBy, QuotaAmounts.OneSnapshot, ct);
        Audit(claim, work, snapshot, cancelled ? "snapshot.take-cancelled" : "snapshot.take-failed", new { machine = work.Machine.Name, error });
        if (!cancelled)
            await TellAsync(claim, work, $"The snapshot “{snapshot.Name}” of {work.Machine.Name} could not be taken", error, ct);
    }, cancelled ? OperationStatus.Cancelled : OperationStatus.Failed, error, ct);

    /// <summary>The disk is as it was when the snapshot was taken.</summary>
    public Task RevertedAsync(Claim claim, CancellationToken ct) => CloseAsync(claim, async (work, snapshot) =>
    {
        // One that broke off before is mended with it.
        foreach (var reverting in await work.Db.Snapshots.Where(s => s.MachineId == work.Machine.Id && s.State == SnapshotState.Reverting).ToListAsync(ct))
            reverting.Settle();
        Audit(claim, work, snapshot, "snapshot.reverted", new { machine = work.Machine.Name });
    }, OperationStatus.Succeeded, null, ct);

    /// <summary>The disk was not put back.</summary>
    /// <param name="claim">The worker's hold.</param>
    /// <param name="error">What went wrong, what it did to the machine, and what to do now.</param>
    /// <param name="whole">Whether the disk was not touched; else the machine cannot be started until it is reverted.</param>
    /// <param name="cancelled">Whether it was stopped on request.</param>
    /// <param name="ct">Gives up.</param>
    public Task RevertFailedAsync(Claim claim, string error, bool whole, bool cancelled, CancellationToken ct) => CloseAsync(claim, async (work, snapshot) =>
    {
        // One that broke off before still has, even if this time nothing was begun.
        if (whole && snapshot.StateReason is null)
            snapshot.Settle();
        else
            snapshot.BreakOff(error);
        Audit(claim, work, snapshot, cancelled ? "snapshot.revert-cancelled" : "snapshot.revert-failed", new { machine = work.Machine.Name, error });
        if (!cancelled)
            await TellAsync(claim, work, $"{work.Machine.Name} could not be reverted to “{snapshot.Name}”", error, ct);
    }, cancelled ? OperationStatus.Cancelled : OperationStatus.Failed, error, ct);

    /// <summary>The snapshot is gone: what it used is given back.</summary>
    public Task DeletedAsync(Claim claim, CancellationToken ct) => CloseAsync(claim, async (work, snapshot) =>
    {
        snapshot.Go(null);
        await QuotaBooks.ReleaseUsedAsync(work.Db, snapshot.ProjectId, snapshot.CreatedBy, QuotaAmounts.OneSnapshot, ct);
        Audit(claim, work, snapshot, "snapshot.deleted", new { machine = work.Machine.Name });
    }, OperationStatus.Succeeded, null, ct);

    /// <summary>The snapshot could not be deleted, or not for sure: it keeps what it holds and can be deleted again.</summary>
    public Task DeleteFailedAsync(Claim claim, string error, CancellationToken ct) => CloseAsync(claim, async (work, snapshot) =>
    {
        snapshot.Break(error);
        await TellAsync(claim, work, $"The snapshot “{snapshot.Name}” of {work.Machine.Name} could not be deleted", error, ct);
    }, OperationStatus.Failed, error, ct);

    /// <summary>It was given up for a reason nobody foresaw, and nobody knows what is left: everything is kept that may be there.</summary>
    internal Task AbandonedAsync(Claim claim, string error, CancellationToken ct) => claim.Read<SnapshotParameters>().Action switch
    {
        SnapshotAction.Take => CloseAsync(claim, async (work, snapshot) =>
        {
            snapshot.Break(error);
            await QuotaBooks.UseReservedAsync(work.Db, snapshot.ProjectId, snapshot.CreatedBy, QuotaAmounts.OneSnapshot, ct);
            await TellAsync(claim, work, $"The snapshot “{snapshot.Name}” of {work.Machine.Name} could not be taken", error, ct);
        }, OperationStatus.Failed, error, ct),
        SnapshotAction.Revert => RevertFailedAsync(claim, error, whole: false, cancelled: false, ct),
        SnapshotAction.Delete => DeleteFailedAsync(claim, error, ct),
    };

    /// <summary>The machine is gone and its snapshots with it, in the transaction that says so: what they held is given back, after what the machine held.</summary>
    internal static async Task GoWithMachineAsync(BookEntry work, CancellationToken ct)
    {
        var snapshots = await work.Db.Snapshots.Where(s => s.MachineId == work.Machine.Id && s.State != SnapshotState.Deleted).OrderBy(s => s.CreatedBy).ThenBy(s => s.Id).ToListAsync(ct);
        foreach (var holder in snapshots.GroupBy(s => s.CreatedBy))
            await QuotaBooks.ReleaseUsedAsync(work.Db, work.Machine.ProjectId, holder.Key, QuotaAmounts.None with { Snapshots = holder.Count() }, ct);
        foreach (var snapshot in snapshots)
            snapshot.Go("Deleted with its machine.");
    }

    async Task CloseAsync(Claim claim, Func<BookEntry, Snapshot, Task> write, OperationStatus status, string? error, CancellationToken ct)
    {
        var id = IdOf(claim);
        await using var work = await BookEntry.OpenAsync(contexts, claim, time.GetUtcNow(), ct);
        await write(work, await work.Db.Snapshots.SingleAsync(s => s.Id == id, ct));
        await work.EndAsync(status, error, ct);
    }

    static Guid IdOf(Claim claim) => claim.Read<SnapshotParameters>().SnapshotId ?? claim.OperationId;

    static void Audit(Claim claim, BookEntry work, Snapshot snapshot, string action, object detail) =>
        work.Db.AuditEvents.Add(AuditEvent.Of(claim.By, action, "snapshot", snapshot.Id, snapshot.Name, snapshot.ProjectId, detail, work.Now));

    static async Task TellAsync(Claim claim, BookEntry work, string title, string why, CancellationToken ct) => await NoticeBoard.TellAsync(work.Db,
        new Notice(NoticeKind.MachineTrouble, title, why, $"/machines/{work.Machine.Id}", work.Machine.Id, work.Machine.ProjectId),
        await NoticePeople.WhoReadAsync(work.Db, work.Machine.ProjectId, [claim.By.UserId, work.Machine.CreatedBy], ct), work.Now, ct);
}
