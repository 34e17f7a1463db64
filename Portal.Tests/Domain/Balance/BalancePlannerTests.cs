using CsCheck;
using Portal.Domain.Affinity;
using Portal.Domain.Balance;
using Portal.Domain.Hosts;
using Portal.Domain.Projects;

namespace Portal.Tests.Domain.Balance;

/// <summary>Whatever the fleet: a plan overfills nothing, breaks no rule, makes nothing worse, ends, and once done leaves nothing to do.</summary>
public sealed class BalancePlannerTests
{
    static readonly Gen<HostRoom[]> Hosts = Gen.Select(Gen.Int[1, 16], Gen.Long[1024, 16_384]).Array[0, 5]
        .Select(hosts => hosts.Select((h, n) => new HostRoom(Guid.NewGuid(), $"hv{n}", HostState.Online, h.Item1, h.Item2, 0, 0)).ToArray());

    /// <summary>Machines on any of the hosts, with rules over them, loads for all hosts or for none.</summary>
    static readonly Gen<BalanceQuestion> Fleet = Gen.Select(Hosts, Gen.Select(Gen.Int[1, 4], Gen.Int[64, 2048], Gen.Int[0, 4], Gen.Double[0, 3], Gen.Frequency((5, Gen.Const(true)), (1, Gen.Const(false)))).Array[0, 25],
        Gen.Select(Gen.Enum<AffinityKind>(), Gen.Enum<AffinityStrength>(), Gen.Int[0, 24].Array[2, 4]).Array[0, 4], Gen.Bool).Select((hosts, machines, rules, isMeasured) =>
    {
        var on = hosts.Length == 0 ? [] : machines.Select((m, n) => new BalanceMachine(Guid.NewGuid(), $"m-{n:00}", new MachineSize(m.Item1, m.Item2, 1), hosts[m.Item3 % hosts.Length].Id, isMeasured ? m.Item4 : 0, m.Item5)).ToList();
        var rooms = hosts.Select(h => on.Where(m => m.HostId == h.Id).Aggregate(h, (room, m) => room.With(m.Size))).ToList();
        var ties = new List<Tie>();
        foreach (var (kind, strength, members) in rules)
        {
            var tie = new Tie(Guid.NewGuid(), $"rule {ties.Count}", kind, strength, false, [.. members.Where(n => n < on.Count).Distinct().Select(n => on[n].Id)]);
            if (tie.Machines.Count > 1 && FleetTies.Contradicting(ties, tie) is null)
                ties.Add(tie);
        }
        var loads = isMeasured
            ? rooms.ToDictionary(r => r.Id, r => new HostLoad(on.Where(m => m.HostId == r.Id).Sum(m => m.CpusUsed), r.Cpus, Math.Min(r.MemoryMib, r.MemoryTakenMib), r.MemoryMib, on.Where(m => m.HostId == r.Id).ToDictionary(m => m.Id, m => m.CpusUsed), DateTimeOffset.UnixEpoch))
            : [];
        return new BalanceQuestion(rooms, on, loads, FleetTies.Of(ties, on.ToDictionary(m => m.Id, m => new Whereabouts(m.Name, m.HostId, null)), []), (_, _) => true);
    });

    [Fact]
    public void No_host_is_over_full_at_any_moment_by_the_books_or_as_measured() => Fleet.Sample(fleet =>
    {
        // Whatever has arrived and whatever has not: all of it together fits, so any part of it does.
        foreach (var moves in BalancePlanner.Plan(fleet).Moves.GroupBy(m => m.Route.To))
        {
            var room = fleet.Hosts.Single(h => h.Id == moves.Key);
            var memory = moves.Sum(m => (long)m.Machine.Size.MemoryMib);
            (room.MemoryTakenMib + memory).ShouldBeLessThanOrEqualTo(room.MemoryForMachinesMib);
            (room.VcpusTaken + moves.Sum(m => (long)m.Machine.Size.Vcpus)).ShouldBeLessThanOrEqualTo(room.VcpusForMachines);
            if (fleet.Loads.TryGetValue(room.Id, out var load))
                (load.MemoryUsedMib + memory).ShouldBeLessThanOrEqualTo(load.MemoryMib);
        }
    });

