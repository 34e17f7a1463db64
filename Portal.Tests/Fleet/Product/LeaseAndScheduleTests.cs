using Microsoft.EntityFrameworkCore;
using Portal.Domain.Leases;
using Portal.Domain.Machines;
using Portal.Domain.Migrations;
using Portal.Domain.Operations;
using Portal.Domain.Schedules;

namespace Portal.Tests.Fleet.Product;

/// <summary>Leases and schedules of the whole product, on real machines and by Quartz's own triggers.</summary>
[Collection(FleetPortalCollection.Name)]
public sealed class LeaseAndScheduleTests(FleetPortal portal)
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_lease_ends_the_machine_is_shut_down_and_kept_and_an_owner_has_it_back_and_starts_it()
    {
        var machine = (await portal.RunningAsync(1))[0];
        await EndLeaseAsync(machine.Id);

        var kept = await LeaseAsync(machine.Id, lease => lease.Lease.Stage == LeaseStage.Grace);
        (await portal.MachineAsync(machine.Id)).State.ShouldBe(MachineState.Off);
        kept.Lease.GraceUntil.ShouldNotBeNull();
        (await portal.PowerAsync(machine.Id, PowerAction.Start)).Text.ShouldContain("lease-over");

        ((int)(await portal.Admin.PostAsync($"machines/{machine.Id}/lease/keep")).Status).ShouldBe(200);
        (await portal.EndedAsync((await portal.PowerAsync(machine.Id, PowerAction.Start)).As<OperationRow>().Id)).Status.ShouldBe(OperationStatus.Succeeded);
        await portal.MachineAsync(machine.Id, MachineState.Running);
        await portal.AgreeAsync();
    }

    [Fact]
    public async Task A_lease_that_ends_during_a_move_waits_for_it()
    {
        var machine = (await portal.RunningAsync(1))[0];
        var move = await portal.MoveAsync(machine.Id, portal.Others(machine.HostName)[0]);
        await EndLeaseAsync(machine.Id);

        (await portal.EndedAsync(move)).Status.ShouldBe(MigrationStatus.Moved);
        await LeaseAsync(machine.Id, lease => lease.Lease.Stage == LeaseStage.Grace);
        await using (var db = await portal.OpenAsync())
        {
            var moved = await db.Operations.AsNoTracking().SingleAsync(o => o.Id == move.OperationId, Ct);
            var shutDown = await db.Operations.AsNoTracking().Where(o => o.MachineId == machine.Id && o.Kind == OperationKind.Power).OrderByDescending(o => o.CreatedAt).FirstAsync(Ct);
            shutDown.CreatedAt.ShouldBeGreaterThan(moved.EndedAt!.Value);
        }

        await portal.RemoveAsync(machine.Id);
        await portal.AgreeAsync();
    }

    [Fact]
    public async Task A_schedule_stops_a_machine_and_another_starts_it()
    {
        var machine = (await portal.RunningAsync(1))[0];
        var timing = new ScheduleTiming("Europe/Berlin", ScheduleTiming.Weekdays, new TimeOnly(7, 30));
        var made = (await portal.Admin.PostAsync($"machines/{machine.Id}/schedules", new { Parts = new[] { new SchedulePart(ScheduleKind.PowerOff, timing), new SchedulePart(ScheduleKind.PowerOn, timing with { At = new TimeOnly(19, 0) }) } })).As<ScheduleRow[]>();

        (await RunAsync(made.Single(s => s.Kind == ScheduleKind.PowerOff))).Outcome.ShouldBe(ScheduleOutcome.Done);
        await portal.MachineAsync(machine.Id, MachineState.Off);
        (await RunAsync(made.Single(s => s.Kind == ScheduleKind.PowerOn))).Outcome.ShouldBe(ScheduleOutcome.Done);
        await portal.MachineAsync(machine.Id, MachineState.Running);
        foreach (var schedule in made)
            ((int)(await portal.Admin.DeleteAsync($"schedules/{schedule.Id}")).Status).ShouldBe(200);
        await portal.AgreeAsync();
    }

    [Fact]
    public async Task A_restart_of_postgresql_does_not_stop_time_triggers()
    {
        var machine = (await portal.RunningAsync(1))[0];
        await portal.RestartDatabaseAsync();
        await EndLeaseAsync(machine.Id);

        await LeaseAsync(machine.Id, lease => lease.Lease.Stage == LeaseStage.Grace);
        await portal.RemoveAsync(machine.Id);
    }

    [Fact]
    public async Task What_ended_while_the_portal_was_down_is_handled_when_it_is_back()
    {
        var machine = (await portal.RunningAsync(1))[0];
        await portal.StopAsync();
        await EndLeaseAsync(machine.Id);
        await portal.StartAsync();

        await LeaseAsync(machine.Id, lease => lease.Lease.Stage == LeaseStage.Grace);
        await portal.RemoveAsync(machine.Id);
        await portal.AgreeAsync();
    }

    /// <summary>The machine has had a lease, and its end is now.</summary>
    Task EndLeaseAsync(Guid machine) =>
        portal.ExecuteAsync($"update machines set lease_stage = 'Running', lease_started_at = now() - interval '1 day', lease_ends_at = now(), lease_due_at = now(), lease_warned_days = 1, lease_tries = 0 where id = '{machine}'");

    Task<LeaseDetails> LeaseAsync(Guid machine, Func<LeaseDetails, bool> reached) =>
        Wait.UntilAsync("the lease to go on", () => portal.ReadAsync<LeaseDetails>($"machines/{machine}/lease"), reached, TimeSpan.FromMinutes(4));

    /// <summary>The schedule's time is now; what came of it.</summary>
    async Task<ScheduleRunRow> RunAsync(ScheduleRow schedule)
    {
        await portal.ExecuteAsync($"update schedules set next_at = now() where id = '{schedule.Id}'");
        return (await Wait.UntilAsync("the schedule to have run", () => portal.ReadAsync<ScheduleRow>($"schedules/{schedule.Id}"), seen => seen.Last is { EndedAt: not null }, TimeSpan.FromMinutes(3))).Last!;
    }
}
