using Microsoft.EntityFrameworkCore;
using Portal.Domain;
using Portal.Domain.Hosts;
using Portal.Domain.Machines;
using Portal.Domain.Migrations;
using Portal.Domain.Operations;
using Portal.Tests.Postgres;

namespace Portal.Tests.Domain.Migrations;

public sealed class MigrationOrderTests(PostgresCluster cluster) : FreshDatabase(cluster)
{
    MigrationService Migrations => Get<MigrationService>();

    [Fact]
    public async Task An_admin_orders_a_move_and_its_room_is_taken_at_once()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await world.AddMachineAsync(name: "web-01");

        var move = (await Migrations.StartAsync(world.Admin, machine.Id, world.Hosts[1].Id, MigrationMode.Live, 100, "k", Ct)).Value;

        (move.Status, move.SourceName, move.DestinationName, move.ObjectiveMs).ShouldBe((MigrationStatus.Queued, world.Hosts[0].Name, world.Hosts[1].Name, 100d));
        (await Get<HostService>().GetAsync(world.Admin, world.Hosts[1].Id, Ct))!.ShouldSatisfyAllConditions(h => h.Incoming.ShouldBe(1), h => h.Room.MemoryTakenMib.ShouldBe(256));
        var task = await Get<MigrationBooks>().ReadAsync(await ClaimAsync(), Ct);
        (task.Migration.Id, task.Source.Id, task.Destination.Id, task.Blueprint.Machine.Id).ShouldBe((move.Id, world.Hosts[0].Id, world.Hosts[1].Id, machine.Id));
    }

    [Fact]
    public async Task Without_a_destination_the_host_with_the_most_free_memory_is_taken()
    {
        var world = await Postgres.NewWorldAsync(new WorldPlan(Hosts: 3));
        var machine = await world.AddMachineAsync();
        await world.AddMachineAsync(host: world.Hosts[1]);

        (await Migrations.PlanAsync(world.Admin, machine.Id, Ct))!.Best.ShouldBe(world.Hosts[2].Id);
        (await Migrations.StartAsync(world.Admin, machine.Id, null, MigrationMode.Live, null, "k", Ct)).Value.DestinationHostId.ShouldBe(world.Hosts[2].Id);
    }

    [Fact]
    public async Task The_same_key_and_call_are_the_same_move_and_another_call_is_refused()
    {
        var world = await Postgres.NewWorldAsync(new WorldPlan(Hosts: 3));
        var machine = await world.AddMachineAsync();

        var moves = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Task.Run(() => Migrations.StartAsync(world.Admin, machine.Id, null, MigrationMode.Live, null, "k", Ct), Ct)));

        moves.Select(m => m.Value.Id).Distinct().Count().ShouldBe(1);
        (await Migrations.StartAsync(world.Admin, machine.Id, null, MigrationMode.Live, 50, "k", Ct)).Refusal.ShouldBeOfType<KeyReused>();
        (await Migrations.StartAsync(world.Admin, machine.Id, null, MigrationMode.Live, null, "k2", Ct)).Refusal.ShouldBeOfType<MachineBusy>();
    }

    [Fact]
    public async Task Only_admins_move_machines_and_strangers_learn_nothing()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await world.AddMachineAsync();

        (await StartAsync(world.Owner, machine, world.Hosts[1])).Refusal.ShouldBeOfType<NotAllowed>();
        (await StartAsync(world.Stranger, machine, world.Hosts[1])).Refusal.ShouldBeOfType<NotFound>();
        (await Migrations.PlanAsync(world.Stranger, machine.Id, Ct)).ShouldBeNull();
        var told = (await Migrations.PlanAsync(world.Member, machine.Id, Ct)).ShouldNotBeNull();
        told.WhyNot.ShouldBeOfType<NotAllowed>();
        told.Destinations.ShouldBeEmpty();
        told.Best.ShouldBeNull();
    }

    [Fact]
    public async Task A_machine_does_not_move_to_where_it_is_or_to_a_host_that_is_not_there()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await world.AddMachineAsync();

        (await StartAsync(world.Admin, machine, world.Hosts[0])).Refusal.ShouldBeOfType<SameHost>();
        (await Migrations.StartAsync(world.Admin, machine.Id, Guid.CreateVersion7(), MigrationMode.Live, null, "k", Ct)).Refusal.ShouldBeOfType<NotFound>();
        (await Migrations.StartAsync(world.Admin, machine.Id, null, MigrationMode.Live, double.NaN, "k", Ct)).Refusal.ShouldBeOfType<InvalidText>().Field.ShouldBe("objectiveMs");
    }

    [Fact]
    public async Task A_live_move_has_the_policy_that_was_asked_for_or_the_balanced_one_and_the_other_ways_have_none()
    {
        var world = await Postgres.NewWorldAsync();
        var (asked, left) = (await world.AddMachineAsync(), await world.AddMachineAsync());
        var must = new MigrationParameters(world.Hosts[1].Id, MigrationMode.Live, 100, MigrationPolicy.MustMove);

        (await Migrations.StartAsync(world.Admin, asked.Id, must with { Mode = MigrationMode.QuickDirect }, "k", Ct)).Refusal.ShouldBeOfType<InvalidText>().Field.ShouldBe("policy");
        (await Migrations.StartAsync(world.Admin, asked.Id, must, "k", Ct)).Value.Policy.ShouldBe(MigrationPolicy.MustMove);
        (await Migrations.StartAsync(world.Admin, left.Id, must with { Policy = null }, "k2", Ct)).Value.Policy.ShouldBe(MigrationPolicy.Balanced);
        (await Migrations.StartAsync(world.Admin, asked.Id, must with { Policy = MigrationPolicy.Gentle }, "k", Ct)).Refusal.ShouldBeOfType<KeyReused>();
    }

    [Theory]
    [InlineData(MachineState.Off, "Start it first")]
    [InlineData(MachineState.Failed, "Read why")]
    [InlineData(MachineState.Unknown, "Wait until the host answers")]
    [InlineData(MachineState.Provisioning, "Wait until it runs")]
    public async Task A_machine_that_does_not_run_is_not_moved_and_the_refusal_says_what_would_work(MachineState state, string advice)
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await world.AddMachineAsync(state);

        (await StartAsync(world.Admin, machine, world.Hosts[1])).Refusal.ShouldBeOfType<WrongState>().Advice.ShouldContain(advice);
    }

    [Fact]
    public async Task A_full_host_a_silent_host_and_a_host_that_cannot_do_it_refuse_with_the_reason()
    {
        var world = await Postgres.NewWorldAsync(new WorldPlan(Machines: 20, HostMemoryMib: 2048));
        var machine = await world.AddMachineAsync();
        for (var i = 0; i < 6; i++)
            await world.AddMachineAsync(host: world.Hosts[1]);

        (await StartAsync(world.Admin, machine, world.Hosts[1])).Refusal.ShouldBeOfType<HostFull>().Message.ShouldContain("256 MiB");
        (await Migrations.StartAsync(world.Admin, machine.Id, null, MigrationMode.Live, null, "k", Ct)).Refusal.ShouldBeOfType<NoHostWithRoom>();
        (await Migrations.StartAsync(world.Admin, machine.Id, world.Hosts[1].Id, MigrationMode.QuickSaved, null, "k", Ct)).IsOk.ShouldBeFalse();
        await Get<HostService>().MarkUnreachableAsync(world.Hosts[1].Id, "gone", Ct);
        (await StartAsync(world.Admin, machine, world.Hosts[1])).Refusal.ShouldBeOfType<HostSilent>();
        var plan = (await Migrations.PlanAsync(world.Admin, machine.Id, Ct)).ShouldNotBeNull();
        plan.Destinations.ShouldHaveSingleItem().ShouldSatisfyAllConditions(d => d.Possible.ShouldBeFalse(), d => d.Findings[0].Text.ShouldContain("does not answer"));
        await using var db = await Postgres.Contexts.CreateDbContextAsync(Ct);
        (await db.Placements.CountAsync(p => p.Purpose == PlacementPurpose.Incoming, Ct)).ShouldBe(0);
        (await db.Operations.AnyAsync(Ct)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_mode_a_host_lacks_is_refused_by_name()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await world.AddMachineAsync();

        (await Migrations.StartAsync(world.Admin, machine.Id, world.Hosts[1].Id, MigrationMode.QuickSaved, null, "k", Ct)).Refusal.ShouldBeOfType<ModeNotPossible>();
        (await Migrations.StartAsync(world.Admin, machine.Id, null, MigrationMode.QuickSaved, null, "k", Ct)).Refusal.ShouldBeOfType<ModeNotPossible>();
        (await Migrations.PlanAsync(world.Admin, machine.Id, Ct))!.Destinations[0].Modes.Select(m => m.WhyNot is null).ShouldBe([true, false, true, false]);
    }

    [Fact]
    public async Task Twelve_moves_at_once_to_a_host_with_room_for_six_take_exactly_its_room()
    {
        var world = await Postgres.NewWorldAsync(new WorldPlan(Machines: 20, Hosts: 1, HostMemoryMib: 16_384));
        var machines = new List<Machine>();
        for (var i = 0; i < 12; i++)
            machines.Add(await world.AddMachineAsync());
        var small = (await Get<HostService>().AddAsync(world.Admin, new HostDraft("small", "qemu+tls://small/system", null, "images"),
            world.Hosts[0].Report! with { Uuid = Guid.NewGuid(), MemoryMib = 2048 }, Ct)).Value;

        var moves = await Task.WhenAll(machines.Select(machine => Task.Run(() => Migrations.StartAsync(world.Admin, machine.Id, small.Id, MigrationMode.Live, null, machine.Name, Ct), Ct)));

        moves.Count(m => m.IsOk).ShouldBe(6);
        moves.Where(m => !m.IsOk).ShouldAllBe(m => m.Refusal is HostFull);
        (await Get<HostService>().GetAsync(world.Admin, small.Id, Ct))!.Room.MemoryFreeMib.ShouldBe(0);
    }

    Task<Result<MigrationRow>> StartAsync(Actor actor, Machine machine, Host to) => Migrations.StartAsync(actor, machine.Id, to.Id, MigrationMode.Live, null, "key", Ct);
}
