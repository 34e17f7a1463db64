using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Portal.Domain;
using Portal.Domain.Accounts;
using Portal.Domain.Machines;
using Portal.Domain.Migrations;
using Portal.Domain.Operations;
using Portal.Domain.Projects;
using Portal.Domain.Schedules;
using Portal.Tests.Postgres;

namespace Portal.Tests.Domain.Schedules;

/// <summary>Schedules run once, late within their window, and say so when they do not.</summary>
public sealed class ScheduleRunTests(PostgresCluster cluster) : ScheduleTest(cluster)
{
    [Fact]
    public async Task A_machine_is_stopped_and_started_at_its_times_with_the_rights_of_who_said_so()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await world.AddMachineAsync();
        var off = await MakeAsync(world.Member, machine, ScheduleKind.PowerOff);

        (await AtItsTimeAsync(off)).ShouldBe(new ScheduleSweep(Taken: 1, Ordered: 1, Settled: 0));
        var claim = await ClaimAsync();
        claim.Read<PowerParameters>().Action.ShouldBe(PowerAction.ShutDown);
        claim.By.UserId.ShouldBe(world.Member.UserId);
        await Books.PowerDoneAsync(claim, MachineState.Off, Ct);

        (await SweepAsync()).Settled.ShouldBe(1);
        (await RunsAsync(off)).Single().ShouldSatisfyAllConditions(r => r.Outcome.ShouldBe(ScheduleOutcome.Done), r => r.OperationId.ShouldBe(claim.OperationId));
        (await Schedules.GetAsync(world.Member, off.Id, Ct))!.NextAt.ShouldBe(off.NextAt!.Value.AddDays(1));
    }

    [Fact]
    public async Task Four_sweepers_at_once_order_each_run_once()
    {
        var world = await Postgres.NewWorldAsync(new WorldPlan(Machines: 100));
        var machines = new List<Machine>();
        ScheduleRow? last = null;
        for (var i = 0; i < 12; i++)
        {
            machines.Add(await world.AddMachineAsync());
            last = await MakeAsync(world.Member, machines[^1], ScheduleKind.PowerOff);
        }

        Postgres.Time.Advance(last!.NextAt!.Value - Now);
        var sweeps = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(SweepAsync, Ct)));
        await SweepAsync();

        sweeps.Sum(s => s.Taken).ShouldBe(12);
        foreach (var machine in machines)
            (await OperationsAsync(machine.Id)).ShouldBe(1);
    }

    [Fact]
    public async Task A_busy_machine_is_tried_again_within_the_window_and_missed_after_it()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await world.AddMachineAsync();
        var off = await MakeAsync(world.Member, machine, ScheduleKind.PowerOff);
        (await EnqueueAsync(machine, world.Admin, OperationKind.Migrate)).IsOk.ShouldBeTrue();

        (await AtItsTimeAsync(off)).ShouldBe(new ScheduleSweep(1, 0, 0));
        (await RunsAsync(off)).Single().ShouldSatisfyAllConditions(r => r.Outcome.ShouldBe(ScheduleOutcome.Waiting), r => r.Detail.ShouldNotBeNull().ShouldContain("not finished"));
        (await AfterAsync(TimeSpan.FromMinutes(14))).Ordered.ShouldBe(0);
        await Books.PowerDoneAsync(await ClaimAsync(), MachineState.Running, Ct);
        (await SweepAsync()).Ordered.ShouldBe(1);

        await Books.PowerDoneAsync(await ClaimAsync(), MachineState.Running, Ct);
        (await EnqueueAsync(machine, world.Admin, OperationKind.Migrate)).IsOk.ShouldBeTrue();
        await AtItsTimeAsync(off);
        await AfterAsync(TimeSpan.FromMinutes(16));
        (await RunsAsync(off))[0].ShouldSatisfyAllConditions(r => r.Outcome.ShouldBe(ScheduleOutcome.Missed), r => r.Detail.ShouldNotBeNull().ShouldContain("15 minutes"));
    }

    [Fact]
    public async Task A_machine_whose_host_is_away_waits_and_is_done_when_it_is_back_in_time()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await world.AddMachineAsync();
        var off = await MakeAsync(world.Member, machine, ScheduleKind.PowerOff);
        await ChangeAsync(machine.Id, m => m.Become(MachineState.Unknown, "away", Now));

        (await AtItsTimeAsync(off)).Ordered.ShouldBe(0);
        await ChangeAsync(machine.Id, m => m.Become(MachineState.Running, null, Now));
        (await AfterAsync(TimeSpan.FromMinutes(3))).Ordered.ShouldBe(1);
    }

    [Fact]
    public async Task Times_slept_through_are_noted_as_missed_and_only_the_last_within_the_window_is_done()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await world.AddMachineAsync();
        var off = await MakeAsync(world.Member, machine, ScheduleKind.PowerOff);

        Postgres.Time.Advance(off.NextAt!.Value.AddDays(3).AddMinutes(10) - Now);
        (await SweepAsync()).ShouldBe(new ScheduleSweep(1, Ordered: 1, 0));
        (await RunsAsync(off)).Select(r => r.Outcome).ShouldBe([ScheduleOutcome.Ordered, ScheduleOutcome.Missed, ScheduleOutcome.Missed, ScheduleOutcome.Missed]);

        Postgres.Time.Advance(TimeSpan.FromDays(1).Add(TimeSpan.FromMinutes(30)));
        await SweepAsync();
        (await RunsAsync(off))[0].ShouldSatisfyAllConditions(r => r.Outcome.ShouldBe(ScheduleOutcome.Missed), r => r.Detail.ShouldNotBeNull().ShouldContain("not running"));
    }

    [Fact]
    public async Task A_clock_that_is_set_back_runs_nothing_twice()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await world.AddMachineAsync();
        var off = await MakeAsync(world.Member, machine, ScheduleKind.PowerOff);
        await AtItsTimeAsync(off);
        await Books.PowerDoneAsync(await ClaimAsync(), MachineState.Running, Ct);

        Postgres.Time.Advance(TimeSpan.FromHours(-1));
        // Saying the same again computes the next time anew, which is the one that ran.
        (await Schedules.ChangeAsync(world.Member, off.Id, off.Timing, null, true, off.Version, Ct)).IsOk.ShouldBeTrue();
        await AfterAsync(TimeSpan.FromHours(1));

        (await OperationsAsync(machine.Id)).ShouldBe(1);
        (await RunsAsync(off)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_run_whose_maker_lost_the_right_is_refused()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await world.AddMachineAsync();
        var off = await MakeAsync(world.Member, machine, ScheduleKind.PowerOff);
        await using (var db = await Postgres.Contexts.CreateDbContextAsync(Ct))
            await db.ProjectMembers.Where(m => m.UserId == world.Member.UserId).ExecuteDeleteAsync(Ct);

        await AtItsTimeAsync(off);

        (await RunsAsync(off)).Single().Outcome.ShouldBe(ScheduleOutcome.Failed);
        (await OperationsAsync(machine.Id)).ShouldBe(0);
    }

    [Fact]
    public async Task What_is_done_already_is_skipped()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await world.AddMachineAsync(MachineState.Off);
        var off = await MakeAsync(world.Member, machine, ScheduleKind.PowerOff);

        await AtItsTimeAsync(off);

        (await RunsAsync(off)).Single().ShouldSatisfyAllConditions(r => r.Outcome.ShouldBe(ScheduleOutcome.Skipped), r => r.Detail.ShouldNotBeNull().ShouldContain("off already"));
    }

    [Fact]
    public async Task An_operation_that_fails_makes_the_run_failed_with_its_words()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await world.AddMachineAsync();
        var off = await MakeAsync(world.Member, machine, ScheduleKind.PowerOff);
        await AtItsTimeAsync(off);
        await Books.PowerFailedAsync(await ClaimAsync(), "It still runs.", cancelled: false, MachineState.Running, Ct);

        await SweepAsync();

        (await RunsAsync(off)).Single().ShouldSatisfyAllConditions(r => r.Outcome.ShouldBe(ScheduleOutcome.Failed), r => r.Detail.ShouldBe("It still runs."));
    }

    [Fact]
    public async Task A_machine_moves_at_its_time_and_is_not_moved_while_it_is_off()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await world.AddMachineAsync();
        var move = await MakeAsync(world.Admin, machine, ScheduleKind.Relocate, new MigrationParameters(world.Hosts[1].Id, MigrationMode.Live, 100));
        move.DestinationName.ShouldBe(world.Hosts[1].Name);

        (await AtItsTimeAsync(move)).Ordered.ShouldBe(1);
        (await ClaimAsync()).Kind.ShouldBe(OperationKind.Migrate);
        var other = await world.AddMachineAsync(MachineState.Off);
        var never = await MakeAsync(world.Admin, other, ScheduleKind.Relocate, new MigrationParameters(null, MigrationMode.Live, null));
        await AtItsTimeAsync(never);
        (await RunsAsync(never)).Single().Outcome.ShouldBe(ScheduleOutcome.Skipped);
    }

    [Fact]
    public async Task A_deleted_machine_switches_its_schedules_off_and_the_list_hides_them()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await world.AddMachineAsync();
        var off = await MakeAsync(world.Member, machine, ScheduleKind.PowerOff);
        await ChangeAsync(machine.Id, m => m.Become(MachineState.Deleted, null, Now));

        await AtItsTimeAsync(off);

        (await Schedules.GetAsync(world.Member, off.Id, Ct))!.Enabled.ShouldBeFalse();
        (await Schedules.ListAsync(world.Member, new ListQuery(), Ct)).Total.ShouldBe(0);
    }

    [Fact]
    public async Task A_run_whose_schedule_somebody_holds_is_left_for_the_next_sweep()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await world.AddMachineAsync();
        var off = await MakeAsync(world.Member, machine, ScheduleKind.PowerOff);
        (await EnqueueAsync(machine, world.Member, OperationKind.Migrate)).IsOk.ShouldBeTrue();
        await AtItsTimeAsync(off);
        await ChangeAsync(machine.Id, m => m.Become(MachineState.Deleted, null, Now));
        await using (var db = await Postgres.Contexts.CreateDbContextAsync(Ct))
        {
            await using var transaction = await db.Database.BeginTransactionAsync(Ct);
            await db.Database.ExecuteSqlAsync($"select 1 from schedules where id = {off.Id} for update", Ct);

            (await SweepAsync()).Settled.ShouldBe(0);

            await db.Schedules.Where(s => s.Id == off.Id).ExecuteDeleteAsync(Ct);
            await transaction.CommitAsync(Ct);
        }

        (await SweepAsync()).ShouldBe(new ScheduleSweep(0, 0, 0));
    }

    [Theory]
    [InlineData("schedules")]
    [InlineData("schedule_runs")]
    [InlineData("operations")]
    public async Task A_schedule_that_cannot_be_dealt_with_holds_up_none_of_the_others(string table)
    {
        var world = await Postgres.NewWorldAsync(new WorldPlan(Machines: 100));
        var machines = new List<Machine>();
        var schedules = new List<ScheduleRow>();
        for (var i = 0; i < 7; i++)
        {
            machines.Add(await world.AddMachineAsync());
            schedules.Add(await MakeAsync(world.Member, machines[^1], ScheduleKind.PowerOff));
        }
        await PoisonAsync(table, table switch
        {
            "schedules" => $"new.id = '{schedules[3].Id}'",
            "schedule_runs" => $"new.schedule_id = '{schedules[3].Id}'",
            _ => $"new.machine_id = '{machines[3].Id}'",
        });

        (await Should.ThrowAsync<AggregateException>(AtItsTimeAsync(schedules[0]))).InnerExceptions.Count.ShouldBe(1);

        foreach (var each in machines)
            (await OperationsAsync(each.Id)).ShouldBe(each == machines[3] ? 0 : 1);
        await HealAsync();
        await SweepAsync();
        (await OperationsAsync(machines[3].Id)).ShouldBe(1);
    }

    [Fact]
    public async Task A_run_whose_end_cannot_be_noted_holds_up_none_of_the_others()
    {
        var world = await Postgres.NewWorldAsync(new WorldPlan(Machines: 100));
        var schedules = new List<ScheduleRow>();
        for (var i = 0; i < 3; i++)
            schedules.Add(await MakeAsync(world.Member, await world.AddMachineAsync(), ScheduleKind.PowerOff));
        await AtItsTimeAsync(schedules[0]);
        for (var i = 0; i < 3; i++)
            await Books.PowerDoneAsync(await ClaimAsync(), MachineState.Off, Ct);
        await PoisonAsync("schedule_runs", $"new.schedule_id = '{schedules[0].Id}'");

        (await Should.ThrowAsync<AggregateException>(SweepAsync())).InnerExceptions.Count.ShouldBe(1);

        var outcomes = new List<ScheduleOutcome>();
        foreach (var schedule in schedules)
            outcomes.Add((await RunsAsync(schedule)).Single().Outcome);
        outcomes.ShouldBe([ScheduleOutcome.Ordered, ScheduleOutcome.Done, ScheduleOutcome.Done]);
    }
}
