using CsCheck;
using Portal.Domain.Evacuations;
using Portal.Domain.Hosts;
using Portal.Domain.Machines;
using Portal.Domain.Projects;

namespace Portal.Tests.Domain.Evacuations;

public sealed class EvacuationPlannerTests
{
    static readonly Guid Source = Guid.NewGuid();

    static readonly Gen<HostRoom> Room = Gen.Select(Gen.Int[1, 16], Gen.Long[512, 16_384], Gen.Int[0, 60], Gen.Long[0, 8192], Gen.Frequency((8, Gen.Const(HostState.Online)), (1, Gen.Const(HostState.Unreachable))), Gen.Frequency((8, Gen.Const(false)), (1, Gen.Const(true))), Gen.Int[2, 99])
        .Select((cpus, memory, vcpus, taken, state, away, number) => new HostRoom(Guid.NewGuid(), $"hv{number}", state, cpus, memory, vcpus, taken, away));

    static readonly Gen<EvacuationCandidate> Machine = Gen.Select(Gen.Int[1, 8], Gen.Int[64, 4096], Gen.Frequency((8, Gen.Const(MachineState.Running)), (1, Gen.Const(MachineState.Off)), (1, Gen.Const(MachineState.Failed)), (1, Gen.Const(MachineState.Provisioning))))
        .Select((vcpus, memory, state) => Running(memory, vcpus) with { State = state });

    static readonly Gen<double?> Blackout = Gen.Frequency((3, Gen.Double[5, 500].Select(ms => (double?)ms)), (1, Gen.Const((double?)null)));

    [Fact]
    public void No_host_is_over_full_at_any_moment_and_nobody_goes_where_nobody_may() => Gen.Select(Room.Array[0, 5], Machine.Array[0, 20]).Sample((rooms, machines) =>
    {
        var plan = Plan(rooms, machines);

        // Whatever has arrived and whatever has not: all of it together fits, so any part of it does.
        foreach (var moves in plan.Moves.GroupBy(m => m.Route.To))
        {
            var room = rooms.Single(r => r.Id == moves.Key);
            (room.State, room.InMaintenance).ShouldBe((HostState.Online, false));
            (room.MemoryTakenMib + moves.Sum(m => (long)m.Size.MemoryMib)).ShouldBeLessThanOrEqualTo(room.MemoryForMachinesMib);
            (room.VcpusTaken + moves.Sum(m => (long)m.Size.Vcpus)).ShouldBeLessThanOrEqualTo(room.VcpusForMachines);
        }
    });

    [Fact]
    public void Every_machine_goes_or_stays_with_a_reason_and_one_that_would_still_fit_goes() => Gen.Select(Room.Array[0, 5], Machine.Array[0, 20]).Sample((rooms, machines) =>
    {
        var plan = Plan(rooms, machines);

        plan.Moves.Select(m => m.MachineId).Concat(plan.Stays.Select(s => s.MachineId)).Order().ShouldBe(machines.Select(m => m.Id).Order());
        plan.Stays.ShouldAllBe(s => s.Why.Length > 0);
        var full = rooms.Select(room => plan.Moves.Where(m => m.Route.To == room.Id).Aggregate(room, (taken, m) => taken.With(m.Size))).ToList();
        foreach (var stays in plan.Stays)
        {
            var machine = machines.Single(m => m.Id == stays.MachineId);
            if (machine.State != MachineState.Failed)
                full.ShouldAllBe(room => Placing.Misfit(room, machine.Size) != null);
        }
    });

    [Fact]
    public void With_room_to_spare_everything_that_can_be_moved_is_moved() => Gen.Select(Gen.Int[1, 4], Machine.Array[0, 12]).Sample((hosts, machines) =>
    {
        // A host that is half empty for the sum of all can always take the next one.
        var memory = machines.Sum(m => (long)m.Size.MemoryMib) + 4096;
        var rooms = Enumerable.Range(2, hosts).Select(n => new HostRoom(Guid.NewGuid(), $"hv{n}", HostState.Online, 200, memory * 2, 0, 0)).ToArray();

        Plan(rooms, machines).Stays.Select(s => s.MachineId).Order().ShouldBe(machines.Where(m => m.State == MachineState.Failed).Select(m => m.Id).Order());
    });

