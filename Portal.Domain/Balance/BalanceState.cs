using Portal.Domain.Affinity;
using Portal.Domain.Evacuations;
using Portal.Domain.Hosts;

namespace Portal.Domain.Balance;

/// <summary>How full hosts are while a plan is made.</summary>
sealed class BalanceState
{
    readonly BalanceQuestion question;
    readonly Dictionary<Guid, Carried> hosts;
    readonly bool isMeasured;

    /// <summary>What all hosts together can carry: MiB, and processors.</summary>
    readonly (double MemoryMib, double Cpus) fleet;
    FleetTies ties;

    public BalanceState(BalanceQuestion question)
    {
        (this.question, ties) = (question, question.Ties);
        // Some hosts' processors beside others' silence would only move machines to those that say nothing.
        fleet = (question.Hosts.Sum(h => (double)Math.Max(1, h.MemoryForMachinesMib)), question.Hosts.Sum(h => (double)Math.Max(1, h.Cpus)));
        isMeasured = question.Hosts.Count > 0 && question.Hosts.All(h => question.Loads.ContainsKey(h.Id));
        var on = question.Machines.ToLookup(m => m.HostId);
        hosts = question.Hosts.ToDictionary(h => h.Id, h => new Carried(h, on[h.Id].Sum(m => (double)m.Size.MemoryMib), isMeasured ? question.Loads[h.Id].CpusBusy : 0, MemoryLeft(h)));
    }

    public IReadOnlyList<HostShare> Shares => [.. hosts.Values.OrderBy(h => h.Room.Name, StringComparer.Ordinal).Select(Share)];

    public double Unevenness => hosts.Values.Sum(Weight);

    public bool Knows(Guid host) => hosts.ContainsKey(host);

    public string NameOf(Guid host) => hosts[host].Room.Name;

    /// <summary>The move worth most among some machines; null when none is worth it.</summary>
    public (BalanceMachine Machine, HostRoom To, string Gain)? Best(IReadOnlyList<BalanceMachine> some)
    {
        var (must, should) = (ties.Broken(AffinityStrength.Must), ties.Broken(AffinityStrength.Should));
        var worth = new List<(BalanceMachine Machine, Carried To, int Must, int Should, double Weight, string Gain)>();
        foreach (var machine in some)
        {
            var said = ties.For(machine.Id);
            var from = hosts[machine.HostId];
            foreach (var to in hosts.Values.Where(h => h != from && h.MemoryLeftMib >= machine.Size.MemoryMib && Placing.Misfit(h.Room, machine.Size, said) is null))
            {
                var then = said == MachineTies.None ? ties : ties.With(machine.Id, to.Room.Id);
                var (mustThen, shouldThen) = then == ties ? (must, should) : (then.Broken(AffinityStrength.Must), then.Broken(AffinityStrength.Should));
                var (fromThen, toThen) = (Less(from, machine), More(to, machine));
                var weight = Weight(fromThen) + Weight(toThen) - Weight(from) - Weight(to);
                if (mustThen > must || (mustThen == must && shouldThen > should))
                    continue;
                if (mustThen < must || shouldThen < should)
                    worth.Add((machine, to, mustThen, shouldThen, weight, Kept(then)));
                else if (weight < 0 && IsWorth(Share(from), Share(to), Share(fromThen), Share(toThen)))
                    worth.Add((machine, to, mustThen, shouldThen, weight, $"{Words(Share(from), Share(fromThen))}; {Words(Share(to), Share(toThen))}"));
            }
        }
        // What it costs is asked last and only as far as needed: that takes longest.
        var best = worth.OrderBy(w => w.Must).ThenBy(w => w.Should).ThenBy(w => w.Weight).ThenBy(w => w.Machine.Name, StringComparer.Ordinal).ThenBy(w => w.To.Room.Name, StringComparer.Ordinal)
            .FirstOrDefault(w => question.MayGo(w.Machine, new Route(w.Machine.HostId, w.To.Room.Id)));
        return best.Machine is null ? null : (best.Machine, best.To.Room, best.Gain);
    }

    public void Move(BalanceMachine machine, Guid to)
    {
        hosts[machine.HostId] = Less(hosts[machine.HostId], machine);
        var there = More(hosts[to], machine);
        hosts[to] = there with { Room = there.Room.With(machine.Size), MemoryLeftMib = there.MemoryLeftMib - machine.Size.MemoryMib };
        ties = ties.With(machine.Id, to);
    }

    /// <summary>A difference worth a move, and one that the move makes smaller; the fuller host's place is not taken by the other.</summary>
    static bool IsWorth(HostShare from, HostShare to, HostShare fromThen, HostShare toThen) =>
        from.Peak - to.Peak >= BalancePlanner.WorthDifference && Math.Abs(fromThen.Peak - toThen.Peak) <= from.Peak - to.Peak - BalancePlanner.LeastGain && toThen.Peak < from.Peak;

    /// <summary>What memory a host was measured to have left for machines: books do not know who else uses it.</summary>
    long MemoryLeft(HostRoom host) => question.Loads.TryGetValue(host.Id, out var load) ? load.MemoryMib - load.MemoryUsedMib : long.MaxValue;

    static Carried Less(Carried host, BalanceMachine machine) => host with { MemoryMib = host.MemoryMib - machine.Size.MemoryMib, Cpus = Math.Max(0, host.Cpus - machine.CpusUsed) };

    static Carried More(Carried host, BalanceMachine machine) => host with { MemoryMib = host.MemoryMib + machine.Size.MemoryMib, Cpus = host.Cpus + machine.CpusUsed };

    double Weight(Carried host) => Square(host.MemoryMib, host.Room.MemoryForMachinesMib) / fleet.MemoryMib
        + (isMeasured ? Square(host.Cpus, host.Room.Cpus) / fleet.Cpus : 0);

    static double Square(double carried, double most) => carried * carried / Math.Max(1, most);

    HostShare Share(Carried host) => new(host.Room.Id, host.Room.Name, host.MemoryMib / Math.Max(1, host.Room.MemoryForMachinesMib), isMeasured ? host.Cpus / Math.Max(1, host.Room.Cpus) : null);

    string Kept(FleetTies then)
    {
        var rules = ties.Ties.Where(t => then.Broken(t) < ties.Broken(t)).Select(t => (t.Kind, t.RuleName)).ToList();
        return string.Join("; ", rules.Select(r => r.Kind switch
        {
            AffinityKind.Apart => $"the rule “{r.RuleName}” keeps it apart from a machine there",
            AffinityKind.Together => $"the rule “{r.RuleName}” keeps it together with machines elsewhere",
        }));
    }

    static string Words(HostShare before, HostShare after)
    {
        var memory = $"{before.Name}: memory {BalancePlanner.Percent(before.Memory)} → {BalancePlanner.Percent(after.Memory)} %";
        return before.Cpu is { } cpu && after.Cpu is { } then ? $"{memory}, processors {BalancePlanner.Percent(cpu)} → {BalancePlanner.Percent(then)} %" : memory;
    }

    /// <summary>What a host carries.</summary>
    /// <param name="Room">Its room, with what is on its way counted at both ends.</param>
    /// <param name="MemoryMib">Memory of the machines that are there once everything has arrived.</param>
    /// <param name="Cpus">Processors busy then.</param>
    /// <param name="MemoryLeftMib">Memory it was measured to have left.</param>
    sealed record Carried(HostRoom Room, double MemoryMib, double Cpus, long MemoryLeftMib);
}
