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

public sealed class EvacuationDriverTests(PostgresCluster cluster) : EvacuationTest(cluster)
{
    [Fact]
    public async Task A_host_is_emptied_within_its_limits_and_ends_empty_and_fenced()
    {
        var world = await Postgres.NewWorldAsync(new WorldPlan(Hosts: 3));
        for (var n = 0; n < 5; n++)
            await world.AddMachineAsync();

        var id = await BeginAsync(world, new EvacuationOrder(Limits: new EvacuationLimits(PerHost: 2, PerLink: 1, Fleet: 4)));

        for (var moved = 0; moved < 5; moved++)
        {
            var seen = await SeeAsync(world, id);
            (seen.Evacuation.Moved, seen.Evacuation.Moving).ShouldBe((moved, Math.Min(2, 5 - moved)));
            seen.Items.Where(i => i.State == EvacuationItemState.Moving).Select(i => i.DestinationName).ShouldBeUnique();
            await EndMoveAsync();
            await LookAsync();
        }

        var done = await SeeAsync(world, id);
        (done.Evacuation.Status, done.Evacuation.Moved, done.Evacuation.Stayed, done.Evacuation.WorstBlackoutMs).ShouldBe((EvacuationStatus.Done, 5, 0, 52d));
        (await Get<HostService>().GetAsync(world.Admin, world.Hosts[0].Id, Ct))!.ShouldSatisfyAllConditions(h => h.Machines.ShouldBe(0), h => h.Room.MemoryTakenMib.ShouldBe(0), h => h.MaintenanceSince.ShouldNotBeNull());
        (await AnyQueuedAsync()).ShouldBeFalse();
    }

    [Fact]
    public async Task An_empty_host_is_done_at_once()
    {
        var world = await Postgres.NewWorldAsync();

        var id = await BeginAsync(world);

        (await SeeAsync(world, id)).Evacuation.Status.ShouldBe(EvacuationStatus.Done);
    }

