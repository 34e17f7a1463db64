using Microsoft.EntityFrameworkCore;
using Portal.Domain.Audit;
using Portal.Domain.Changes;
using Portal.Domain.Machines;
using Portal.Domain.Operations;
using Portal.Domain.Projects;
using Portal.Domain.Scoping;

namespace Portal.Domain.Snapshots;

/// <summary>Shows a machine's snapshots, and takes orders about them from those who may change the machine.</summary>
public sealed class SnapshotService(IDbContextFactory<PortalDbContext> contexts, Ledger ledger, TimeProvider time)
{
    /// <summary>A machine's snapshots, newest first, and what could be done now; null when there is no such machine for the actor.</summary>
    public async Task<SnapshotList?> ListAsync(Actor actor, Guid machineId, CancellationToken ct)
    {
        await using var db = await contexts.ForAsync(actor, ct);
        if (await db.Machines.AsNoTracking().SingleOrDefaultAsync(m => m.Id == machineId, ct) is not { } machine)
            return null;
        var rows = await db.Snapshots.AsNoTracking().Where(s => s.MachineId == machineId && s.State != SnapshotState.Deleted)
            .OrderByDescending(s => s.CreatedAt).ThenByDescending(s => s.Id).Select(SnapshotRow.Of).ToListAsync(ct);
        var quota = (await QuotaBooks.ReadAsync(db, machine.ProjectId, ct)).Single(line => line.Resource == QuotaResource.Snapshots);
        var no = await db.RefuseUnlessMemberAsync(actor, machine.ProjectId, "machine", "change this machine", ct) ?? await Ledger.BusyAsync(db, machineId, ct);
        return new SnapshotList(rows,
            no ?? SnapshotRules.NotAtRest(machine.Name, machine.State, NotTaken) ?? await SnapshotRules.NotWholeAsync(db, machine, ct) ?? (quota.Left < 1 ? Full(new QuotaExceeded(quota, 1)) : null),
            no ?? SnapshotRules.NotAtRest(machine.Name, machine.State, NotPutBack),
            no ?? SnapshotRules.Delete(machine.Name, machine.State), quota);
    }

    /// <summary>Copies the disk of a machine that is off, by an operation. The same key and call give the same snapshot.</summary>
    /// <param name="actor">A member of its project.</param>
    /// <param name="machineId">The machine.</param>
    /// <param name="name">What to call it, 1 to 40 characters; no other of the machine's may be called that.</param>
    /// <param name="note">What it is for, at most 500 characters, or null.</param>
    /// <param name="key">The caller's key for this call.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>The order, or why not: <see cref="NotFound"/>, <see cref="NotAllowed"/>, <see cref="InvalidText"/>, <see cref="SnapshotNameTaken"/>, <see cref="MachineBusy"/>,
    /// <see cref="WrongState"/>, <see cref="DiskNotWhole"/>, <see cref="QuotaExceeded"/>, <see cref="KeyReused"/>.</returns>
    public Task<Result<SnapshotOrder>> TakeAsync(Actor actor, Guid machineId, string? name, string? note, string key, CancellationToken ct)
    {
        var (tidy, why) = (SnapshotRules.Tidy(name), Texts.Trimmed(note));
        return OrderAsync(actor, machineId, new SnapshotParameters(SnapshotAction.Take, Name: tidy, Note: why), "take snapshots of this machine", key, async (db, machine, now) =>
        {
            if (SnapshotRules.NotAtRest(machine.Name, machine.State, NotTaken) is { } wrong)
                return wrong;
            if (await SnapshotRules.NotWholeAsync(db, machine, ct) is { } broken)
                return broken;
            var called = await Names.ComposeAsync(db, tidy, ct);
            if (SnapshotRules.CheckName(called) is { } longer)
                return longer;
            return await db.Snapshots.AnyAsync(s => s.MachineId == machineId && s.Name == called && s.State != SnapshotState.Deleted, ct) ? new SnapshotNameTaken(called)
                : new Plan($"Take the snapshot “{called}” of {machine.Name}", "snapshot.take", operation => Snapshot.Order(operation, machine, called, why, actor, now));
        }, ct, SnapshotRules.CheckName(tidy) ?? Texts.CheckProse("note", why, SnapshotRules.MostNote));
    }

    /// <summary>Puts the disk of a machine that is off back to a snapshot, by an operation: what was written since is lost. It takes no quota.</summary>
    /// <returns>The order, or as for <see cref="TakeAsync"/>, or <see cref="SnapshotNotReady"/>.</returns>
    public Task<Result<SnapshotOrder>> RevertAsync(Actor actor, Guid machineId, Guid snapshotId, string key, CancellationToken ct) =>
        ChangeAsync(actor, machineId, snapshotId, SnapshotAction.Revert, "put this machine's disk back", key, (machine, snapshot) =>
        {
            if (SnapshotRules.NotAtRest(machine.Name, machine.State, NotPutBack) is { } wrong)
                return wrong;
            if (snapshot.State is not (SnapshotState.Ready or SnapshotState.Reverting))
                return new SnapshotNotReady(snapshot.Name, snapshot.State, $"“{snapshot.Name}” is not whole, so the disk cannot be put back to it.", "Choose another snapshot, and delete this one.");
            return new Plan($"Revert {machine.Name} to “{snapshot.Name}”", "snapshot.revert", _ => { snapshot.Revert(); return snapshot; });
        }, ct);

