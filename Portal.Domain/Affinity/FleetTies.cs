using System.Collections.Immutable;
using Microsoft.EntityFrameworkCore;
using Portal.Domain.Evacuations;
using Portal.Domain.Hosts;
using Portal.Domain.Machines;
using Portal.Domain.Scoping;

namespace Portal.Domain.Affinity;

/// <summary>Affinity rules and where their machines are. What follows from them is pure; a planner goes on from one to the next with <see cref="With"/>.</summary>
public sealed class FleetTies
{
    readonly ILookup<Guid, Tie> byMachine;
    readonly ImmutableDictionary<Guid, Whereabouts> machines;
    readonly ImmutableHashSet<Guid> leaving;

    FleetTies(IReadOnlyList<Tie> ties, ILookup<Guid, Tie> byMachine, ImmutableDictionary<Guid, Whereabouts> machines, ImmutableHashSet<Guid> leaving) =>
        (Ties, this.byMachine, this.machines, this.leaving) = (ties, byMachine, machines, leaving);

    /// <summary>Of a fleet without rules.</summary>
    public static FleetTies None { get; } = Of([], new Dictionary<Guid, Whereabouts>(), []);

    /// <summary>The rules.</summary>
    public IReadOnlyList<Tie> Ties { get; }

    /// <summary>Rules and where their machines are.</summary>
    /// <param name="ties">The rules.</param>
    /// <param name="machines">Where each of their machines is; those that are nowhere may be left out.</param>
    /// <param name="leaving">Hosts that everything is to leave: those in maintenance.</param>
    public static FleetTies Of(IReadOnlyList<Tie> ties, IReadOnlyDictionary<Guid, Whereabouts> machines, IEnumerable<Guid> leaving) =>
        new(ties, ties.SelectMany(t => t.Machines.Select(m => (Machine: m, Tie: t))).ToLookup(p => p.Machine, p => p.Tie), machines.ToImmutableDictionary(), [.. leaving]);

    /// <summary>What the rules say of one machine.</summary>
    public MachineTies For(Guid machine) => byMachine.Contains(machine) ? new MachineTies(machine, byMachine[machine], machines.GetValueOrDefault, leaving) : MachineTies.None;

    /// <summary>The same with a machine on its way to a host.</summary>
    public FleetTies With(Guid machine, Guid host) => machines.TryGetValue(machine, out var at) && byMachine.Contains(machine)
        ? new(Ties, byMachine, machines.SetItem(machine, at with { Incoming = host }), leaving) : this;

    /// <summary>The same with a machine that lives on a host now.</summary>
    public FleetTies Arrived(Guid machine, Guid host) => machines.TryGetValue(machine, out var at) && byMachine.Contains(machine)
        ? new(Ties, byMachine, machines.SetItem(machine, at with { Home = host, Incoming = null }), leaving) : this;

    /// <summary>The same with a host that everything is to leave.</summary>
    public FleetTies Leaving(Guid host) => Ties.Count == 0 ? this : new(Ties, byMachine, machines, leaving.Add(host));

    /// <summary>The rules of a strength that are broken once everything has arrived, each by how much: 0 for those that are kept.</summary>
    public int Broken(AffinityStrength strength) => Ties.Where(t => t.Strength == strength).Sum(Broken);

    /// <summary>By how much a rule is broken once everything has arrived: how many of its machines would have to be elsewhere.</summary>
    public int Broken(Tie tie)
    {
        var hosts = tie.Machines.Select(m => machines.GetValueOrDefault(m)?.Settled).OfType<Guid>().GroupBy(host => host).Select(g => g.Count()).ToList();
        return hosts.Count == 0 ? 0 : tie.Kind switch
        {
            AffinityKind.Apart => hosts.Sum() - hosts.Count,
            AffinityKind.Together => hosts.Sum() - hosts.Max(),
        };
    }

