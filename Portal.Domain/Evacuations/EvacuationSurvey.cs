using Microsoft.EntityFrameworkCore;
using Portal.Domain.Affinity;
using Portal.Domain.Hosts;
using Portal.Domain.Machines;
using Portal.Domain.Migrations;
using Portal.Domain.Operations;

namespace Portal.Domain.Evacuations;

/// <summary>What the books say that a plan and every next step depend on; read in the caller's transaction.</summary>
sealed class EvacuationSurvey
{
    readonly Dictionary<Guid, Host> hosts;
    readonly MigrationMode mode;

    EvacuationSurvey(Host? host, MigrationMode mode, Dictionary<Guid, Host> hosts, IReadOnlyList<HostRoom> rooms, IReadOnlyList<EvacuationCandidate> machines, FleetTies ties) =>
        (Host, this.mode, this.hosts, Rooms, Machines, Ties) = (host, mode, hosts, rooms, machines, ties);

    /// <summary>The host machines leave, or to which they come back; null when it is about a tag.</summary>
    public Host? Host { get; }

    /// <summary>The hosts machines may go to.</summary>
    public IReadOnlyList<HostRoom> Rooms { get; }

    /// <summary>The machines that are to go.</summary>
    public IReadOnlyList<EvacuationCandidate> Machines { get; }

    /// <summary>What affinity rules say.</summary>
    public FleetTies Ties { get; }

    /// <summary>The same without some of the machines.</summary>
    public EvacuationSurvey Without(IReadOnlyCollection<EvacuationCandidate> some) => new(Host, mode, hosts, Rooms, [.. Machines.Except(some)], Ties);

    /// <summary>A host's name; for one that was removed a word that says so.</summary>
    public string NameOf(Guid? id) => id is { } known && hosts.TryGetValue(known, out var host) ? host.Name : "a host that was removed";

    /// <summary>A host as the books have it; null for one that was removed.</summary>
    public Host? HostOf(Guid id) => hosts.GetValueOrDefault(id);

    /// <summary>Why nothing can leave or reach a host that does not answer; null when it does.</summary>
    public string? Silent(Guid id) => hosts.TryGetValue(id, out var host) && host.State == HostState.Online ? null : $"{NameOf(id)} does not answer; it goes on when it does.";

    /// <summary>Why no machine goes between two hosts the chosen way; null when one does.</summary>
    public string? WhyNoRoute(Route route) =>
        route.From == route.To ? $"It is on {NameOf(route.To)} already." : hosts.TryGetValue(route.From, out var from) && hosts.TryGetValue(route.To, out var to) ? MoveRules.RefuseMode(mode, from, to)?.Message : "One of the hosts was removed.";

    /// <summary>For emptying a host: what has room there or is on its way there, and every other host.</summary>
    public static async Task<EvacuationSurvey> ToEmptyAsync(PortalDbContext db, Host host, MigrationMode mode, CancellationToken ct)
    {
        var rooms = await HostRooms.ReadAsync(db, ct);
        var here = await CandidatesAsync(db, db.Machines.Where(m => db.Placements.Any(p => p.MachineId == m.Id && p.HostId == host.Id)), from: host.Id, ct);
        return new EvacuationSurvey(host, mode, await HostsAsync(db, ct), [.. rooms.Where(room => room.Id != host.Id)], here, (await FleetTies.ReadAsync(db, null, ct)).Leaving(host.Id));
    }

    /// <summary>For bringing machines back to a host, which is in service by then.</summary>
    public static async Task<EvacuationSurvey> ToBringBackAsync(PortalDbContext db, Host host, MigrationMode mode, IReadOnlyCollection<Guid> machines, CancellationToken ct)
    {
        var rooms = await HostRooms.ReadAsync(db, ct);
        var away = await CandidatesAsync(db, db.Machines.Where(m => machines.Contains(m.Id) && m.HostId != null && m.HostId != host.Id && m.State != MachineState.Deleted), from: null, ct);
        return new EvacuationSurvey(host, mode, await HostsAsync(db, ct), [.. rooms.Where(room => room.Id == host.Id).Select(room => room with { InMaintenance = false })], away, await FleetTies.ReadAsync(db, null, ct));
    }

    /// <summary>For moving machines as a schedule says: to the host it names, or to any other than their own.</summary>
    public static async Task<EvacuationSurvey> ToRelocateAsync(PortalDbContext db, Host? host, EvacuationTerms terms, IQueryable<Machine> machines, CancellationToken ct)
    {
        var rooms = await HostRooms.ReadAsync(db, ct);
        var to = terms.Move?.AskedHostId;
        return new EvacuationSurvey(host, terms.Mode, await HostsAsync(db, ct), [.. rooms.Where(room => to is null ? room.Id != host?.Id : room.Id == to)], await CandidatesAsync(db, machines, from: null, ct), await FleetTies.ReadAsync(db, null, ct));
    }

    /// <summary>The machines that left a host since its maintenance began.</summary>
    public static Task<List<Guid>> LeftAsync(PortalDbContext db, Host host, CancellationToken ct) => db.EvacuationItems
        .Where(i => i.State == EvacuationItemState.Moved && db.Evacuations.Any(e => e.Id == i.EvacuationId && e.HostId == host.Id && e.Kind == EvacuationKind.Empty && e.CreatedAt >= host.MaintenanceSince))
        .Select(i => i.MachineId).Distinct().ToListAsync(ct);

    /// <summary>The plan under some limits.</summary>
    public async Task<EvacuationPlan> PlanAsync(PortalDbContext db, EvacuationLimits limits, CancellationToken ct)
    {
        var forecasts = await MoveForecasts.ReadAsync(db, mode, [.. Machines.Select(m => m.Id)], ct);
        var memory = Machines.ToDictionary(m => m.Id, m => m.Size.MemoryMib);
        return EvacuationPlanner.Plan(new EvacuationQuestion(Machines, Rooms, WhyNoRoute, (machine, route) => forecasts.Of(machine, memory[machine], route), limits) { Ties = Ties });
    }

    static Task<Dictionary<Guid, Host>> HostsAsync(PortalDbContext db, CancellationToken ct) => db.Hosts.AsNoTracking().ToDictionaryAsync(h => h.Id, ct);

    static async Task<IReadOnlyList<EvacuationCandidate>> CandidatesAsync(PortalDbContext db, IQueryable<Machine> some, Guid? from, CancellationToken ct)
    {
        var rows = await some.AsNoTracking().OrderBy(m => m.Name).ThenBy(m => m.Id).Select(m => new
        {
            Machine = m,
            Busy = db.Operations.Where(o => o.MachineId == m.Id && (o.Status == OperationStatus.Queued || o.Status == OperationStatus.Running)).Select(o => o.Title).FirstOrDefault(),
        }).ToListAsync(ct);
        return [.. rows.Select(r => new EvacuationCandidate(r.Machine.Id, r.Machine.Name, r.Machine.Size, r.Machine.State, from ?? r.Machine.HostId!.Value, r.Busy))];
    }
}