    [Fact]
    public void No_move_goes_against_what_must_be_at_the_moment_it_begins_and_each_machine_goes_once() => Fleet.Sample(fleet =>
    {
        var ties = fleet.Ties;
        var plan = BalancePlanner.Plan(fleet);
        foreach (var move in plan.Moves)
        {
            move.Machine.MayMove.ShouldBeTrue();
            move.Route.From.ShouldBe(move.Machine.HostId);
            ties.For(move.Machine.Id).Bar(move.Route.To, move.To).ShouldBeNull();
            ties = ties.With(move.Machine.Id, move.Route.To);
        }
        plan.Moves.Select(m => m.Machine.Id).ShouldBeUnique();
        plan.Moves.Count.ShouldBeLessThanOrEqualTo(BalancePlanner.MostMoves);
    });

    [Fact]
    public void No_step_makes_anything_worse_and_each_makes_something_better() => Fleet.Sample(fleet =>
    {
        var before = fleet;
        foreach (var move in BalancePlanner.Plan(fleet).Moves)
        {
            var after = Done(before, [move]);
            var (was, @is) = (Badness(before), Badness(after));
            @is.CompareTo(was).ShouldBeLessThan(0, move.Gain);
            before = after;
        }
    });

    [Fact]
    public void Where_no_rule_is_mended_the_fullest_host_never_gets_fuller() => Fleet.Sample(fleet =>
    {
        var free = fleet with { Ties = FleetTies.None };
        var plan = BalancePlanner.Plan(free);
        if (plan.Before.Count > 0)
            plan.After.Max(h => h.Peak).ShouldBeLessThanOrEqualTo(plan.Before.Max(h => h.Peak) + 1e-9);
    });

    [Fact]
    public void Once_a_plan_is_done_no_machine_goes_back() => Fleet.Sample(fleet =>
    {
        var plan = BalancePlanner.Plan(fleet);
        var again = BalancePlanner.Plan(fleet.After(plan.Moves));
        again.Moves.ShouldAllBe(second => plan.Moves.All(first => first.Machine.Id != second.Machine.Id || first.Route.From != second.Route.To));
    });

    [Fact]
    public void What_is_foreseen_of_a_plan_is_what_comes_of_it() => Fleet.Sample(fleet =>
    {
        var plan = BalancePlanner.Plan(fleet);
        var (foreseen, done) = (fleet.After(plan.Moves), Done(fleet, plan.Moves));
        foreseen.Hosts.ShouldBe(done.Hosts);
        foreseen.Machines.ShouldBe(done.Machines);
        foreach (var strength in Enum.GetValues<AffinityStrength>())
            foreseen.Ties.Broken(strength).ShouldBe(done.Ties.Broken(strength));
        foreach (var machine in fleet.Machines)
        {
            foreach (var host in fleet.Hosts)
                (foreseen.Ties.For(machine.Id).Bar(host.Id, host.Name) is null).ShouldBe(done.Ties.For(machine.Id).Bar(host.Id, host.Name) is null);
        }
        foreach (var (host, load) in done.Loads)
        {
            foreseen.Loads[host].MemoryUsedMib.ShouldBe(load.MemoryUsedMib);
            foreseen.Loads[host].CpusBusy.ShouldBe(load.CpusBusy, 1e-6);
        }
    });

    [Fact]
    public void A_fleet_that_is_about_even_is_left_alone()
    {
        HostRoom[] hosts = [Host("hv1"), Host("hv2")];
        BalancePlanner.Plan(Question(hosts, [(0, 1000), (1, 900)])).Moves.ShouldBeEmpty();
    }

    [Fact]
    public void A_full_host_gives_to_an_empty_one_what_brings_them_nearest_and_says_by_how_much()
    {
        HostRoom[] hosts = [Host("hv1"), Host("hv2")];
        var move = BalancePlanner.Plan(Question(hosts, [(0, 1000), (0, 1000), (0, 600)])).Moves.ShouldHaveSingleItem();

        move.Machine.Size.MemoryMib.ShouldBe(1000);
        move.Gain.ShouldBe("hv1: memory 65 → 40 %; hv2: memory 0 → 25 %");
    }

    [Fact]
    public void Processors_that_are_busy_count_where_every_host_was_measured_and_not_otherwise()
    {
        HostRoom[] hosts = [Host("hv1"), Host("hv2")];
        var question = Question(hosts, [(0, 500), (0, 500), (1, 500), (1, 500)]);
        var busy = question with
        {
            Machines = [.. question.Machines.Select((m, n) => n < 2 ? m with { CpusUsed = 3 } : m)],
            Loads = hosts.ToDictionary(h => h.Id, h => new HostLoad(h.Name == "hv1" ? 6 : 0, 8, 1000, 8192, new Dictionary<Guid, double>(), default)),
        };

        BalancePlanner.Plan(question).Moves.ShouldBeEmpty();
        BalancePlanner.Plan(busy).Moves.ShouldHaveSingleItem().Gain.ShouldBe("hv1: memory 25 → 13 %, processors 75 → 38 %; hv2: memory 25 → 38 %, processors 0 → 38 %");
        BalancePlanner.Plan(busy with { Loads = new Dictionary<Guid, HostLoad> { [hosts[0].Id] = busy.Loads[hosts[0].Id] } }).Moves.ShouldBeEmpty();
    }

