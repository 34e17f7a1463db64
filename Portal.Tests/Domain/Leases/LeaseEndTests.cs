using Microsoft.EntityFrameworkCore;
using Portal.Domain;
using Portal.Domain.Leases;
using Portal.Domain.Machines;
using Portal.Domain.Operations;
using Portal.Domain.Projects;
using Portal.Tests.Postgres;

namespace Portal.Tests.Domain.Leases;

/// <summary>What happens at the end of a lease: shut down, kept, deleted; each once, and undoable until the last.</summary>
public sealed class LeaseEndTests(PostgresCluster cluster) : LeaseTest(cluster)
{
    static readonly TimeSpan Day = TimeSpan.FromDays(1);

    [Fact]
    public async Task A_machine_is_shut_down_at_the_end_kept_for_the_days_of_grace_and_then_deleted_and_its_quota_is_free()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await LeasedAsync(world, Day);

        (await AfterAsync(Day)).ShouldBe(new LeaseSweep(0, Ended: 1, Switched: 1, Kept: 0, Deleted: 0));
        var shutDown = (await OperationsAsync(machine.Id)).ShouldHaveSingleItem();
        shutDown.Kind.ShouldBe(OperationKind.Power);
        shutDown.Parameters.ShouldContain("ShutDown");
        await CarryOutAsync(MachineState.Off);

        (await AfterAsync(TimeSpan.FromSeconds(15))).Kept.ShouldBe(1);
        var kept = await MachineAsync(machine.Id);
        kept.LeaseStage.ShouldBe(LeaseStage.Grace);
        kept.GraceUntil.ShouldBe(Now.AddDays(7));
        kept.Address.ShouldBe(machine.Address);
        (await SweepAsync()).IsNothing.ShouldBeTrue();

