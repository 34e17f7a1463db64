using Microsoft.EntityFrameworkCore;
using Portal.Domain;
using Portal.Domain.Accounts;
using Portal.Domain.Evacuations;
using Portal.Domain.Hosts;
using Portal.Domain.Machines;
using Portal.Domain.Migrations;
using Portal.Tests.Postgres;

namespace Portal.Tests.Domain.Evacuations;

public sealed class EvacuationServiceTests(PostgresCluster cluster) : EvacuationTest(cluster)
{
    [Fact]
    public async Task A_plan_says_who_goes_where_and_who_stays_and_changes_nothing()
    {
        var world = await Postgres.NewWorldAsync(new WorldPlan(Hosts: 3));
        await world.AddMachineAsync(name: "web-01");
        await world.AddMachineAsync(name: "web-02");
        await world.AddMachineAsync(MachineState.Off, name: "db-01");
        await world.AddMachineAsync(MachineState.Failed, name: "bad-01");

        var preview = (await Evacuations.PlanAsync(world.Admin, world.Hosts[0].Id, EvacuationKind.Empty, new EvacuationOrder(), Ct)).Value;

        preview.Plan.Moves.Select(m => (m.MachineName, m.To)).ShouldBe([("db-01", world.Hosts[1].Name), ("web-01", world.Hosts[2].Name), ("web-02", world.Hosts[1].Name)]);
        preview.Plan.Moves.Select(m => m.IsOff).ShouldBe([true, false, false]);
        preview.Plan.Stays.ShouldHaveSingleItem().Why.ShouldStartWith("It is broken, so it cannot be moved.");
        (preview.Plan.TotalSeconds, preview.Plan.WorstBlackoutMs, preview.Plan.Unknown).ShouldBe((null, null, 2));
        (await Get<HostService>().GetAsync(world.Admin, world.Hosts[0].Id, Ct))!.MaintenanceSince.ShouldBeNull();
        (await MovesAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_moves_came_to_before_is_what_is_foretold()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await world.AddMachineAsync(name: "web-01");
        (await Get<MigrationService>().StartAsync(world.Admin, machine.Id, world.Hosts[1].Id, MigrationMode.Live, null, "k", Ct)).IsOk.ShouldBeTrue();
        await EndMoveAsync();

        var preview = (await Evacuations.PlanAsync(world.Admin, world.Hosts[1].Id, EvacuationKind.Empty, new EvacuationOrder(), Ct)).Value;

        var forecast = preview.Plan.Moves.ShouldHaveSingleItem().Forecast.ShouldNotBeNull();
        (forecast.Moves, forecast.Basis).ShouldBe((1, ForecastBasis.Fleet));
        forecast.Seconds.ShouldBe(5, 0.5);
        52d.ShouldBeInRange(forecast.BlackoutMsLow!.Value, forecast.BlackoutMsHigh!.Value);
        (preview.Plan.TotalSeconds, preview.Plan.WorstBlackoutMs, preview.Plan.Unknown).ShouldBe((forecast.Seconds, forecast.BlackoutMsHigh, 0));
    }

    [Fact]
    public async Task From_the_start_nothing_is_placed_on_the_host_or_moved_to_it_or_started_on_it()
    {
        var world = await Postgres.NewWorldAsync();
        var off = await world.AddMachineAsync(MachineState.Off, name: "db-01");
        var elsewhere = await world.AddMachineAsync(host: world.Hosts[1]);

        (await Evacuations.StartAsync(world.Admin, world.Hosts[0].Id, new EvacuationOrder(), Ct)).IsOk.ShouldBeTrue();

        (await Get<HostService>().GetAsync(world.Admin, world.Hosts[0].Id, Ct))!.ShouldSatisfyAllConditions(h => h.MaintenanceSince.ShouldNotBeNull(), h => h.MaintenanceBy.ShouldBe(world.Admin.Name), h => h.Room.InMaintenance.ShouldBeTrue());
        (await GrantedMachineAsync(world)).HostId.ShouldBe(world.Hosts[1].Id);
        var to = await Get<MigrationService>().StartAsync(world.Admin, elsewhere.Id, world.Hosts[0].Id, MigrationMode.Live, null, "k", Ct);
        to.Refusal.ShouldBeOfType<HostInMaintenance>();
        var best = (await Get<MigrationService>().StartAsync(world.Admin, elsewhere.Id, null, MigrationMode.Live, null, "k2", Ct)).Refusal.ShouldBeOfType<NoHostWithRoom>();
        best.Message.ShouldContain($"{world.Hosts[0].Name} is in maintenance");
        var started = await Get<MachineService>().PowerAsync(world.Member, off.Id, PowerAction.Start, "k3", Ct);
        started.Refusal.ShouldBeOfType<HostInMaintenance>().Advice.ShouldContain("when");
    }

    [Fact]
    public async Task Who_asks_a_second_time_is_told_who_asked_first()
    {
        var world = await Postgres.NewWorldAsync();
        var second = await Postgres.HireAsync(PlatformRoles.Operator);
        await world.AddMachineAsync();

        var id = await BeginAsync(world);

        var refused = (await Evacuations.StartAsync(second, world.Hosts[0].Id, new EvacuationOrder(), Ct)).Refusal.ShouldBeOfType<EvacuationUnderWay>();
        refused.Id.ShouldBe(id);
        refused.Message.ShouldStartWith($"{world.Hosts[0].Name} is being emptied already, asked for by {world.Admin.Name} at ");
        (await Evacuations.ReleaseAsync(second, world.Hosts[0].Id, null, Ct)).Refusal.ShouldBeOfType<EvacuationUnderWay>();
        await FinishAsync();
        var again = (await Evacuations.StartAsync(second, world.Hosts[0].Id, new EvacuationOrder(), Ct)).Refusal.ShouldBeOfType<AlreadyInMaintenance>();
        again.Message.ShouldContain($"{world.Admin.Name} put it there");
    }

    [Fact]
    public async Task Of_ten_who_ask_at_once_one_is_taken()
    {
        var world = await Postgres.NewWorldAsync();
        await world.AddMachineAsync();

        var asked = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Task.Run(() => Evacuations.StartAsync(world.Admin, world.Hosts[0].Id, new EvacuationOrder(), Ct), Ct)));