    [Fact]
    public void What_a_rule_wants_elsewhere_goes_first_and_the_gain_names_the_rule()
    {
        HostRoom[] hosts = [Host("hv1"), Host("hv2")];
        var question = Question(hosts, [(0, 500), (0, 500)]);
        var apart = new Tie(Guid.NewGuid(), "pair", AffinityKind.Apart, AffinityStrength.Should, false, [.. question.Machines.Select(m => m.Id)]);

        BalancePlanner.Plan(question with { Ties = FleetTies.Of([apart], question.Machines.ToDictionary(m => m.Id, m => new Whereabouts(m.Name, m.HostId, null)), []) }).Moves.ShouldHaveSingleItem().Gain
            .ShouldBe("the rule “pair” keeps it apart from a machine there");
    }

    [Fact]
    public void What_may_not_go_that_way_is_passed_over_for_the_next_best()
    {
        HostRoom[] hosts = [Host("hv1"), Host("hv2"), Host("hv3")];
        var question = Question(hosts, [(0, 1000), (0, 1000)]);

        BalancePlanner.Plan(question with { MayGo = (_, route) => route.To == hosts[2].Id }).Moves.ShouldHaveSingleItem().To.ShouldBe("hv3");
        BalancePlanner.Plan(question with { MayGo = (_, _) => false }).Moves.ShouldBeEmpty();
    }

    static (int Must, int Should, double Unevenness) Badness(BalanceQuestion fleet) => (fleet.Ties.Broken(AffinityStrength.Must), fleet.Ties.Broken(AffinityStrength.Should), BalancePlanner.Unevenness(fleet));

    /// <summary>The fleet once some moves have arrived.</summary>
    static BalanceQuestion Done(BalanceQuestion fleet, IReadOnlyList<BalanceMove> moves)
    {
        var to = moves.ToDictionary(m => m.Machine.Id, m => m.Route.To);
        BalanceMachine[] machines = [.. fleet.Machines.Select(m => to.TryGetValue(m.Id, out var host) ? m with { HostId = host } : m)];
        var loads = fleet.Loads.ToDictionary(l => l.Key, l => l.Value with
        {
            CpusBusy = Math.Max(0, l.Value.CpusBusy + Arrived(l.Key, m => m.CpusUsed)),
            MemoryUsedMib = Math.Clamp(l.Value.MemoryUsedMib + (long)Arrived(l.Key, m => m.Size.MemoryMib), 0, l.Value.MemoryMib),
        });
        return fleet with
        {
            Machines = machines,
            Loads = loads,
            Hosts = [.. fleet.Hosts.Select(h => machines.Where(m => m.HostId == h.Id).Aggregate(h with { VcpusTaken = 0, MemoryTakenMib = 0 }, (room, m) => room.With(m.Size)))],
            Ties = FleetTies.Of(fleet.Ties.Ties, machines.ToDictionary(m => m.Id, m => new Whereabouts(m.Name, m.HostId, null)), []),
        };

        double Arrived(Guid host, Func<BalanceMachine, double> of) => moves.Sum(m => (m.Route.To == host ? of(m.Machine) : 0) - (m.Route.From == host ? of(m.Machine) : 0));
    }

    static BalanceQuestion Question(HostRoom[] hosts, (int Host, int Memory)[] machines)
    {
        BalanceMachine[] on = [.. machines.Select((m, n) => new BalanceMachine(Guid.NewGuid(), $"m-{n}", new MachineSize(1, m.Memory, 1), hosts[m.Host].Id, 0, true))];
        return new BalanceQuestion([.. hosts.Select(h => on.Where(m => m.HostId == h.Id).Aggregate(h, (room, m) => room.With(m.Size)))], on, new Dictionary<Guid, HostLoad>(), FleetTies.None, (_, _) => true);
    }

    // 4000 MiB for machines, so that figures are round.
    static HostRoom Host(string name) => new(Guid.NewGuid(), name, HostState.Online, 8, 4000 + HostRoom.LeastKeptMib, 0, 0);
}
