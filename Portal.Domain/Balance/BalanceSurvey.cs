using Microsoft.EntityFrameworkCore;
using Portal.Domain.Affinity;
using Portal.Domain.Evacuations;
using Portal.Domain.Hosts;
using Portal.Domain.Machines;
using Portal.Domain.Migrations;
using Portal.Domain.Operations;

namespace Portal.Domain.Balance;

/// <summary>What the books and the measurements say that a plan depends on.</summary>
sealed class BalanceSurvey
{
    /// <summary>How balancing moves machines; where an objective wants another way the order takes it.</summary>
    public const MigrationMode Mode = MigrationMode.Live;

    BalanceSurvey()
    {
    }

    required public Dictionary<Guid, Host> Hosts { get; init; }

    required public IReadOnlyList<HostRoom> Rooms { get; init; }

    required public IReadOnlyList<BalanceMachine> Machines { get; init; }

    required public Dictionary<Guid, HostLoad> Loads { get; init; }

    required public FleetTies Ties { get; init; }

    required public Dictionary<Guid, Objective> Objectives { get; init; }

    required public MoveForecasts Forecasts { get; init; }

    /// <summary>Looks.</summary>
    /// <param name="db">The books, unfiltered: a host does not care whose its machines are.</param>
    /// <param name="measured">What hosts carry.</param>
    /// <param name="now">The moment it is.</param>
    /// <param name="rest">Machines whose last move ended within this time, wherever, stay where they are: who cancelled it meant that. Null: none does for that.</param>
    /// <param name="ct">Gives up.</param>
    public static async Task<BalanceSurvey> LookAsync(PortalDbContext db, IHostLoads measured, DateTimeOffset now, TimeSpan? rest, CancellationToken ct)
    {
        var hosts = await db.Hosts.AsNoTracking().ToDictionaryAsync(h => h.Id, ct);
        var rooms = await HostRooms.ReadAsync(db, ct);
        var loads = hosts.Keys.Select(id => (Id: id, Load: measured.Of(id))).Where(l => l.Load is { } load && now - load.At <= HostLoad.Fresh).ToDictionary(l => l.Id, l => l.Load!);
        var resting = now - rest;
        var rows = await (
            from machine in db.Machines.AsNoTracking()
            join project in db.Projects on machine.ProjectId equals project.Id
            where db.Placements.Any(p => p.MachineId == machine.Id)
            orderby machine.Name, machine.Id
            select new
            {
                Machine = machine,
                project.ObjectiveMs,
                project.ObjectivePings,
                Home = db.Placements.Where(p => p.MachineId == machine.Id && p.Purpose == PlacementPurpose.Home).Select(p => (Guid?)p.HostId).FirstOrDefault(),
                Incoming = db.Placements.Where(p => p.MachineId == machine.Id && p.Purpose == PlacementPurpose.Incoming).Select(p => (Guid?)p.HostId).FirstOrDefault(),
                IsBusy = db.Operations.Any(o => o.MachineId == machine.Id && (o.Status == OperationStatus.Queued || o.Status == OperationStatus.Running)),
                Rests = resting != null && db.Migrations.Any(m => m.MachineId == machine.Id && m.EndedAt > resting),
            }).ToListAsync(ct);
        var machines = rows.ConvertAll(r => new BalanceMachine(r.Machine.Id, r.Machine.Name, r.Machine.Size, (r.Incoming ?? r.Home)!.Value,
            r.Home is { } home && loads.TryGetValue(home, out var load) ? load.MachineCpus.GetValueOrDefault(r.Machine.Id) : 0, r.Machine.State == MachineState.Running && !r.IsBusy && !r.Rests));
        return new BalanceSurvey
        {
            Hosts = hosts,
            Rooms = [.. rooms.Where(r => r is { State: HostState.Online, InMaintenance: false })],
            Machines = machines,
            Loads = InTransit(rows.ConvertAll(r => (r.Machine.Id, r.Home, r.Incoming)), loads),
            Ties = await FleetTies.ReadAsync(db, null, ct),
            Objectives = rows.Select(r => (r.Machine.Id, Objective: r.Machine.Objective ?? Objective.Of(r.ObjectiveMs, r.ObjectivePings))).Where(o => o.Objective is not null).ToDictionary(o => o.Id, o => o.Objective!),
            Forecasts = await MoveForecasts.ReadAsync(db, Mode, [.. machines.Where(m => m.MayMove).Select(m => m.Id)], ct),
        };
    }

    /// <summary>The plan.</summary>
    /// <param name="surely">Whether only moves count whose objective is known to be kept: nobody looks at them before they are made.</param>
    public BalancePlan Plan(bool surely) => BalancePlanner.Plan(new BalanceQuestion(Rooms, Machines, Loads, Ties, (machine, route) =>
        MoveRules.RefuseMode(Mode, Hosts[route.From], Hosts[route.To]) is null && (Keeps(machine, route) is { } outlook
            ? outlook is ObjectiveOutlook.Yes or ObjectiveOutlook.Likely || (!surely && outlook == ObjectiveOutlook.Unlikely)
            : !surely || !Objectives.ContainsKey(machine.Id))));

    /// <summary>The plan as it is shown.</summary>
    public BalanceView View(BalancePlan plan) => new(
        [.. plan.Moves.Select(m => new Recommendation(m.Machine.Id, m.Machine.Name, m.Route.From, m.From, m.Route.To, m.To, m.Gain, Forecasts.Of(m.Machine.Id, m.Machine.Size.MemoryMib, m.Route), Objectives.GetValueOrDefault(m.Machine.Id), Keeps(m.Machine, m.Route)))],
        [.. plan.Before.Zip(plan.After, (before, after) => new BalanceHostView(before, after, Loads.GetValueOrDefault(before.HostId)))],
        [.. Hosts.Values.Where(h => Rooms.All(r => r.Id != h.Id)).OrderBy(h => h.Name, StringComparer.Ordinal).Select(h => h.MaintenanceSince is null ? $"{h.Name} does not answer" : $"{h.Name} is in maintenance")],
        plan.Before.All(h => h.Cpu is not null));

    ObjectiveOutlook? Keeps(BalanceMachine machine, Route route) => Objectives.TryGetValue(machine.Id, out var objective) ? Forecasts.Outlook(machine.Id, machine.Size.MemoryMib, route, objective) : null;

    /// <summary>What a machine on its way uses is counted where it goes.</summary>
    static Dictionary<Guid, HostLoad> InTransit(List<(Guid Machine, Guid? Home, Guid? Incoming)> places, Dictionary<Guid, HostLoad> loads)
    {
        foreach (var (machine, home, incoming) in places)
        {
            if (home is not { } from || incoming is not { } to || !loads.TryGetValue(from, out var here) || !loads.TryGetValue(to, out var there) || !here.MachineCpus.TryGetValue(machine, out var cpus))
                continue;
            loads[from] = here with { CpusBusy = Math.Max(0, here.CpusBusy - cpus) };
            loads[to] = there with { CpusBusy = there.CpusBusy + cpus };
        }
        return loads;
    }
}
