using Microsoft.EntityFrameworkCore;
using Portal.Domain;
using Portal.Domain.Accounts;
using Portal.Domain.Evacuations;
using Portal.Domain.Hosts;
using Portal.Domain.Machines;
using Portal.Domain.Migrations;
using Portal.Domain.Operations;
using Portal.Tests.Postgres;

namespace Portal.Tests.Domain.Evacuations;

/// <summary>What goes otherwise than planned, and machines that are not simply there and running.</summary>
public sealed class EvacuationTroubleTests(PostgresCluster cluster) : EvacuationTest(cluster)
{
    [Fact]
    public async Task A_move_that_fails_is_tried_at_another_host_and_the_others_go_on()
    {
        var world = await Postgres.NewWorldAsync(new WorldPlan(Hosts: 3));
        var (bad, good) = (await world.AddMachineAsync(name: "a-bad"), await world.AddMachineAsync(name: "b-good"));
        var id = await BeginAsync(world, new EvacuationOrder(Limits: new EvacuationLimits(1, 1, 1)));

        (await EndMoveAsync(MigrationStatus.Stayed, "Its disk was busy.")).ShouldBe(bad.Id);
        await LookAsync();
        var retried = await ItemAsync(world, id, bad);
        (retried.State, retried.Tries, retried.DestinationName).ShouldBe((EvacuationItemState.Moving, 2, world.Hosts[2].Name));
        (await EndMoveAsync(MigrationStatus.Stayed, "Its disk is busy still.")).ShouldBe(bad.Id);
        await LookAsync();
        (await EndMoveAsync()).ShouldBe(good.Id);
        await LookAsync();

        var done = await SeeAsync(world, id);
        (done.Evacuation.Status, done.Evacuation.Moved, done.Evacuation.Stayed).ShouldBe((EvacuationStatus.Done, 1, 1));
        (await ItemAsync(world, id, bad)).Detail.ShouldBe("Its disk is busy still.");
        await using var db = await Postgres.Contexts.CreateDbContextAsync(Ct);
        (await db.Notices.SingleAsync(n => n.UserId == world.Admin.UserId, Ct)).Title.ShouldBe($"{world.Hosts[0].Name} is not empty: one machine stayed");
        // What stayed can be tried anew.
        (await Evacuations.StartAsync(world.Admin, world.Hosts[0].Id, new EvacuationOrder(), Ct)).Value.Evacuation.Waiting.ShouldBe(1);
    }

    [Fact]
    public async Task With_nowhere_else_to_go_a_failed_move_is_not_tried_again()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await world.AddMachineAsync();
        var id = await BeginAsync(world);

        await EndMoveAsync(MigrationStatus.Stayed, "Its disk was busy.");
        await LookAsync();

