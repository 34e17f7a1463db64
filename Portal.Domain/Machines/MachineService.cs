using Microsoft.EntityFrameworkCore;
using Portal.Domain.Audit;
using Portal.Domain.Hosts;
using Portal.Domain.Leases;
using Portal.Domain.Operations;
using Portal.Domain.Projects;
using Portal.Domain.Requests;
using Portal.Domain.Scoping;
using Portal.Domain.Snapshots;

namespace Portal.Domain.Machines;

/// <summary>Shows machines to the people they belong to, and takes their orders.</summary>
public sealed partial class MachineService(IDbContextFactory<PortalDbContext> contexts, Ledger ledger, TimeProvider time)
{
    /// <summary>
    /// Machines the actor may see, by name; deleted ones only when <c>state</c> names them. Sorts: <c>name state host memory created
    /// project address lease</c>. Filters: <c>lease</c> (soon, grace, running, none), <c>state</c> (names, commas between), <c>project host image</c> (ids), <c>id</c> (ids, commas between), <c>tag</c>. Search looks at name, address, host.
    /// </summary>
    public async Task<Page<MachineRow>> ListAsync(Actor actor, ListQuery query, CancellationToken ct)
    {
        await using var db = await contexts.ForAsync(actor, ct);
        var rows = db.Machines.AsNoTracking();
        if (!actor.ReadsEverything)
        {
            // The context shows no other projects anyway; named, they lead to an index.
            var mine = await db.Projects.Select(p => p.Id).ToListAsync(ct);
            rows = rows.Where(m => mine.Contains(m.ProjectId));
        }
        var (ids, total) = await MachineList.PageAsync(db, await MachineList.FilterAsync(db, rows, query, time.GetUtcNow(), ct), query, ct);
        return new Page<MachineRow>(await MachineList.RowsAsync(db, ids, ct), total);
    }

    /// <summary>One machine; null when there is none the actor may see.</summary>
    public async Task<MachineDetails?> GetAsync(Actor actor, Guid id, CancellationToken ct)
    {
        await using var db = await contexts.ForAsync(actor, ct);
        var row = await db.Machines.AsNoTracking().Where(m => m.Id == id).Select(MachineRow.From(db)).SingleOrDefaultAsync(ct);
        if (row is null)
            return null;
        var more = await db.Machines.AsNoTracking().Where(m => m.Id == id).Select(m => new
        {
            Machine = m,
            Image = db.Images.First(i => i.Id == m.ImageId),
            Network = db.Networks.First(n => n.Id == m.NetworkId),
            CreatedBy = db.Users.Where(u => u.Id == m.CreatedBy).Select(u => u.DisplayName).FirstOrDefault(),
            RequestId = db.Requests.Where(r => r.MachineId == id && r.Kind == RequestKind.Create).Select(r => (Guid?)r.Id).FirstOrDefault(),
        }).SingleAsync(ct);
        var member = await db.RefuseUnlessMemberAsync(actor, row.ProjectId, "machine", "change this machine", ct);
        return new MachineDetails(row, more.Image.Name, more.Network.Name, more.Network.Cidr, more.Machine.Mac, more.Machine.Devices, more.Image.LoginUser,
            $"ssh {more.Image.LoginUser}@{row.Address}", more.Machine.SshKey, more.CreatedBy ?? "portal", more.RequestId,
            [.. MachineList.Actions(row, member, actor), .. await ChangesAsync(db, actor, row, more.Machine, member, ct)], more.Machine.Protected, more.Machine.Pending, more.Machine.LeaseEndsAt, member is null && row.State is not (MachineState.Deleting or MachineState.Deleted));
    }

    /// <summary>Switches the power through an operation. The same key and call give the same operation.</summary>
    /// <returns>The operation, <see cref="NotFound"/>, <see cref="NotAllowed"/>, <see cref="WrongState"/>, <see cref="DiskNotWhole"/>, <see cref="MachineBusy"/> or <see cref="KeyReused"/>.</returns>
    public Task<Result<OperationRow>> PowerAsync(Actor actor, Guid id, PowerAction action, string key, CancellationToken ct) =>
        OrderAsync(actor, id, OperationKind.Power, "switch this machine's power", key, new PowerParameters(action),
            machine => action == PowerAction.Start && machine.LeaseIsOver ? new LeaseOver(machine.Name) : MachineRules.Power(machine.Name, machine.State, action), machine => (Title(machine.Name, action), "machine." + Slug(action)), _ => { }, ct);

