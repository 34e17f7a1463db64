using Microsoft.EntityFrameworkCore;
using Portal.Domain.Accounts;
using Portal.Domain.Audit;
using Portal.Domain.Changes;
using Portal.Domain.Hosts;
using Portal.Domain.Machines;
using Portal.Domain.MovePolicies;
using Portal.Domain.Operations;
using Portal.Domain.Projects;
using Portal.Domain.Scoping;

namespace Portal.Domain.Migrations;

/// <summary>Decides whether and where a machine moves, and orders it.</summary>
public sealed class MoveOrders(IDbContextFactory<PortalDbContext> contexts, Ledger ledger, TimeProvider time)
{
    const int ReceiptsPerRoute = 50;

    internal async Task<MoveChoices?> PlanAsync(Actor actor, Guid machineId, CancellationToken ct)
    {
        await using var db = await contexts.ForAsync(actor, ct);
        var machine = await db.Machines.AsNoTracking().SingleOrDefaultAsync(m => m.Id == machineId, ct);
        if (machine is null)
            return null;
        var hosts = await db.Hosts.AsNoTracking().OrderBy(h => h.Name).ToListAsync(ct);
        // What hosts are made of and how full they are is for those who look after them, as HostService has it.
        if (actor.RefuseUnless(PlatformRoles.Operator, "move machines") is { } refusal)
            return new MoveChoices(machine.Id, machine.Name, machine.HostId, hosts.Find(h => h.Id == machine.HostId)?.Name, refusal, null, []);
        var rooms = await HostRooms.ReadAsync(db, ct);
        var source = hosts.Find(h => h.Id == machine.HostId);
        var whyNot = await RefuseNowAsync(db, machine, ct) ?? (source is { State: HostState.Online } ? null : Silent(source));
        if (source is null)
            return new MoveChoices(machine.Id, machine.Name, null, null, whyNot, null, []);

        var destinations = new List<Destination>();
        foreach (var host in hosts.Where(h => h.Id != source.Id))
        {
            var findings = MoveRules.Look(source, host, Placing.Misfit(rooms.Single(r => r.Id == host.Id), machine.Size));
            var modes = new List<ModeForecast>();
            foreach (var mode in Enum.GetValues<MigrationMode>())
            {
                var history = await HistoryAsync(db, source.Id, host.Id, mode, ct);
                modes.Add(new ModeForecast(mode, MoveRules.RefuseMode(mode, source, host)?.Message, RouteArithmetic.Foretell(history), history?.Moves ?? 0));
            }
            destinations.Add(new Destination(host.Id, host.Name, whyNot is null && findings.All(f => f.Level != FindingLevel.Error), findings, modes));
        }
        var best = Placing.Choose(rooms.Where(r => destinations.Exists(d => d.HostId == r.Id && d.Possible)), machine.Size).Host?.Id;
        return new MoveChoices(machine.Id, machine.Name, source.Id, source.Name, whyNot, best, destinations);
    }

    internal async Task<Result<MigrationRow>> StartAsync(Actor actor, Guid machineId, MigrationParameters asked, string key, CancellationToken ct)
    {
        if (CallKey.Refuse(key) is { } noKey)
            return noKey;
        if (MoveRules.RefuseAsked(asked) is { } senseless)
            return senseless;
        await using var db = await contexts.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await Ledger.LockMachineAsync(db, machineId, ct);
        if (await db.Machines.SingleOrDefaultAsync(m => m.Id == machineId, ct) is not { } machine || await db.RoleInAsync(actor, machine.ProjectId, ct) is null)
            return new NotFound("machine");
        if (actor.RefuseUnless(PlatformRoles.Operator, "move machines") is { } refusal)
            return refusal;
        var replay = await Ledger.ReplayAsync(db, OperationKind.Migrate, machineId, actor, key, asked, ct);
        if (!replay.IsOk)
            return replay.Refusal;
        if (replay.Value is { } before)
            return await RowAsync(db, before.Id, ct);

        if (await RefuseNowAsync(db, machine, ct) is { } notNow)
            return notNow;
        var made = asked.PolicyId is { } policyId ? await MovePolicyService.TakeAsync(db, policyId, ct) : (Result<MadePolicy>?)null;
        if (made is { IsOk: false, Refusal: { } noPolicy })
            return noPolicy;
        // Only now: who approves a machine that waits takes the hosts first.
        var rooms = await HostRooms.LockAsync(db, ct);
        var hosts = await db.Hosts.AsNoTracking().ToListAsync(ct);
        if (hosts.Find(h => h.Id == machine.HostId) is not { State: HostState.Online } source)
            return Silent(hosts.Find(h => h.Id == machine.HostId));
        var chosen = Choose(machine, source, hosts, rooms, asked);
        if (!chosen.IsOk)
            return chosen.Refusal;
        var destination = chosen.Value;

        var now = time.GetUtcNow();
        db.Placements.Add(Placement.Create(machine.Id, destination.Id, PlacementPurpose.Incoming, machine.Vcpus, machine.MemoryMib));
        var operation = await ledger.EnqueueAsync(db, OperationKind.Migrate, machine, $"Move {machine.Name} to {destination.Name}", actor, key, asked, ct);
        if (!operation.IsOk)
            return operation.Refusal;
        var migration = Migration.Plan(operation.Value, machine, source, destination, asked, made?.Value, await MigrationNetwork.AddressAsync(db, source.Id, destination.Id, ct), actor, now);
        db.Migrations.Add(migration);
        db.AuditEvents.Add(AuditEvent.Of(actor, "machine.migrate", "machine", machine.Id, machine.Name, machine.ProjectId,
            new { operation = operation.Value.Id, migration = migration.Id, from = source.Name, to = destination.Name, mode = asked.Mode, policy = migration.MadePolicy?.Name ?? migration.Policy?.ToString() }, now));
        await db.SaveChangesAsync(ct);
        await ChangeNotice.NotifyAsync(db, ChangeKind.Migration, migration.Id, machine.ProjectId, ct);
        await ChangeNotice.NotifyAsync(db, ChangeKind.Host, destination.Id, null, ct);
        await transaction.CommitAsync(ct);
        return await RowAsync(db, operation.Value.Id, ct);
    }