    /// <summary>Deletes a snapshot, by an operation; the machine may run meanwhile.</summary>
    /// <returns>The order, or as for <see cref="RevertAsync"/>.</returns>
    public Task<Result<SnapshotOrder>> DeleteAsync(Actor actor, Guid machineId, Guid snapshotId, string key, CancellationToken ct) =>
        ChangeAsync(actor, machineId, snapshotId, SnapshotAction.Delete, "delete snapshots of this machine", key, (machine, snapshot) =>
        {
            if (SnapshotRules.Delete(machine.Name, machine.State) is { } wrong)
                return wrong;
            if (snapshot.State is not (SnapshotState.Ready or SnapshotState.Failed))
                return new SnapshotNotReady(snapshot.Name, snapshot.State, $"The disk of {machine.Name} was being put back to “{snapshot.Name}” and is not whole, so that snapshot is kept.", "Revert the machine first, to this snapshot or another.");
            return new Plan($"Delete the snapshot “{snapshot.Name}” of {machine.Name}", "snapshot.delete", _ => { snapshot.Delete(); return snapshot; });
        }, ct);

    const string NotTaken = "no snapshot of it can be taken";
    const string NotPutBack = "its disk cannot be put back";

    /// <summary>What an order will be called, and what it does to the snapshot once it has its operation.</summary>
    sealed record Plan(string Title, string Audit, Func<Guid, Snapshot> Apply);

    Task<Result<SnapshotOrder>> ChangeAsync(Actor actor, Guid machineId, Guid snapshotId, SnapshotAction action, string what, string key, Func<Machine, Snapshot, Result<Plan>> plan, CancellationToken ct) =>
        OrderAsync(actor, machineId, new SnapshotParameters(action, snapshotId), what, key, async (db, machine, _) =>
            await db.Snapshots.SingleOrDefaultAsync(s => s.Id == snapshotId && s.MachineId == machineId && s.State != SnapshotState.Deleted, ct) is { } snapshot
                ? plan(machine, snapshot)
                : new NotFound("snapshot"), ct);

    async Task<Result<SnapshotOrder>> OrderAsync(Actor actor, Guid machineId, SnapshotParameters parameters, string what, string key,
        Func<PortalDbContext, Machine, DateTimeOffset, Task<Result<Plan>>> plan, CancellationToken ct, Refusal? invalid = null)
    {
        if (CallKey.Refuse(key) is { } noKey)
            return noKey;
        await using var db = await contexts.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await Ledger.LockMachineAsync(db, machineId, ct);
        if (await db.Machines.SingleOrDefaultAsync(m => m.Id == machineId, ct) is not { } machine)
            return new NotFound("machine");
        if (await db.RefuseUnlessMemberAsync(actor, machine.ProjectId, "machine", what, ct) is { } refusal)
            return refusal;
        if (invalid is not null)
            return invalid;
        var replay = await Ledger.ReplayAsync(db, OperationKind.Snapshot, machineId, actor, key, parameters, ct);
        if (!replay.IsOk)
            return replay.Refusal;
        if (replay.Value is { } before)
            return await OrderAsync(db, parameters.SnapshotId ?? before.Id, before.Id, ct);
        // Busy is said before the state is judged: "being deleted" is less help than who deletes it.
        if (await Ledger.BusyAsync(db, machineId, ct) is { } busy)
            return busy;
        var now = time.GetUtcNow();
        var planned = await plan(db, machine, now);
        if (!planned.IsOk)
            return planned.Refusal;
        var enqueued = await ledger.EnqueueAsync(db, OperationKind.Snapshot, machine, planned.Value.Title, actor, key, parameters, ct);
        if (!enqueued.IsOk)
            return enqueued.Refusal;
        var operation = enqueued.Value.Id;
        if (parameters.Action == SnapshotAction.Take && await QuotaBooks.ReserveAsync(db, machine.ProjectId, actor.UserId, QuotaAmounts.OneSnapshot, ct) is { } over)
            return Full(over);

        var snapshot = planned.Value.Apply(operation);
        if (parameters.Action == SnapshotAction.Take)
            db.Snapshots.Add(snapshot);
        db.AuditEvents.Add(AuditEvent.Of(actor, planned.Value.Audit, "snapshot", snapshot.Id, snapshot.Name, machine.ProjectId, new { machine = machine.Name, operation }, now));
        await db.SaveChangesAsync(ct);
        if (parameters.Action == SnapshotAction.Take)
            await ChangeNotice.NotifyAsync(db, ChangeKind.Project, machine.ProjectId, machine.ProjectId, ct);
        await transaction.CommitAsync(ct);
        return await OrderAsync(db, snapshot.Id, operation, ct);
    }

    /// <summary>The limit's own words, with what helps here.</summary>
    static Refusal Full(Refusal over) => over is QuotaExceeded { Line.Resource: QuotaResource.Snapshots }
        ? over with { Advice = "Delete a snapshot that is not needed any more, or ask for a higher limit.", Field = null }
        : over;

    static async Task<SnapshotOrder> OrderAsync(PortalDbContext db, Guid snapshotId, Guid operationId, CancellationToken ct) => new(
        await db.Snapshots.AsNoTracking().Where(s => s.Id == snapshotId).Select(SnapshotRow.Of).SingleAsync(ct),
        await db.Operations.AsNoTracking().Where(o => o.Id == operationId).Select(OperationRow.From(db)).SingleAsync(ct));
}