    [Fact]
    public void The_largest_silence_is_last_and_those_of_which_none_is_known_are_after_it() => Gen.Select(Machine.Array[0, 12], Blackout.Array[12]).Sample((machines, blackouts) =>
    {
        var of = machines.Select((m, n) => (m.Id, Ms: blackouts[n])).ToDictionary(m => m.Id, m => m.Ms);
        var plan = Plan([Roomy("hv2"), Roomy("hv3")], machines, id => new MoveForecast(10, of[id], of[id], 3, ForecastBasis.Machine));

        var order = plan.Moves.Select(m => m.IsOff ? 0 : m.Forecast!.BlackoutMsHigh ?? double.MaxValue).ToList();
        order.ShouldBe(order.Order());
        plan.WorstBlackoutMs.ShouldBe(plan.Moves.Where(m => !m.IsOff).Max(m => of[m.MachineId]));
        plan.Unknown.ShouldBe(plan.Moves.Count(m => !m.IsOff && of[m.MachineId] is null));
        plan.Moves.Where(m => m.IsOff).ShouldAllBe(m => m.Forecast == null);
        plan.Moves.Select(m => m.StartsAt!.Value).ShouldBe(plan.Moves.Select(m => m.StartsAt!.Value).Order());
    });

    [Fact]
    public void A_tight_packing_is_found_where_spreading_leaves_somebody_out()
    {
        // Spread, the largest goes where most is free, and one of the others fits nowhere.
        HostRoom[] rooms = [new(Guid.NewGuid(), "hv2", HostState.Online, 16, 512 + 1000, 0, 0), new(Guid.NewGuid(), "hv3", HostState.Online, 16, 512 + 700, 0, 0)];
        EvacuationCandidate[] machines = [Running(700), Running(500), Running(500)];

        Plan(rooms, machines).Stays.ShouldBeEmpty();
    }

    [Fact]
    public void Who_stays_is_told_what_each_host_lacks()
    {
        var small = new HostRoom(Guid.NewGuid(), "hv2", HostState.Online, 16, 1024, 0, 0);
        var silent = new HostRoom(Guid.NewGuid(), "hv3", HostState.Unreachable, 16, 65_536, 0, 0);
        var away = new HostRoom(Guid.NewGuid(), "hv4", HostState.Online, 16, 65_536, 0, 0, InMaintenance: true);
        var other = Roomy("hv5");

        EvacuationPlanner.Plan(new EvacuationQuestion([Running(2048)], [small, silent, away, other], route => route.To == other.Id ? "hv5 runs machines with Kvm." : null, (_, _) => null, EvacuationLimits.Usual))
            .Stays.ShouldHaveSingleItem().Why.ShouldBe("No host can take it: hv2 lacks 1536 MiB of memory: 512 of 512 MiB are free; hv3 does not answer; hv4 is in maintenance; hv5 runs machines with Kvm.");
        Plan([], [Running(64)]).Stays.ShouldHaveSingleItem().Why.ShouldBe("There is no other host to go to.");
    }

    [Fact]
    public void Two_plans_are_the_same_when_the_same_go_to_the_same_hosts()
    {
        HostRoom[] rooms = [Roomy("hv2")];
        EvacuationCandidate[] machines = [Running(64), Running(128)];

        var before = Plan(rooms, machines).Fingerprint;

        Plan(rooms, [.. machines.Reverse()], _ => new MoveForecast(3, 1, 2, 1, ForecastBasis.Fleet)).Fingerprint.ShouldBe(before);
        Plan(rooms, machines[..1]).Fingerprint.ShouldNotBe(before);
        Plan(rooms, [machines[0], machines[1] with { State = MachineState.Failed }]).Fingerprint.ShouldNotBe(before);
    }

    static EvacuationPlan Plan(HostRoom[] rooms, EvacuationCandidate[] machines, Func<Guid, MoveForecast?>? foretell = null) =>
        EvacuationPlanner.Plan(new EvacuationQuestion(machines, rooms, _ => null, (id, _) => foretell?.Invoke(id), EvacuationLimits.Usual));

    static HostRoom Roomy(string name) => new(Guid.NewGuid(), name, HostState.Online, 200, 1_000_000, 0, 0);

    static EvacuationCandidate Running(int memory, int vcpus = 1) => new(Guid.NewGuid(), $"m-{Guid.NewGuid():n}"[..8], new MachineSize(vcpus, memory, 2), MachineState.Running, Source, null);
}