    internal static async Task<RouteHistory?> HistoryAsync(PortalDbContext db, Guid sourceId, Guid destinationId, MigrationMode mode, CancellationToken ct)
    {
        // What a route costs is learned from every project's moves.
        var receipts = await db.Migrations.IgnoreQueryFilters([Scopes.Filter]).AsNoTracking()
            .Where(m => m.SourceHostId == sourceId && m.DestinationHostId == destinationId && m.Mode == mode && m.Status == MigrationStatus.Moved && m.Measured != null)
            .OrderByDescending(m => m.EndedAt).Take(ReceiptsPerRoute).Select(m => m.Measured!).ToListAsync(ct);
        return RouteArithmetic.Learn(receipts);
    }

    /// <summary>Why the machine cannot be moved anywhere now, or null.</summary>
    static async Task<Refusal?> RefuseNowAsync(PortalDbContext db, Machine machine, CancellationToken ct)
    {
        Refusal? busy = await Ledger.BusyAsync(db, machine.Id, ct);
        return busy ?? MachineRules.Migrate(machine.Name, machine.State);
    }

    static HostSilent Silent(Host? source) => new(source?.Name ?? "host", "source");

    /// <summary>The destination asked for, or the best; the hosts' rows are held.</summary>
    static Result<Host> Choose(Machine machine, Host source, List<Host> hosts, IReadOnlyList<HostRoom> rooms, MigrationParameters asked)
    {
        if (asked.AskedHostId is not { } id)
        {
            var able = hosts.Where(h => h.Id != source.Id && Impossible(asked, source, h) is null).Select(h => h.Id).ToHashSet();
            if (able.Count == 0 && hosts.Find(h => h.Id != source.Id) is { } unable)
                return Impossible(asked, source, unable)!;
            var best = Placing.Choose(rooms.Where(r => able.Contains(r.Id)), machine.Size);
            return best.Host is { } room ? hosts.Single(h => h.Id == room.Id) : new NoHostWithRoom(best.Misfits, HostRooms.Needs(machine));
        }
        if (hosts.Find(h => h.Id == id) is not { } destination)
            return new NotFound("host");
        if (id == source.Id)
            return new SameHost(machine.Name, source.Name);
        if (destination.State != HostState.Online)
            return new HostSilent(destination.Name, "destination");
        if (destination.MaintenanceSince is not null)
            return new HostInMaintenance(destination.Name, "Choose another host, or take it back into service first.");
        if (Placing.Misfit(rooms.Single(r => r.Id == id), machine.Size) is { } misfit)
            return new HostFull(misfit, HostRooms.Needs(machine));
        return Impossible(asked, source, destination) is { } impossible ? impossible : destination;
    }

    /// <summary>Why two hosts cannot do what is asked; null when they can.</summary>
    static Refusal? Impossible(MigrationParameters asked, Host source, Host destination)
    {
        Refusal? mode = MoveRules.RefuseMode(asked.Mode, source, destination);
        return mode ?? StreamRules.Refuse(asked.Stream, source, destination);
    }

    static Task<MigrationRow> RowAsync(PortalDbContext db, Guid operationId, CancellationToken ct) =>
        db.Migrations.AsNoTracking().Where(m => m.OperationId == operationId).Select(MigrationRow.From(db)).SingleAsync(ct);
}
