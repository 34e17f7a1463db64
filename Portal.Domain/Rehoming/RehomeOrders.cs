using Microsoft.EntityFrameworkCore;
using Portal.Domain.Accounts;
using Portal.Domain.Affinity;
using Portal.Domain.Audit;
using Portal.Domain.Changes;
using Portal.Domain.Hosts;
using Portal.Domain.Machines;
using Portal.Domain.Migrations;
using Portal.Domain.Operations;
using Portal.Domain.Projects;

namespace Portal.Domain.Rehoming;

/// <summary>What a rehoming needs to know; its operation's parameters.</summary>
/// <param name="SourceHostId">Where the machine is defined.</param>
/// <param name="DestinationHostId">Where it is to be.</param>
public sealed record RehomeParameters(Guid SourceHostId, Guid DestinationHostId);

/// <summary>
/// Gives machines that are off another host. Their disks are on the store all hosts share, so only the definition goes, nobody notices, and there is
/// nothing to measure: it is no move.
/// </summary>
public sealed class RehomeOrders(IDbContextFactory<PortalDbContext> contexts, Ledger ledger, TimeProvider time)
{
    /// <summary>Orders it through an operation and takes the room at the destination. The same key and call give the same operation.</summary>
    /// <param name="actor">An operator.</param>
    /// <param name="machineId">The machine; it must be off.</param>
    /// <param name="destinationHostId">Where to.</param>
    /// <param name="key">The caller's key for this call.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>
    /// The operation, or <see cref="NotFound"/>, <see cref="NotAllowed"/>, <see cref="WrongState"/>, <see cref="MachineBusy"/>, <see cref="SameHost"/>, <see cref="HostSilent"/>,
    /// <see cref="HostInMaintenance"/>, <see cref="HostFull"/>, <see cref="KeptByAffinity"/>, <see cref="InvalidText"/>, <see cref="KeyReused"/>.
    /// </returns>
    public async Task<Result<Guid>> StartAsync(Actor actor, Guid machineId, Guid destinationHostId, string key, CancellationToken ct)
    {
        if (CallKey.Refuse(key) is { } noKey)
            return noKey;
        await using var db = await contexts.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await Ledger.LockMachineAsync(db, machineId, ct);
        if (await db.Machines.SingleOrDefaultAsync(m => m.Id == machineId, ct) is not { } machine || await db.RoleInAsync(actor, machine.ProjectId, ct) is null)
            return new NotFound("machine");
        if (actor.RefuseUnless(PlatformRoles.Operator, "give machines another host") is { } refusal)
            return refusal;
        if (await db.Operations.AsNoTracking().SingleOrDefaultAsync(o => o.RequestedBy == actor.UserId && o.IdempotencyKey == key, ct) is { } before)
            return before.Kind == OperationKind.Rehome && before.MachineId == machineId ? before.Id : new KeyReused(key);
        if (await Ledger.BusyAsync(db, machineId, ct) is { } busy)
            return busy;
        if (machine.State != MachineState.Off || machine.HostId is not { } sourceId)
            return new WrongState(machine.Name, machine.State, $"{machine.Name} is not off, so it cannot just be given another host.", "Move it instead.");
        // Only now: who approves a machine that waits takes the hosts first.
        var rooms = await HostRooms.LockAsync(db, ct);
        var hosts = await db.Hosts.AsNoTracking().ToDictionaryAsync(h => h.Id, ct);
        if (Refuse(machine, hosts.GetValueOrDefault(sourceId), hosts.GetValueOrDefault(destinationHostId), rooms, (await FleetTies.ReadAsync(db, machineId, ct)).For(machineId)) is { } not)
            return not;

        var (source, destination, now) = (hosts[sourceId], hosts[destinationHostId], time.GetUtcNow());
        db.Placements.Add(Placement.Create(machine.Id, destination.Id, PlacementPurpose.Incoming, machine.Vcpus, machine.MemoryMib));
        var operation = await ledger.EnqueueAsync(db, OperationKind.Rehome, machine, $"Give {machine.Name} to {destination.Name}", actor, key, new RehomeParameters(source.Id, destination.Id), ct);
        if (!operation.IsOk)
            return operation.Refusal;
        db.AuditEvents.Add(AuditEvent.Of(actor, "machine.rehome", "machine", machine.Id, machine.Name, machine.ProjectId, new { operation = operation.Value.Id, from = source.Name, to = destination.Name }, now));
        await db.SaveChangesAsync(ct);
        await ChangeNotice.NotifyAsync(db, ChangeKind.Host, destination.Id, null, ct);
        await transaction.CommitAsync(ct);
        return operation.Value.Id;
    }

    static Refusal? Refuse(Machine machine, Host? source, Host? destination, IReadOnlyList<HostRoom> rooms, MachineTies ties)
    {
        if (source is not { State: HostState.Online })
            return new HostSilent(source?.Name ?? "host", "source");
        if (destination is null)
            return new NotFound("host");
        if (destination.Id == source.Id)
            return new SameHost(machine.Name, source.Name);
        if (destination.State != HostState.Online)
            return new HostSilent(destination.Name, "destination");
        if (destination.MaintenanceSince is not null)
            return new HostInMaintenance(destination.Name, "Choose another host, or take it back into service first.");
        return Placing.Misfit(rooms.Single(r => r.Id == destination.Id), machine.Size, ties) switch
        {
            null => null,
            { Bar: { } bar } => new KeptByAffinity(machine.Name, bar),
            var misfit => new HostFull(misfit, HostRooms.Needs(machine)),
        };
    }
}