        (await AfterAsync(6 * Day)).Warned.ShouldBe(1);
        (await AfterAsync(Day)).Deleted.ShouldBe(1);
        (await MachineAsync(machine.Id)).State.ShouldBe(MachineState.Deleting);
        await CarryOutAsync(MachineState.Deleted);
        (await AfterAsync(TimeSpan.FromHours(1))).IsNothing.ShouldBeTrue();
        (await MachineAsync(machine.Id)).LeaseDueAt.ShouldBeNull();
        (await QuotaAsync(world)).Used.ShouldAllBe(used => used == 0);
        (await AuditAsync(machine.Id)).ShouldBe(["machine.lease-end", "machine.shut-down", "machine.lease-grace", "machine.delete", "machine.deleted"], ignoreOrder: true);
    }

    [Fact]
    public async Task Two_sweepers_at_once_do_each_step_once()
    {
        var world = await Postgres.NewWorldAsync(new WorldPlan(Machines: 1000, Vcpus: 1000, MemoryMib: 1_000_000, DiskGib: 10_000));
        var machines = new List<Guid>();
        for (var i = 0; i < 40; i++)
            machines.Add((await LeasedAsync(world, Day)).Id);
        Postgres.Time.Advance(Day);

        var sweeps = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(SweepAsync, Ct)));

        sweeps.Sum(s => s.Ended).ShouldBe(40);
        sweeps.Sum(s => s.Switched).ShouldBe(40);
        foreach (var id in machines)
            (await OperationsAsync(id)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_machine_that_is_being_moved_is_shut_down_after_the_move()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await LeasedAsync(world, Day);
        (await EnqueueAsync(machine, world.Admin, OperationKind.Migrate)).IsOk.ShouldBeTrue();
        Postgres.Time.Advance(Day);

        (await SweepAsync()).ShouldBe(new LeaseSweep(0, Ended: 1, 0, 0, 0));
        (await AfterAsync(TimeSpan.FromSeconds(15))).IsNothing.ShouldBeTrue();
        (await OperationsAsync(machine.Id)).ShouldHaveSingleItem().Kind.ShouldBe(OperationKind.Migrate);

        await CarryOutAsync(MachineState.Running);
        (await AfterAsync(TimeSpan.FromSeconds(15))).Switched.ShouldBe(1);
    }

    [Fact]
    public async Task A_machine_whose_host_is_away_waits_for_it_and_is_never_called_off()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await LeasedAsync(world, Day);
        await ChangeAsync(machine.Id, m => m.Become(MachineState.Unknown, "hv1 does not answer.", Now));

        (await AfterAsync(Day)).Ended.ShouldBe(1);
        (await AfterAsync(TimeSpan.FromHours(1))).IsNothing.ShouldBeTrue();
        (await OperationsAsync(machine.Id)).ShouldBeEmpty();

        await ChangeAsync(machine.Id, m => m.Become(MachineState.Running, null, Now));
        (await AfterAsync(TimeSpan.FromMinutes(1))).Switched.ShouldBe(1);
    }

    [Fact]
    public async Task A_guest_that_ignores_the_button_is_asked_three_times_and_then_its_power_is_cut()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await LeasedAsync(world, Day);
        await AfterAsync(Day);
        for (var ask = 1; ask <= 4; ask++)
        {
            var claim = await ClaimAsync();
            claim.Read<PowerParameters>().Action.ShouldBe(ask <= 3 ? PowerAction.ShutDown : PowerAction.PowerOff);
            if (ask <= 3)
                await Books.PowerFailedAsync(claim, "It still runs.", cancelled: false, MachineState.Running, Ct);
            else
                await Books.PowerDoneAsync(claim, MachineState.Off, Ct);
            await AfterAsync(TimeSpan.FromSeconds(15));
        }

        (await MachineAsync(machine.Id)).LeaseStage.ShouldBe(LeaseStage.Grace);
    }

    [Fact]
    public async Task An_end_that_came_while_the_portal_was_down_is_handled_at_start_with_the_days_of_grace_counted_from_then()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await LeasedAsync(world, Day, MachineState.Off);

        var sweep = await AfterAsync(30 * Day);

        sweep.ShouldBe(new LeaseSweep(0, Ended: 1, 0, Kept: 1, Deleted: 0));
        (await MachineAsync(machine.Id)).GraceUntil.ShouldBe(Now.AddDays(7));
    }

    [Fact]
    public async Task Extending_in_the_days_of_grace_brings_a_machine_back_and_it_may_be_started()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await LeasedAsync(world, Day, MachineState.Off);
        await AfterAsync(Day);
        (await Get<MachineService>().PowerAsync(world.Member, machine.Id, PowerAction.Start, "one", Ct)).Refusal.ShouldBeOfType<LeaseOver>();

        await ChangeAsync(machine.Id, m => m.ExtendLease(Now.AddDays(10), Now));

        (await AfterAsync(8 * Day)).ShouldBe(new LeaseSweep(Warned: 1, 0, 0, 0, 0));
        var back = await MachineAsync(machine.Id);
        back.LeaseStage.ShouldBe(LeaseStage.Running);
        back.GraceUntil.ShouldBeNull();
        (await Get<MachineService>().PowerAsync(world.Member, machine.Id, PowerAction.Start, "two", Ct)).IsOk.ShouldBeTrue();
    }

    [Fact]
    public async Task After_the_last_step_nothing_can_be_extended()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await LeasedAsync(world, Day, MachineState.Off);
        await AfterAsync(Day);
        await AfterAsync(7 * Day);

        await Should.ThrowAsync<InvalidOperationException>(() => ChangeAsync(machine.Id, m => m.ExtendLease(Now.AddDays(1), Now)));
        (await Leases.KeepAsync(world.Owner, machine.Id, Ct)).Refusal.ShouldBeOfType<NoLeaseToExtend>();
    }

    [Fact]
    public async Task A_deletion_that_fails_is_tried_again_later()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await LeasedAsync(world, Day, MachineState.Off);
        await AfterAsync(Day);
        await AfterAsync(7 * Day);
        await Books.DeleteFailedAsync(await ClaimAsync(), "The disk is busy.", Ct);

        (await AfterAsync(TimeSpan.FromMinutes(11))).Deleted.ShouldBe(1);
        await CarryOutAsync(MachineState.Deleted);
        (await MachineAsync(machine.Id)).State.ShouldBe(MachineState.Deleted);
    }

    [Fact]
    public async Task An_owner_takes_the_end_back_for_the_usual_length_and_a_member_or_a_stranger_does_not()
    {
        var world = await Postgres.NewWorldAsync();
        (await Leases.SetTermsAsync(world.Admin, world.Project.Id, LeaseTerms.BuiltIn with { DefaultDays = 30, ForEver = false }, 0, Ct)).IsOk.ShouldBeTrue();
        var machine = await LeasedAsync(world, Day, MachineState.Off);
        await AfterAsync(Day);

        (await Leases.KeepAsync(world.Member, machine.Id, Ct)).Refusal.ShouldBeOfType<NotAllowed>();
        (await Leases.KeepAsync(world.Stranger, machine.Id, Ct)).Refusal.ShouldBeOfType<NotFound>();
        (await Leases.GetAsync(world.Owner, machine.Id, Ct))!.KeepUntil.ShouldBe(Now.AddDays(30));
        var ends = await Leases.KeepAsync(world.Owner, machine.Id, Ct);
        ends.Value.ShouldBe(Now.AddDays(30));
        (await Leases.KeepAsync(world.Owner, machine.Id, Ct)).Value.ShouldBe(ends.Value);
        (await AuditAsync(machine.Id)).Count(action => action == "machine.lease-undo").ShouldBe(1);
    }

    [Fact]
    public async Task A_machine_that_is_kept_after_all_is_not_shut_down_by_the_order_its_lease_gave()
    {
        var world = await Postgres.NewWorldAsync();
        await Leases.SetTermsAsync(world.Admin, world.Project.Id, LeaseTerms.BuiltIn with { DefaultDays = 30 }, 0, Ct);
        var machine = await LeasedAsync(world, Day);
        await AfterAsync(Day);
        (await OperationsAsync(machine.Id)).ShouldHaveSingleItem().CancelRequestedAt.ShouldBeNull();

        (await Leases.KeepAsync(world.Owner, machine.Id, Ct)).IsOk.ShouldBeTrue();

        (await OperationsAsync(machine.Id)).ShouldHaveSingleItem().CancelRequestedAt.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_machine_that_is_kept_after_its_guest_was_told_says_that_it_may_still_go_off()
    {
        var world = await Postgres.NewWorldAsync();
        await Leases.SetTermsAsync(world.Admin, world.Project.Id, LeaseTerms.BuiltIn with { DefaultDays = 30 }, 0, Ct);
        var machine = await LeasedAsync(world, Day);
        await AfterAsync(Day);
        (await Leases.GetAsync(world.Owner, machine.Id, Ct))!.IsGoingDown.ShouldBeFalse();
        var order = await ClaimAsync();
        (await Leases.GetAsync(world.Owner, machine.Id, Ct))!.IsGoingDown.ShouldBeTrue();

        (await Leases.KeepAsync(world.Owner, machine.Id, Ct)).IsOk.ShouldBeTrue();

        (await order.RenewAsync(Ct)).ShouldBeTrue("its worker hears that it is called off");
        (await Leases.GetAsync(world.Viewer, machine.Id, Ct)).ShouldNotBeNull().ShouldSatisfyAllConditions(l => l.Lease.Stage.ShouldBe(LeaseStage.Running), l => l.IsGoingDown.ShouldBeTrue());
        await Books.PowerFailedAsync(order, "Stopped on request.", cancelled: true, MachineState.Off, Ct);
        (await Leases.GetAsync(world.Owner, machine.Id, Ct))!.IsGoingDown.ShouldBeFalse();
        (await SweepAsync()).IsNothing.ShouldBeTrue();
        (await Get<MachineService>().PowerAsync(world.Member, machine.Id, PowerAction.Start, "again", Ct)).IsOk.ShouldBeTrue();
    }

    [Fact]
    public async Task Who_asked_for_a_machine_and_left_the_project_hears_nothing_of_its_lease()
    {
        var world = await Postgres.NewWorldAsync();
        await LeasedAsync(world, Day);
        await using (var db = await Postgres.Contexts.CreateDbContextAsync(Ct))
            await db.ProjectMembers.Where(m => m.UserId == world.Member.UserId).ExecuteDeleteAsync(Ct);

        await AfterAsync(Day);

        await using var books = await Postgres.Contexts.CreateDbContextAsync(Ct);
        (await books.Notices.Where(n => n.ProjectId == world.Project.Id).Select(n => n.UserId).Distinct().ToListAsync(Ct)).ShouldBe([world.Owner.UserId]);
    }

    [Fact]
    public async Task The_total_of_the_terms_bounds_what_an_owner_takes_back()
    {
        var world = await Postgres.NewWorldAsync();
        await Leases.SetTermsAsync(world.Admin, world.Project.Id, LeaseTerms.BuiltIn with { DefaultDays = 30, TotalDays = 30 }, 0, Ct);
        var machine = await LeasedAsync(world, 25 * Day, MachineState.Off);
        await AfterAsync(25 * Day);

        (await Leases.KeepAsync(world.Owner, machine.Id, Ct)).Value.ShouldBe(Now.AddDays(5));
        await AfterAsync(5 * Day);
        (await Leases.KeepAsync(world.Owner, machine.Id, Ct)).Refusal.ShouldBeOfType<LeaseTotalReached>();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(6)]
    [InlineData(12)]
    public async Task A_machine_whose_lease_cannot_be_carried_on_holds_up_none_of_the_others(int which)
    {
        var world = await Postgres.NewWorldAsync(new WorldPlan(Machines: 1000, Vcpus: 1000, MemoryMib: 1_000_000, DiskGib: 10_000));
        var machines = new List<Guid>();
        for (var i = 0; i < 13; i++)
            machines.Add((await LeasedAsync(world, Day + TimeSpan.FromSeconds(i))).Id);
        await PoisonAsync("machines", $"new.id = '{machines[which]}' and new.lease_stage = 'Ending'");
        Postgres.Time.Advance(2 * Day);

        var told = await Should.ThrowAsync<AggregateException>(SweepAsync());

        told.InnerExceptions.ShouldHaveSingleItem().Message.ShouldContain(machines[which].ToString());
        foreach (var id in machines)
            (await OperationsAsync(id)).Count.ShouldBe(id == machines[which] ? 0 : 1);
        await HealAsync();
        (await SweepAsync()).ShouldSatisfyAllConditions(s => s.Ended.ShouldBe(1), s => s.Switched.ShouldBe(1));
        (await OperationsAsync(machines[which])).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_fault_of_every_machine_ends_the_sweep_before_it_has_tried_them_all()
    {
        var world = await Postgres.NewWorldAsync(new WorldPlan(Machines: 1000, Vcpus: 1000, MemoryMib: 1_000_000, DiskGib: 10_000));
        for (var i = 0; i <= SweepFaults.Most; i++)
            await LeasedAsync(world, Day);
        await PoisonAsync("operations", "true");
        Postgres.Time.Advance(Day);

        (await Should.ThrowAsync<AggregateException>(SweepAsync())).InnerExceptions.Count.ShouldBe(SweepFaults.Most);
    }

    [Fact]
    public async Task A_clock_that_is_set_back_warns_nobody_twice_ends_nothing_twice_and_takes_nothing_back()
    {
        var world = await Postgres.NewWorldAsync();
        var hour = TimeSpan.FromHours(1);
        var machine = await LeasedAsync(world, 2 * Day);
        (await AfterAsync(Day)).Warned.ShouldBe(1);

        (await AfterAsync(-hour)).IsNothing.ShouldBeTrue();
        // New terms have every lease looked at again.
        (await Leases.SetTermsAsync(world.Admin, world.Project.Id, LeaseTerms.BuiltIn with { WarnDays = [1] }, 0, Ct)).IsOk.ShouldBeTrue();
        (await SweepAsync()).IsNothing.ShouldBeTrue();

        (await AfterAsync(hour + Day)).Ended.ShouldBe(1);
        (await AfterAsync(-hour)).IsNothing.ShouldBeTrue();
        (await MachineAsync(machine.Id)).LeaseStage.ShouldBe(LeaseStage.Ending);
        await CarryOutAsync(MachineState.Off);

        // Once the clock has caught up the lease goes on where it was.
        (await AfterAsync(hour + TimeSpan.FromSeconds(15))).ShouldBe(new LeaseSweep(0, 0, 0, Kept: 1, 0));
        (await AfterAsync(-hour)).IsNothing.ShouldBeTrue();
        (await MachineAsync(machine.Id)).LeaseStage.ShouldBe(LeaseStage.Grace);
        (await OperationsAsync(machine.Id)).Count.ShouldBe(1);
        (await AuditAsync(machine.Id)).ShouldBe(["machine.lease-end", "machine.shut-down", "machine.lease-grace"], ignoreOrder: true);
    }
}