        (await SeeAsync(world, id)).Evacuation.Status.ShouldBe(EvacuationStatus.Done);
        (await ItemAsync(world, id, machine)).Detail.ShouldBe($"To {world.Hosts[1].Name} it did not move: Its disk was busy. Then: There is no other host to go to.");
    }

    [Fact]
    public async Task A_destination_that_fills_or_goes_away_meanwhile_is_replaced_by_another()
    {
        var world = await Postgres.NewWorldAsync(new WorldPlan(Hosts: 3));
        var machine = await world.AddMachineAsync();
        var planned = (await Evacuations.StartAsync(world.Admin, world.Hosts[0].Id, new EvacuationOrder(), Ct)).Value;
        planned.Items[0].DestinationName.ShouldBe(world.Hosts[1].Name);
        await Get<HostService>().MarkUnreachableAsync(world.Hosts[1].Id, "No route to host", Ct);

        await LookAsync();

        (await ItemAsync(world, planned.Evacuation.Id, machine)).ShouldSatisfyAllConditions(i => i.State.ShouldBe(EvacuationItemState.Moving), i => i.DestinationName.ShouldBe(world.Hosts[2].Name));
    }

    [Fact]
    public async Task When_every_other_host_is_full_the_machine_stays_and_says_what_each_lacks()
    {
        var world = await Postgres.NewWorldAsync(new WorldPlan(HostMemoryMib: 768));
        await world.AddMachineAsync(host: world.Hosts[1]);
        var machine = await world.AddMachineAsync();

        var id = await BeginAsync(world);

        (await SeeAsync(world, id)).Evacuation.Status.ShouldBe(EvacuationStatus.Done);
        (await ItemAsync(world, id, machine)).ShouldSatisfyAllConditions(i => i.State.ShouldBe(EvacuationItemState.Stayed), i => i.Detail!.ShouldStartWith($"No host can take it: {world.Hosts[1].Name} lacks 256 MiB"));
    }

    [Fact]
    public async Task A_machine_somebody_has_in_hand_is_waited_for_and_the_others_go_before_it()
    {
        var world = await Postgres.NewWorldAsync();
        var (busy, free) = (await world.AddMachineAsync(name: "a-busy"), await world.AddMachineAsync(name: "b-free"));
        (await EnqueueAsync(busy, world.Member)).IsOk.ShouldBeTrue();
        var power = await ClaimAsync();

        var id = await BeginAsync(world);

        (await ItemAsync(world, id, free)).State.ShouldBe(EvacuationItemState.Moving);
        (await ItemAsync(world, id, busy)).Detail.ShouldBe("“Power a-busy” is under way; it is looked at again when that has ended.");
        await EndMoveAsync();
        await LookAsync();
        (await SeeAsync(world, id)).Evacuation.Note.ShouldBe("Nothing moves just now. a-busy: “Power a-busy” is under way; it is looked at again when that has ended.");
        await Books.PowerDoneAsync(power, MachineState.Running, Ct);
        await LookAsync();
        await FinishAsync();
        (await SeeAsync(world, id)).Evacuation.ShouldSatisfyAllConditions(e => e.Status.ShouldBe(EvacuationStatus.Done), e => e.Moved.ShouldBe(2), e => e.Note.ShouldBeNull());
    }

    [Fact]
    public async Task A_machine_moved_by_somebody_else_or_deleted_needs_no_turn()
    {
        var world = await Postgres.NewWorldAsync();
        var (moved, deleted) = (await world.AddMachineAsync(), await world.AddMachineAsync());
        (await Get<MigrationService>().StartAsync(world.Admin, moved.Id, world.Hosts[1].Id, MigrationMode.Live, null, "mine", Ct)).IsOk.ShouldBeTrue();
        (await Get<MachineService>().DeleteAsync(world.Member, deleted.Id, deleted.Name, "gone", Ct)).IsOk.ShouldBeTrue();

        var id = await BeginAsync(world);
        await EndMoveAsync();
        await Books.DeletedAsync(await ClaimAsync(), Ct);
        await LookAsync();

        (await ItemAsync(world, id, moved)).ShouldSatisfyAllConditions(i => i.State.ShouldBe(EvacuationItemState.Moved), i => i.Tries.ShouldBe(0), i => i.Detail.ShouldBe($"It is on {world.Hosts[1].Name} already."));
        (await ItemAsync(world, id, deleted)).State.ShouldBe(EvacuationItemState.Gone);
        (await SeeAsync(world, id)).Evacuation.Status.ShouldBe(EvacuationStatus.Done);
    }

    [Fact]
    public async Task A_machine_that_was_on_its_way_when_the_host_was_fenced_goes_on_from_there()
    {
        var world = await Postgres.NewWorldAsync(new WorldPlan(Hosts: 3));
        var coming = await world.AddMachineAsync(host: world.Hosts[1]);
        (await Get<MigrationService>().StartAsync(world.Admin, coming.Id, world.Hosts[0].Id, MigrationMode.Live, null, "mine", Ct)).IsOk.ShouldBeTrue();

        var id = await BeginAsync(world);
        (await ItemAsync(world, id, coming)).State.ShouldBe(EvacuationItemState.Waiting);
        await EndMoveAsync();
        await LookAsync();
        await FinishAsync();

        (await SeeAsync(world, id)).Evacuation.ShouldSatisfyAllConditions(e => e.Status.ShouldBe(EvacuationStatus.Done), e => e.Moved.ShouldBe(1));
        (await MachineAsync(coming.Id)).HostId.ShouldNotBe(world.Hosts[0].Id);
    }

    [Fact]
    public async Task A_machine_that_is_off_is_given_another_host_and_is_off_there()
    {
        var world = await Postgres.NewWorldAsync(new WorldPlan(Hosts: 3));
        var off = await world.AddMachineAsync(MachineState.Off);
        var id = await BeginAsync(world);
        var first = await ClaimAsync();
        (first.Kind, (await SeeAsync(world, id)).Evacuation.Moving).ShouldBe((OperationKind.Rehome, 1));

        await Books.RehomeFailedAsync(first, "Its disk is not there.", cancelled: false, Ct);
        (await Get<HostService>().GetAsync(world.Admin, world.Hosts[1].Id, Ct))!.Room.MemoryTakenMib.ShouldBe(0);
        await LookAsync();
        await Books.RehomedAsync(await ClaimAsync(), Ct);
        await LookAsync();

        (await SeeAsync(world, id)).Evacuation.ShouldSatisfyAllConditions(e => e.Status.ShouldBe(EvacuationStatus.Done), e => e.Moved.ShouldBe(1));
        (await ItemAsync(world, id, off)).ShouldSatisfyAllConditions(i => i.DestinationName.ShouldBe(world.Hosts[2].Name), i => i.Tries.ShouldBe(2), i => i.Move.ShouldBeNull());
        (await MachineAsync(off.Id)).ShouldSatisfyAllConditions(m => m.State.ShouldBe(MachineState.Off), m => m.HostId.ShouldBe(world.Hosts[2].Id));
        (await Get<HostService>().GetAsync(world.Admin, world.Hosts[0].Id, Ct))!.Machines.ShouldBe(0);
        (await Get<MachineService>().PowerAsync(world.Member, off.Id, PowerAction.Start, "on", Ct)).IsOk.ShouldBeTrue("it is on a host in service");
    }

    [Fact]
    public async Task A_machine_found_on_the_host_later_gets_a_turn_of_its_own()
    {
        var world = await Postgres.NewWorldAsync();
        await world.AddMachineAsync();
        var id = await BeginAsync(world);
        var late = await world.AddMachineAsync();

        await LookAsync();

        (await ItemAsync(world, id, late)).Tries.ShouldBe(1);
        await FinishAsync();
        (await SeeAsync(world, id)).Evacuation.Moved.ShouldBe(2);
    }

    [Fact]
    public async Task While_the_host_is_silent_its_machines_are_waited_for()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await world.AddMachineAsync();
        await Get<HostService>().MarkUnreachableAsync(world.Hosts[0].Id, "No route to host", Ct);

        var id = await BeginAsync(world);

        (await SeeAsync(world, id)).Evacuation.ShouldSatisfyAllConditions(e => e.Status.ShouldBe(EvacuationStatus.Running), e => e.Note!.ShouldContain("does not answer"));
        await Get<HostService>().ReportAsync(world.Hosts[0].Id, world.Hosts[0].Report!, Ct);
        await Get<HostObservations>().ObserveAsync(world.Hosts[0].Id, Postgres.Time.GetUtcNow(), [new MachineObservation(machine.Id, MachineState.Running, null)], Ct);
        await LookAsync();
        await FinishAsync();
        (await SeeAsync(world, id)).Evacuation.Status.ShouldBe(EvacuationStatus.Done);
    }
}