    [Fact]
    public async Task Many_drivers_at_once_order_every_machine_once()
    {
        var world = await Postgres.NewWorldAsync(new WorldPlan(Machines: 20));
        for (var n = 0; n < 6; n++)
            await world.AddMachineAsync();
        var id = (await Evacuations.StartAsync(world.Admin, world.Hosts[0].Id, new EvacuationOrder(Limits: new EvacuationLimits(4, 4, 4)), Ct)).Value.Evacuation.Id;

        while ((await SeeAsync(world, id)).Evacuation.IsActive)
        {
            await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(LookAsync, Ct)));
            // What a driver passed over because another held it, the next look takes up.
            await LookAsync();
            (await SeeAsync(world, id)).Evacuation.Moving.ShouldBeLessThanOrEqualTo(4);
            if (await AnyQueuedAsync())
                await EndMoveAsync();
        }

        (await MovesAsync()).Select(m => m.MachineId).ShouldBeUnique();
        (await SeeAsync(world, id)).Evacuation.Moved.ShouldBe(6);
    }

    [Fact]
    public async Task A_process_that_dies_between_ordering_and_writing_it_down_orders_nothing_twice()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await world.AddMachineAsync();
        var id = await BeginAsync(world);
        // As it is when the order was committed and the turn was not.
        await using (var db = await Postgres.Contexts.CreateDbContextAsync(Ct))
            await db.EvacuationItems.ExecuteUpdateAsync(set => set.SetProperty(i => i.State, EvacuationItemState.Waiting).SetProperty(i => i.OperationId, (Guid?)null).SetProperty(i => i.Tries, 0), Ct);

        await LookAsync();

        (await ItemAsync(world, id, machine)).ShouldSatisfyAllConditions(i => i.State.ShouldBe(EvacuationItemState.Moving), i => i.Tries.ShouldBe(1), i => i.Move.ShouldNotBeNull());
        (await MovesAsync()).ShouldHaveSingleItem();
        await FinishAsync();
        (await SeeAsync(world, id)).Evacuation.ShouldSatisfyAllConditions(e => e.Status.ShouldBe(EvacuationStatus.Done), e => e.Moved.ShouldBe(1));
    }

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

    [Fact]
    public async Task Paused_it_begins_nothing_and_goes_on_when_told()
    {
        var world = await Postgres.NewWorldAsync();
        for (var n = 0; n < 3; n++)
            await world.AddMachineAsync();
        var id = await BeginAsync(world, new EvacuationOrder(Limits: new EvacuationLimits(1, 1, 1)));

        (await Evacuations.PauseAsync(world.Admin, id, Ct)).Value.Evacuation.Status.ShouldBe(EvacuationStatus.Paused);
        (await Evacuations.PauseAsync(world.Admin, id, Ct)).Refusal.ShouldBeOfType<EvacuationNotThere>();
        await EndMoveAsync();
        await LookAsync();

        (await SeeAsync(world, id)).Evacuation.ShouldSatisfyAllConditions(e => e.Moved.ShouldBe(1), e => e.Moving.ShouldBe(0), e => e.Waiting.ShouldBe(2));
        (await Evacuations.ResumeAsync(world.Admin, id, Ct)).IsOk.ShouldBeTrue();
        await LookAsync();
        await FinishAsync();
        (await SeeAsync(world, id)).Evacuation.ShouldSatisfyAllConditions(e => e.Status.ShouldBe(EvacuationStatus.Done), e => e.Moved.ShouldBe(3));
    }

    [Fact]
    public async Task Cancelled_it_stops_what_moves_and_leaves_the_rest_and_the_host_stays_in_maintenance()
    {
        var world = await Postgres.NewWorldAsync();
        var (moving, waiting) = (await world.AddMachineAsync(name: "a"), await world.AddMachineAsync(name: "b"));
        var id = await BeginAsync(world, new EvacuationOrder(Limits: new EvacuationLimits(1, 1, 1)));

        (await Evacuations.CancelAsync(world.Admin, id, Ct)).Value.Evacuation.Status.ShouldBe(EvacuationStatus.Cancelling);
        await LookAsync();
        var claim = await ClaimAsync();
        claim.CancelRequested.ShouldBeTrue();
        await Get<MigrationBooks>().StayedAsync(claim, MigrationStatus.Cancelled, "Cancelled.", null, MachineState.Running, Ct);
        await LookAsync();

        (await SeeAsync(world, id)).Evacuation.ShouldSatisfyAllConditions(e => e.Status.ShouldBe(EvacuationStatus.Cancelled), e => e.Stayed.ShouldBe(2));
        (await ItemAsync(world, id, moving)).Detail.ShouldBe("Its move was stopped with the evacuation.");
        (await ItemAsync(world, id, waiting)).Detail.ShouldBe("The evacuation was cancelled before its turn.");
        (await Get<HostService>().GetAsync(world.Admin, world.Hosts[0].Id, Ct))!.MaintenanceSince.ShouldNotBeNull();
    }

    [Fact]
    public async Task When_whoever_asked_loses_the_role_it_pauses_until_another_operator_has_it_go_on()
    {
        var world = await Postgres.NewWorldAsync();
        var (first, second) = (await Postgres.HireAsync(PlatformRoles.Operator), await Postgres.HireAsync(PlatformRoles.Operator));
        await world.AddMachineAsync();
        var id = (await Evacuations.StartAsync(first, world.Hosts[0].Id, new EvacuationOrder(), Ct)).Value.Evacuation.Id;
        await using (var db = await Postgres.Contexts.CreateDbContextAsync(Ct))
            await db.UserRoles.Where(r => r.UserId == first.UserId).ExecuteDeleteAsync(Ct);

        await LookAsync();

        (await SeeAsync(world, id)).Evacuation.ShouldSatisfyAllConditions(e => e.Status.ShouldBe(EvacuationStatus.Paused), e => e.Note!.ShouldContain("may not move machines any more"));
        (await Evacuations.ResumeAsync(second, id, Ct)).IsOk.ShouldBeTrue();
        await LookAsync();
        (await MovesAsync()).ShouldHaveSingleItem().RequestedBy.ShouldBe(second.UserId);
    }

    [Fact]
    public async Task Back_in_service_the_machines_that_left_come_back_if_that_is_wished()
    {
        var world = await Postgres.NewWorldAsync();
        var (a, b, other) = (await world.AddMachineAsync(), await world.AddMachineAsync(), await world.AddMachineAsync(host: world.Hosts[1]));
        await BeginAsync(world);
        await FinishAsync();
        (await Evacuations.PlanAsync(world.Admin, world.Hosts[0].Id, EvacuationKind.BringBack, new EvacuationOrder(), Ct)).Value.Plan.Moves.Select(m => m.MachineId).Order().ShouldBe(new[] { a.Id, b.Id }.Order());

        var back = (await Evacuations.ReleaseAsync(world.Admin, world.Hosts[0].Id, new EvacuationOrder(), Ct)).Value.Evacuation.ShouldNotBeNull();
        await LookAsync();
        await FinishAsync();

        (await SeeAsync(world, back.Evacuation.Id)).Evacuation.ShouldSatisfyAllConditions(e => e.Kind.ShouldBe(EvacuationKind.BringBack), e => e.Status.ShouldBe(EvacuationStatus.Done), e => e.Moved.ShouldBe(2));
        (await MachineAsync(a.Id)).HostId.ShouldBe(world.Hosts[0].Id);
        (await MachineAsync(b.Id)).HostId.ShouldBe(world.Hosts[0].Id);
        (await MachineAsync(other.Id)).HostId.ShouldBe(world.Hosts[1].Id);
        (await Get<HostService>().GetAsync(world.Admin, world.Hosts[0].Id, Ct))!.MaintenanceSince.ShouldBeNull();
        (await Evacuations.ReleaseAsync(world.Admin, world.Hosts[0].Id, null, Ct)).Refusal.ShouldBeOfType<NotInMaintenance>();
    }

    [Fact]
    public async Task Two_hosts_emptied_at_once_share_the_limits_of_the_fleet_and_fill_neither()
    {
        var world = await Postgres.NewWorldAsync(new WorldPlan(Machines: 20, Hosts: 3));
        for (var n = 0; n < 6; n++)
            await world.AddMachineAsync(host: world.Hosts[n % 2]);
        var order = new EvacuationOrder(Limits: new EvacuationLimits(3, 3, 3));
        var ids = new[] { (await Evacuations.StartAsync(world.Admin, world.Hosts[0].Id, order, Ct)).Value.Evacuation.Id, (await Evacuations.StartAsync(world.Admin, world.Hosts[1].Id, order, Ct)).Value.Evacuation.Id };

        await LookAsync();
        while (await AnyQueuedAsync())
        {
            (await MovesAsync()).Count(m => m.Status is MigrationStatus.Queued or MigrationStatus.Running).ShouldBeLessThanOrEqualTo(3);
            await EndMoveAsync();
            await LookAsync();
        }

        foreach (var id in ids)
            (await SeeAsync(world, id)).Evacuation.Status.ShouldBe(EvacuationStatus.Done);
        (await Get<HostService>().GetAsync(world.Admin, world.Hosts[2].Id, Ct))!.Machines.ShouldBe(6);
    }
}
