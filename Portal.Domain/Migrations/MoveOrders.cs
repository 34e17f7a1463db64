using Microsoft.EntityFrameworkCore;
using Portal.Domain.Accounts;
using Portal.Domain.Affinity;
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
public sealed class MoveOrders(IDbContextFactory<PortalDbContext> contexts, Ledger ledger, IMoveSurveyor surveyor, TimeProvider time)
{
    internal async Task<MoveChoices?> PlanAsync(Actor actor, Guid machineId, bool look, CancellationToken ct)
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

        var others = hosts.Where(h => h.Id != source.Id).ToList();
        var survey = look && whyNot is null
            ? await surveyor.LookAsync(machine.Id, source.Id, [.. others.Where(h => h.State == HostState.Online).Select(h => h.Id)], ct)
            : MoveSurvey.None with { Guest = surveyor.Recent(machine.Id) };
        var outlook = await MoveOutlook.ReadAsync(db, machine, survey.Guest, ct);
        var objective = outlook.Standing?.Objective;
        var ties = (await FleetTies.ReadAsync(db, machine.Id, ct)).For(machine.Id);
        var networks = await MigrationNetwork.AddressesAsync(db, source.Id, ct);
        var found = others.ToDictionary(h => h.Id, h => MoveRules.Look(
            source, h, Placing.Misfit(rooms.Single(r => r.Id == h.Id), machine.Size), survey.Lacks.GetValueOrDefault(h.Id), ties, networks.GetValueOrDefault(h.Id)));
        bool Possible(Host host) => whyNot is null && found[host.Id].All(f => f.Level != FindingLevel.Error);
        var ranked = outlook.Rank(source, others.Where(Possible).Select(h => (h, rooms.Single(r => r.Id == h.Id), Warnings(found[h.Id]))), MigrationMode.Live, objective);
        var destinations = others.Select(host =>
        {
            var place = ranked.ToList().FindIndex(r => r.Host.Room.Id == host.Id);
            return new Destination(host.Id, host.Name, Possible(host), [.. found[host.Id].OrderBy(f => f.Level)], outlook.Modes(source, host, objective), place < 0 ? null : place + 1, place < 0 ? null : ranked[place].Why);
        }).OrderBy(d => d.Rank ?? int.MaxValue).ToList();
        return new MoveChoices(machine.Id, machine.Name, source.Id, source.Name, whyNot, ranked is [var first, ..] ? first.Host.Room.Id : null, destinations, outlook.Standing);
    }

    static int Warnings(IReadOnlyList<Finding> findings) => findings.Count(f => f.Level == FindingLevel.Warning);

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
        var outlook = await MoveOutlook.ReadAsync(db, machine, surveyor.Recent(machine.Id), ct);
        var wanted = WithObjective(asked, outlook.Standing?.Objective);
        var ties = (await FleetTies.ReadAsync(db, machine.Id, ct)).For(machine.Id);
        var chosen = Choose(machine, source, hosts, rooms, ties, wanted, outlook);
        if (!chosen.IsOk)
            return chosen.Refusal;
        var destination = chosen.Value;
        var way = PickMode(machine, source, destination, hosts, ties, wanted, ObjectiveRules.EndingOf(wanted.Policy, made?.Value), outlook);
        if (!way.IsOk)
            return way.Refusal;
        wanted = wanted with { Mode = way.Value };

        var now = time.GetUtcNow();
        db.Placements.Add(Placement.Create(machine.Id, destination.Id, PlacementPurpose.Incoming, machine.Vcpus, machine.MemoryMib));
        var operation = await ledger.EnqueueAsync(db, OperationKind.Migrate, machine, $"Move {machine.Name} to {destination.Name}", actor, key, asked, ct);
        if (!operation.IsOk)
            return operation.Refusal;
        var migration = Migration.Plan(operation.Value, machine, source, destination, wanted, made?.Value, await MigrationNetwork.AddressAsync(db, source.Id, destination.Id, ct), actor, now);
        db.Migrations.Add(migration);
        db.AuditEvents.Add(AuditEvent.Of(actor, "machine.migrate", "machine", machine.Id, machine.Name, machine.ProjectId,
            new { operation = operation.Value.Id, migration = migration.Id, from = source.Name, to = destination.Name, mode = migration.Mode, policy = migration.MadePolicy?.Name ?? migration.Policy?.ToString(), objective = migration.Objective?.Words, overrideReason = migration.OverrideReason, reason = migration.Reason }, now));
        await db.SaveChangesAsync(ct);
        await ChangeNotice.NotifyAsync(db, ChangeKind.Migration, migration.Id, machine.ProjectId, ct);
        await ChangeNotice.NotifyAsync(db, ChangeKind.Host, destination.Id, null, ct);
        await transaction.CommitAsync(ct);
        return await RowAsync(db, operation.Value.Id, ct);
    }

    /// <summary>The order with the objective that counts: its own, else the machine's; the stricter of both where nobody looks at the machine.</summary>
    static MigrationParameters WithObjective(MigrationParameters asked, Objective? standing) =>
        (Objective.Of(asked.ObjectiveMs, asked.ObjectivePings) is var own && asked.AnyMode ? ObjectiveRules.Stricter(own, standing) : own ?? standing) is { } counts
            ? asked with { ObjectiveMs = counts.BlackoutMs, ObjectivePings = counts.LostPings }
            : asked;

    /// <summary>The mode the move is made with; a refusal when none keeps the objective and nobody said why it does not count.</summary>
    static Result<MigrationMode> PickMode(Machine machine, Host source, Host destination, List<Host> hosts, MachineTies ties, MigrationParameters wanted, MoveEnding ending, MoveOutlook outlook)
    {
        if (Objective.Of(wanted.ObjectiveMs, wanted.ObjectivePings) is not { } objective || wanted.Override is not null)
            return wanted.Mode;
        var modes = outlook.Modes(source, destination, objective);
        if (ObjectiveRules.Pick(objective, modes, wanted.Mode, wanted.AnyMode, ending) is { } mode)
            return mode;
        var possible = ObjectiveRules.Pick(objective, modes, wanted.Mode, wanted.AnyMode, MoveEnding.GiveUp) is not null
            ? "Order it under balanced: it slows the machine, and leaves it where it is rather than break the objective."
            : Keeping(source, destination, hosts, ties, objective, modes, outlook);
        return new ObjectiveNotKept(machine.Name, destination.Name, objective, ObjectiveRules.Figures(modes), possible);
    }

    /// <summary>What would keep an objective that the move asked for does not; null when nothing known does.</summary>
    static string? Keeping(Host source, Host destination, List<Host> hosts, MachineTies ties, Objective objective, IReadOnlyList<ModeForecast> modes, MoveOutlook outlook)
    {
        static bool Keeps(ModeForecast way) => way is { WhyNot: null, Keeps: ObjectiveOutlook.Yes or ObjectiveOutlook.Likely };
        if (modes.FirstOrDefault(Keeps) is { } other)
            return $"Move it {ObjectiveRules.Name(other.Mode)}: {ObjectiveRules.Range(other.Predicted)}.";
        foreach (var host in hosts.Where(h => h.Id != source.Id && h.Id != destination.Id && h is { State: HostState.Online, MaintenanceSince: null } && ties.Bar(h.Id, h.Name) is null).OrderBy(h => h.Name, StringComparer.Ordinal))
        {
            if (outlook.Modes(source, host, objective).FirstOrDefault(Keeps) is { } there)
                return $"Move it to {host.Name}, {ObjectiveRules.Name(there.Mode)}: {ObjectiveRules.Range(there.Predicted)}.";
        }
        return null;
    }

    /// <summary>Why the machine cannot be moved anywhere now, or null.</summary>
    static async Task<Refusal?> RefuseNowAsync(PortalDbContext db, Machine machine, CancellationToken ct)
    {
        Refusal? busy = await Ledger.BusyAsync(db, machine.Id, ct);
        return busy ?? MachineRules.Migrate(machine.Name, machine.State);
    }

    static HostSilent Silent(Host? source) => new(source?.Name ?? "host", "source");

    /// <summary>The destination asked for, or the best; the hosts' rows are held.</summary>
    static Result<Host> Choose(Machine machine, Host source, List<Host> hosts, IReadOnlyList<HostRoom> rooms, MachineTies ties, MigrationParameters asked, MoveOutlook outlook)
    {
        if (asked.AskedHostId is not { } id)
        {
            var able = hosts.Where(h => h.Id != source.Id && Impossible(asked, source, h) is null).Select(h => h.Id).ToHashSet();
            if (able.Count == 0 && hosts.Find(h => h.Id != source.Id) is { } unable)
                return Impossible(asked, source, unable)!;
            var misfits = rooms.Where(r => able.Contains(r.Id)).Select(r => Placing.Misfit(r, machine.Size, ties)).OfType<HostMisfit>().ToList();
            var fit = hosts.Where(h => able.Contains(h.Id) && misfits.TrueForAll(m => m.HostId != h.Id)).Select(h => (h, rooms.Single(r => r.Id == h.Id), Warnings(MoveRules.Look(source, h, misfit: null, ties: ties))));
            return outlook.Rank(source, fit, asked.Mode, Objective.Of(asked.ObjectiveMs, asked.ObjectivePings)) is [var best, ..]
                ? hosts.Single(h => h.Id == best.Host.Room.Id)
                : new NoHostWithRoom(misfits, HostRooms.Needs(machine));
        }
        if (hosts.Find(h => h.Id == id) is not { } destination)
            return new NotFound("host");
        if (id == source.Id)
            return new SameHost(machine.Name, source.Name);
        if (destination.State != HostState.Online)
            return new HostSilent(destination.Name, "destination");
        if (destination.MaintenanceSince is not null)
            return new HostInMaintenance(destination.Name, "Choose another host, or take it back into service first.");
        if (Placing.Misfit(rooms.Single(r => r.Id == id), machine.Size, ties) is { } misfit)
            return misfit.Bar is { } bar ? new KeptByAffinity(machine.Name, bar) : new HostFull(misfit, HostRooms.Needs(machine));
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