    /// <summary>Deletes a machine with its disk through an operation; cannot be undone.</summary>
    /// <param name="actor">A member of its project.</param>
    /// <param name="id">The machine.</param>
    /// <param name="confirmName">Its name, typed by the person.</param>
    /// <param name="key">The caller's key for this call.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>The operation, or as for <see cref="PowerAsync"/>, or <see cref="NameNotConfirmed"/> or <see cref="ProtectedMachine"/>.</returns>
    public Task<Result<OperationRow>> DeleteAsync(Actor actor, Guid id, string confirmName, string key, CancellationToken ct) =>
        OrderAsync(actor, id, OperationKind.Delete, "delete this machine", key, null,
            machine => machine.Protected ? new ProtectedMachine(machine.Name) : machine.Name != confirmName ? new NameNotConfirmed(machine.Name) : MachineRules.Delete(machine.Name, machine.State),
            machine => ($"Delete {machine.Name}", "machine.delete"), machine => machine.Become(MachineState.Deleting, null, time.GetUtcNow()), ct);

    /// <summary>What happened to a machine, newest first, at most 100; null when there is none the actor may see.</summary>
    public async Task<IReadOnlyList<ActivityEntry>?> ActivityAsync(Actor actor, Guid id, CancellationToken ct)
    {
        await using var db = await contexts.ForAsync(actor, ct);
        return await db.Machines.AnyAsync(m => m.Id == id, ct) ? await MachineActivity.ReadAsync(db, id, ct) : null;
    }

    async Task<Result<OperationRow>> OrderAsync(Actor actor, Guid id, OperationKind kind, string what, string key, object? parameters,
        Func<Machine, Refusal?> refuse, Func<Machine, (string Title, string Audit)> words, Action<Machine> change, CancellationToken ct)
    {
        if (CallKey.Refuse(key) is { } noKey)
            return noKey;
        await using var db = await contexts.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await Ledger.LockMachineAsync(db, id, ct);
        if (await db.Machines.SingleOrDefaultAsync(m => m.Id == id, ct) is not { } machine)
            return new NotFound("machine");
        if (await db.RefuseUnlessMemberAsync(actor, machine.ProjectId, "machine", what, ct) is { } refusal)
            return refusal;
        var replay = await Ledger.ReplayAsync(db, kind, id, actor, key, parameters, ct);
        if (!replay.IsOk)
            return replay.Refusal;
        if (replay.Value is { } before)
            return await RowAsync(db, before.Id, ct);
        // Busy is said before the state is judged: "being deleted" is less help than who deletes it.
        if (await Ledger.BusyAsync(db, id, ct) is { } busy)
            return busy;
        if (refuse(machine) is { } wrong)
            return wrong;
        if (parameters is PowerParameters { Action: PowerAction.Start } && machine.State == MachineState.Off
            && await db.Hosts.Where(h => h.Id == machine.HostId && h.MaintenanceSince != null).Select(h => h.Name).SingleOrDefaultAsync(ct) is { } away)
            return new HostInMaintenance(away, $"{machine.Name} can be started when {away} is back in service.");
        if (kind == OperationKind.Power && await SnapshotRules.NotWholeAsync(db, machine, ct) is { } broken)
            return broken;
        var (title, audit) = words(machine);
        change(machine);
        var operation = await ledger.EnqueueAsync(db, kind, machine, title, actor, key, parameters, ct);
        if (!operation.IsOk)
            return operation.Refusal;
        db.AuditEvents.Add(AuditEvent.Of(actor, audit, "machine", id, machine.Name, machine.ProjectId, new { operation = operation.Value.Id }, time.GetUtcNow()));
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return await RowAsync(db, operation.Value.Id, ct);
    }

    static Task<OperationRow> RowAsync(PortalDbContext db, Guid id, CancellationToken ct) =>
        db.Operations.AsNoTracking().Where(o => o.Id == id).Select(OperationRow.From(db)).SingleAsync(ct);

    static string Title(string name, PowerAction action) => action switch
    {
        PowerAction.Start => $"Start {name}",
        PowerAction.ShutDown => $"Shut down {name}",
        PowerAction.Reset => $"Reset {name}",
        PowerAction.PowerOff => $"Cut the power of {name}",
    };

    static string Slug(PowerAction action) => action switch
    {
        PowerAction.Start => "start",
        PowerAction.ShutDown => "shut-down",
        PowerAction.Reset => "reset",
        PowerAction.PowerOff => "power-off",
    };
}