    /// <summary>Those of some machines that must be together, group by group; a machine that no other must be with is a group of its own.</summary>
    public IReadOnlyList<IReadOnlyList<Guid>> Groups(IReadOnlyList<Guid> some)
    {
        var group = some.ToDictionary(m => m, m => m);
        Guid Root(Guid m) => group[m] == m ? m : Root(group[m]);
        foreach (var tie in Ties.Where(t => t is { Kind: AffinityKind.Together, Strength: AffinityStrength.Must }))
        {
            var members = tie.Machines.Where(group.ContainsKey).ToList();
            foreach (var member in members.Skip(1))
                group[Root(member)] = Root(members[0]);
        }
        return [.. some.GroupBy(Root).Select(g => (IReadOnlyList<Guid>)[.. g])];
    }

    /// <summary>The other rule that no placement keeps beside these; null when one may. Only what must be can contradict.</summary>
    /// <param name="others">Every other rule.</param>
    /// <param name="next">The rule that is to be.</param>
    public static Tie? Contradicting(IReadOnlyList<Tie> others, Tie next)
    {
        var musts = others.Append(next).Where(t => t.Strength == AffinityStrength.Must).ToList();
        var all = Of(musts, new Dictionary<Guid, Whereabouts>(), []);
        var groups = all.Groups([.. musts.SelectMany(t => t.Machines).Distinct()]);
        foreach (var group in groups.Where(g => g.Count > 1))
        {
            if (musts.Find(t => t.Kind == AffinityKind.Apart && t.Machines.Count(group.Contains) > 1) is { } apart)
                return apart != next ? apart : musts.Find(t => t != next && t.Kind == AffinityKind.Together && t.Machines.Any(group.Contains));
        }
        return null;
    }

    /// <summary>The rules as the books say now, whoever's they are, and where their machines are.</summary>
    /// <param name="db">The books.</param>
    /// <param name="machine">Only the rules it belongs to; null for all.</param>
    /// <param name="ct">Gives up.</param>
    internal static async Task<FleetTies> ReadAsync(PortalDbContext db, Guid? machine, CancellationToken ct)
    {
        var all = db.AffinityMembers.IgnoreQueryFilters([Scopes.Filter]).AsNoTracking();
        var members = machine is { } one ? all.Where(m => all.Any(own => own.RuleId == m.RuleId && own.MachineId == one)) : all;
        var planned = db.EvacuationItems.IgnoreQueryFilters([Scopes.Filter]).Where(i => i.State == EvacuationItemState.Waiting && db.Evacuations.Any(e => e.Id == i.EvacuationId && e.EndedAt == null));
        var rows = await (
            from member in members
            join rule in db.AffinityRules.IgnoreQueryFilters([Scopes.Filter]) on member.RuleId equals rule.Id
            join m in db.Machines.IgnoreQueryFilters([Scopes.Filter]) on member.MachineId equals m.Id
            where m.State != MachineState.Deleted
            select new
            {
                rule.Id, rule.Name, rule.Kind, rule.Strength, IsShared = rule.ProjectId == null, member.MachineId, MachineName = m.Name,
                Home = db.Placements.Where(p => p.MachineId == m.Id && p.Purpose == PlacementPurpose.Home).Select(p => (Guid?)p.HostId).FirstOrDefault(),
                Incoming = db.Placements.Where(p => p.MachineId == m.Id && p.Purpose == PlacementPurpose.Incoming).Select(p => (Guid?)p.HostId).FirstOrDefault(),
                // One that a plan under way sends somewhere counts as on its way there: else of two that must be together neither could be the first.
                Planned = planned.Where(i => i.MachineId == m.Id).Select(i => i.DestinationHostId).FirstOrDefault(),
            }).ToListAsync(ct);
        if (rows.Count == 0)
            return None;
        var inMaintenance = await db.Hosts.Where(h => h.MaintenanceSince != null).Select(h => h.Id).ToListAsync(ct);
        return Of([.. rows.GroupBy(r => new { r.Id, r.Name, r.Kind, r.Strength, r.IsShared }).OrderBy(g => g.Key.Id)
                .Select(g => new Tie(g.Key.Id, g.Key.Name, g.Key.Kind, g.Key.Strength, g.Key.IsShared, [.. g.Select(r => r.MachineId).Order()]))],
            rows.DistinctBy(r => r.MachineId).ToDictionary(r => r.MachineId, r => new Whereabouts(r.MachineName, r.Home, r.Incoming ?? r.Planned)), inMaintenance);
    }
}