        asked.Count(a => a.IsOk).ShouldBe(1);
        asked.Where(a => !a.IsOk).ShouldAllBe(a => a.Refusal is EvacuationUnderWay);
    }

    [Fact]
    public async Task A_plan_that_is_not_the_one_looked_at_any_more_is_not_begun()
    {
        var world = await Postgres.NewWorldAsync();
        await world.AddMachineAsync();
        var seen = (await Evacuations.PlanAsync(world.Admin, world.Hosts[0].Id, EvacuationKind.Empty, new EvacuationOrder(), Ct)).Value;
        await world.AddMachineAsync();

        (await Evacuations.StartAsync(world.Admin, world.Hosts[0].Id, new EvacuationOrder(Plan: seen.Fingerprint), Ct)).Refusal.ShouldBeOfType<PlanChanged>();

        (await Get<HostService>().GetAsync(world.Admin, world.Hosts[0].Id, Ct))!.MaintenanceSince.ShouldBeNull();
        var now = (await Evacuations.PlanAsync(world.Admin, world.Hosts[0].Id, EvacuationKind.Empty, new EvacuationOrder(), Ct)).Value;
        (await Evacuations.StartAsync(world.Admin, world.Hosts[0].Id, new EvacuationOrder(Plan: now.Fingerprint), Ct)).IsOk.ShouldBeTrue();
    }

    [Theory]
    [InlineData(0, 2, 4, "perHost")]
    [InlineData(2, 17, 4, "perLink")]
    [InlineData(2, 2, -1, "fleet")]
    public async Task Limits_that_make_no_sense_are_refused_at_their_field(int perHost, int perLink, int fleet, string field)
    {
        var world = await Postgres.NewWorldAsync();
        var order = new EvacuationOrder(Limits: new EvacuationLimits(perHost, perLink, fleet));

        (await Evacuations.PlanAsync(world.Admin, world.Hosts[0].Id, EvacuationKind.Empty, order, Ct)).Refusal.ShouldBeOfType<InvalidText>().Field.ShouldBe(field);
        (await Evacuations.StartAsync(world.Admin, world.Hosts[0].Id, order, Ct)).Refusal.ShouldBeOfType<InvalidText>().Field.ShouldBe(field);
        (await Evacuations.StartAsync(world.Admin, world.Hosts[0].Id, new EvacuationOrder(ObjectiveMs: double.NaN), Ct)).Refusal.ShouldBeOfType<InvalidText>().Field.ShouldBe("objectiveMs");
    }

    [Fact]
    public async Task Operators_do_it_auditors_look_and_nobody_else_learns_of_it()
    {
        var world = await Postgres.NewWorldAsync();
        await world.AddMachineAsync();
        var (auditor, approver) = (await Postgres.HireAsync(PlatformRoles.Auditor), await Postgres.HireAsync(PlatformRoles.Approver));
        var id = (await Evacuations.StartAsync(await Postgres.HireAsync(PlatformRoles.Operator), world.Hosts[0].Id, new EvacuationOrder(), Ct)).Value.Evacuation.Id;

        foreach (var actor in new[] { world.Owner, world.Stranger, auditor, approver })
        {
            (await Evacuations.PlanAsync(actor, world.Hosts[1].Id, EvacuationKind.Empty, new EvacuationOrder(), Ct)).Refusal.ShouldBeOfType<NotAllowed>();
            (await Evacuations.StartAsync(actor, world.Hosts[1].Id, new EvacuationOrder(), Ct)).Refusal.ShouldBeOfType<NotAllowed>();
            (await Evacuations.PauseAsync(actor, id, Ct)).Refusal.ShouldBeOfType<NotAllowed>();
            (await Evacuations.CancelAsync(actor, id, Ct)).Refusal.ShouldBeOfType<NotAllowed>();
            (await Evacuations.ReleaseAsync(actor, world.Hosts[0].Id, null, Ct)).Refusal.ShouldBeOfType<NotAllowed>();
        }
        (await Evacuations.GetAsync(auditor, id, Ct)).ShouldNotBeNull().MayAct.ShouldBeFalse();
        (await Evacuations.ListAsync(auditor, new ListQuery(), Ct)).Total.ShouldBe(1);
        (await Evacuations.GetAsync(world.Owner, id, Ct)).ShouldBeNull();
        (await Evacuations.LastAsync(approver, world.Hosts[0].Id, Ct)).ShouldBeNull();
        (await Evacuations.ListAsync(world.Owner, new ListQuery(), Ct)).Total.ShouldBe(0);
        (await Get<HostService>().GetAsync(world.Owner, world.Hosts[0].Id, Ct))!.ShouldSatisfyAllConditions(h => h.MaintenanceSince.ShouldNotBeNull(), h => h.MaintenanceBy.ShouldBeNull());
    }

    [Fact]
    public async Task What_is_done_to_a_host_is_in_the_trail_with_before_and_after()
    {
        var world = await Postgres.NewWorldAsync();
        await world.AddMachineAsync();

        var id = await BeginAsync(world);
        await Evacuations.PauseAsync(world.Admin, id, Ct);
        await Evacuations.ResumeAsync(world.Admin, id, Ct);
        await LookAsync();
        await FinishAsync();
        await Evacuations.ReleaseAsync(world.Admin, world.Hosts[0].Id, null, Ct);

        await using var db = await Postgres.Contexts.CreateDbContextAsync(Ct);
        var events = await db.AuditEvents.Where(e => e.SubjectKind == "host" && e.SubjectId == world.Hosts[0].Id).OrderBy(e => e.Id).ToListAsync(Ct);
        events.Select(e => e.Action).ShouldBe(["host.maintenance", "evacuation.pause", "evacuation.resume", "host.emptied", "host.in-service"]);
        events[0].Detail.ShouldContain("\"before\": {\"inMaintenance\": false}");
        events[0].Detail.ShouldContain("\"after\": {\"inMaintenance\": true}");
        events[1].Detail.ShouldContain("\"after\": {\"status\": \"Paused\"}");
    }
}
