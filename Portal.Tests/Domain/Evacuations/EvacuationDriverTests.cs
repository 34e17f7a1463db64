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
