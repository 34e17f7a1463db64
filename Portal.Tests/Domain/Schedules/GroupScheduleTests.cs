using Microsoft.EntityFrameworkCore;
using Portal.Domain;
using Portal.Domain.Accounts;
using Portal.Domain.Affinity;
using Portal.Domain.Evacuations;
using Portal.Domain.Hosts;
using Portal.Domain.Machines;
using Portal.Domain.Migrations;
using Portal.Domain.Schedules;
using Portal.Tests.Domain.Evacuations;
using Portal.Tests.Postgres;

namespace Portal.Tests.Domain.Schedules;

/// <summary>Machines of a tag, or on a host, moved at their time: who may, what became of each, and what is said when it could not be done.</summary>
public sealed class GroupScheduleTests(PostgresCluster cluster) : EvacuationTest(cluster)
{
    static readonly MigrationParameters Live = new(null, MigrationMode.Live, null);

    ScheduleService Schedules => Get<ScheduleService>();

    DateTimeOffset Now => Postgres.Time.GetUtcNow();

    [Fact]
    public async Task The_machines_with_a_tag_are_moved_and_each_has_an_outcome()
    {
        var world = await Postgres.NewWorldAsync(new WorldPlan(Hosts: 2));
        var (goes, stays, there, other) = (await world.AddMachineAsync(), await world.AddMachineAsync(), await world.AddMachineAsync(host: world.Hosts[1]), await world.AddMachineAsync());
        foreach (var machine in new[] { goes, stays, there })
            await TagAsync(world, machine, "night");
        var schedule = await MakeAsync(world, ScheduleTarget(world, "night"), Live with { AskedHostId = world.Hosts[1].Id });

        await AtItsTimeAsync(schedule);
        await LookAsync();
        var first = await EndMoveAsync();
        await LookAsync();
        await EndMoveAsync(MigrationStatus.Cancelled, "Somebody stopped it.");
        await LookAsync();
        await SweepAsync();

        var run = (await RunsAsync(schedule)).ShouldHaveSingleItem();
        run.Outcome.ShouldBe(ScheduleOutcome.Partly);
        run.Detail.ShouldNotBeNull().ShouldStartWith("2 of 3 moved.");
        run.Machines.Select(m => m.Id).ShouldBe([goes.Id, stays.Id, there.Id], ignoreOrder: true);
        run.Machines.Single(m => m.Id == there.Id).ShouldSatisfyAllConditions(m => m.State.ShouldBe(EvacuationItemState.Moved), m => m.Detail.ShouldNotBeNull().ShouldContain("already"));
        run.Machines.Single(m => m.Id == first).ShouldSatisfyAllConditions(m => m.State.ShouldBe(EvacuationItemState.Moved), m => m.MigrationId.ShouldNotBeNull());
        run.Machines.Single(m => m.State == EvacuationItemState.Stayed).Detail.ShouldNotBeNull().ShouldContain("cancelled");
        (await MovesAsync()).ShouldNotContain(m => m.MachineId == other.Id);
    }

    [Fact]
    public async Task A_hosts_load_goes_to_other_hosts_and_the_host_stays_in_service()
    {
        var world = await Postgres.NewWorldAsync(new WorldPlan(Hosts: 3));
        await world.AddMachineAsync();
        await world.AddMachineAsync(MachineState.Off);
        var schedule = await MakeAsync(world, new ScheduleTarget(HostId: world.Hosts[0].Id), Live);

        await AtItsTimeAsync(schedule);
        await LookAsync();
        var evacuation = (await RunsAsync(schedule)).Single().EvacuationId.ShouldNotBeNull();
        (await SeeAsync(world, evacuation)).ShouldSatisfyAllConditions(e => e.Evacuation.Kind.ShouldBe(EvacuationKind.Relocate), e => e.Evacuation.ScheduleId.ShouldBe(schedule.Id), e => e.Items.ShouldAllBe(i => i.State == EvacuationItemState.Moving && i.DestinationName != world.Hosts[0].Name));

        (await Get<HostService>().GetAsync(world.Admin, world.Hosts[0].Id, Ct))!.MaintenanceSince.ShouldBeNull();
        (await Evacuations.LastAsync(world.Admin, world.Hosts[0].Id, Ct)).ShouldNotBeNull();
        (await Evacuations.StartAsync(world.Admin, world.Hosts[0].Id, new EvacuationOrder(), Ct)).Refusal.ShouldBeOfType<EvacuationUnderWay>().Message.ShouldContain("A schedule moves what is on");
    }

    [Fact]
    public async Task No_move_begins_after_the_window_and_what_is_left_says_so()
    {
        var world = await Postgres.NewWorldAsync(new WorldPlan(Hosts: 2));
        for (var n = 0; n < 3; n++)
            await TagAsync(world, await world.AddMachineAsync(), "night");
        var schedule = await MakeAsync(world, ScheduleTarget(world, "night"), Live, new ScheduleWindow(10));

        await AtItsTimeAsync(schedule);
        await LookAsync();
        (await MovesAsync()).Count.ShouldBe(2);
        Postgres.Time.Advance(TimeSpan.FromMinutes(10));
        await LookAsync();
        await EndMoveAsync();
        await EndMoveAsync();
        await LookAsync();
        await SweepAsync();

        var run = (await RunsAsync(schedule)).Single();
        (run.Outcome, (await MovesAsync()).Count).ShouldBe((ScheduleOutcome.Partly, 2));
        run.Machines.Single(m => m.State == EvacuationItemState.Stayed).Detail.ShouldNotBeNull().ShouldStartWith("The window closed at");
    }

    [Theory]
    [InlineData(WhenLate.Skip, null, ScheduleOutcome.Missed)]
    [InlineData(WhenLate.RunLate, null, ScheduleOutcome.Ordered)]
    [InlineData(WhenLate.RunLate, 120, ScheduleOutcome.Ordered)]
    [InlineData(WhenLate.RunLate, 60, ScheduleOutcome.Missed)]
    public async Task A_time_slept_through_is_left_out_or_done_late_as_the_schedule_says_and_told_either_way(WhenLate late, int? window, ScheduleOutcome outcome)
    {
        var world = await Postgres.NewWorldAsync();
        await TagAsync(world, await world.AddMachineAsync(), "night");
        var schedule = await MakeAsync(world, ScheduleTarget(world, "night"), Live, new ScheduleWindow(window, late));

        Postgres.Time.Advance(schedule.NextAt!.Value.AddMinutes(90) - Now);
        await SweepAsync();

        (await RunsAsync(schedule)).Single().ShouldSatisfyAllConditions(r => r.Outcome.ShouldBe(outcome), r => r.Detail.ShouldNotBeNull().ShouldContain("not running"));
        await using var db = await Postgres.Contexts.CreateDbContextAsync(Ct);
        (await db.Notices.Where(n => n.SubjectId == schedule.Id).ToListAsync(Ct)).ShouldContain(n => n.UserId == world.Admin.UserId);
    }

    [Fact]
    public async Task What_waits_since_an_earlier_time_gives_way_to_the_next()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await world.AddMachineAsync();
        await TagAsync(world, machine, "night");
        var schedule = await MakeAsync(world, ScheduleTarget(world, "night"), Live, new ScheduleWindow(null, WhenLate.RunLate));
        await AtItsTimeAsync(schedule);
        await LookAsync();

        await AtItsTimeAsync(schedule);
        (await RunsAsync(schedule)).Select(r => r.Outcome).ShouldBe([ScheduleOutcome.Waiting, ScheduleOutcome.Ordered]);
        await AtItsTimeAsync(schedule);

        (await RunsAsync(schedule)).Select(r => r.Outcome).ShouldBe([ScheduleOutcome.Waiting, ScheduleOutcome.Missed, ScheduleOutcome.Ordered]);
    }

    [Fact]
    public async Task One_that_runs_once_is_off_afterwards_and_is_not_switched_on_again()
    {
        var world = await Postgres.NewWorldAsync();
        var once = new ScheduleTiming("UTC", [], null, Once: DateTime.SpecifyKind(Now.UtcDateTime.AddHours(2), DateTimeKind.Unspecified));
        var made = (await Schedules.CreateAsync(world.Admin, new ScheduleTarget(HostId: world.Hosts[0].Id), [new SchedulePart(ScheduleKind.Relocate, once, Live)], Ct)).Value.Single();

        await AtItsTimeAsync(made);

        (await Schedules.GetAsync(world.Admin, made.Id, Ct))!.ShouldSatisfyAllConditions(s => s.Enabled.ShouldBeFalse(), s => s.NextAt.ShouldBeNull(), s => s.Last!.Outcome.ShouldBe(ScheduleOutcome.Skipped));
        (await Schedules.EnableAsync(world.Admin, made.Id, true, Ct)).Refusal.ShouldBeOfType<InvalidText>().Field.ShouldBe("once");
        (await Schedules.CreateAsync(world.Admin, new ScheduleTarget(HostId: world.Hosts[1].Id), [new SchedulePart(ScheduleKind.Relocate, once, Live)], Ct)).Refusal.ShouldBeOfType<InvalidText>().Field.ShouldBe("once");
        // A moment with an offset of its own is no time by the place's clocks.
        (once with { Once = Now.UtcDateTime.AddDays(2) }).Check().ShouldBeOfType<InvalidText>().Advice.ShouldContain("as the clocks of UTC show it");
    }

    [Fact]
    public async Task Machines_that_must_be_together_go_together()
    {
        var world = await Postgres.NewWorldAsync(new WorldPlan(Hosts: 3));
        var pair = new[] { await world.AddMachineAsync(), await world.AddMachineAsync() };
        foreach (var machine in pair)
            await TagAsync(world, machine, "night");
        (await Get<AffinityService>().CreateAsync(world.Admin, new AffinityDraft("pair", AffinityKind.Together, AffinityStrength.Must, world.Project.Id, [pair[0].Id, pair[1].Id]), Ct)).IsOk.ShouldBeTrue();
        var schedule = await MakeAsync(world, ScheduleTarget(world, "night"), Live);

        await AtItsTimeAsync(schedule);
        await LookAsync();
        await EndMoveAsync();
        await LookAsync();
        await EndMoveAsync();
        await LookAsync();
        await SweepAsync();

        (await RunsAsync(schedule)).ShouldHaveSingleItem().Outcome.ShouldBe(ScheduleOutcome.Done);
        (await MovesAsync()).Select(m => m.DestinationHostId).Distinct().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Who_has_no_place_while_another_is_on_its_way_goes_when_that_has_arrived()
    {
        var world = await Postgres.NewWorldAsync(new WorldPlan(Hosts: 3));
        var pair = new[] { await world.AddMachineAsync(), await world.AddMachineAsync(host: world.Hosts[1]) };
        foreach (var machine in pair)
            await TagAsync(world, machine, "night");
        (await Get<AffinityService>().CreateAsync(world.Admin, new AffinityDraft("pair", AffinityKind.Apart, AffinityStrength.Must, world.Project.Id, [pair[0].Id, pair[1].Id]), Ct)).IsOk.ShouldBeTrue();
        var schedule = await MakeAsync(world, ScheduleTarget(world, "night"), Live);

        // The one takes the third host, and what it leaves is free for the other only then.
        await AtItsTimeAsync(schedule);
        await LookAsync();
        await EndMoveAsync();
        await LookAsync();
        await EndMoveAsync();
        await LookAsync();
        await SweepAsync();

        (await RunsAsync(schedule)).ShouldHaveSingleItem().Outcome.ShouldBe(ScheduleOutcome.Done);
    }

    [Fact]
    public async Task Members_read_who_stayed_and_only_who_looks_after_hosts_why()
    {
        var world = await Postgres.NewWorldAsync(new WorldPlan(Hosts: 2));
        var stays = await world.AddMachineAsync();
        await TagAsync(world, stays, "night");
        var schedule = await MakeAsync(world, ScheduleTarget(world, "night"), Live);
        await AtItsTimeAsync(schedule);
        await LookAsync();
        await EndMoveAsync(MigrationStatus.Cancelled, "Somebody stopped it.");
        await LookAsync();
        await SweepAsync();

        var run = (await Schedules.RunsAsync(world.Member, schedule.Id, 5, Ct)).ShouldNotBeNull().ShouldHaveSingleItem();
        run.Machines.ShouldHaveSingleItem().ShouldSatisfyAllConditions(m => m.State.ShouldBe(EvacuationItemState.Stayed), m => m.Detail.ShouldBeNull());
        run.Detail.ShouldBe($"0 of 1 moved. Stayed: {stays.Name}.");
        (await Schedules.RunsAsync(world.Admin, schedule.Id, 5, Ct))!.Single().Machines.Single().Detail.ShouldNotBeNull();
    }

    [Fact]
    public async Task One_that_is_off_can_be_said_anew()
    {
        var world = await Postgres.NewWorldAsync();
        var made = await MakeAsync(world, new ScheduleTarget(HostId: world.Hosts[0].Id), Live);

        (await Schedules.ChangeAsync(world.Admin, made.Id, Daily with { At = new TimeOnly(4, 0) }, Live, enabled: false, made.Version, Ct)).Value.ShouldSatisfyAllConditions(s => s.Enabled.ShouldBeFalse(), s => s.Timing.At.ShouldBe(new TimeOnly(4, 0)));
    }

    [Fact]
    public async Task Operators_schedule_many_machines_and_a_hosts_schedule_is_nobody_elses_business()
    {
        var world = await Postgres.NewWorldAsync();
        var operating = world.Stranger with { Platform = PlatformRoles.Operator };
        var (tag, host) = (ScheduleTarget(world, "night"), new ScheduleTarget(HostId: world.Hosts[0].Id));
        async Task<Refusal?> TryAsync(Actor actor, ScheduleTarget target, ScheduleKind kind = ScheduleKind.Relocate) => (await Schedules.CreateAsync(actor, target, [new SchedulePart(kind, Daily, kind == ScheduleKind.Relocate ? Live : null)], Ct)).Refusal;

        (await TryAsync(world.Owner, tag)).ShouldBeOfType<NotAllowed>();
        (await TryAsync(world.Stranger, tag)).ShouldBeOfType<NotFound>();
        (await TryAsync(world.Owner, host)).ShouldBeOfType<NotFound>();
        (await TryAsync(operating, tag, ScheduleKind.PowerOff)).ShouldNotBeNull();
        (await TryAsync(world.Admin, tag, ScheduleKind.PowerOff)).ShouldBeOfType<InvalidText>().Field.ShouldBe("kind");
        (await TryAsync(operating, tag)).ShouldBeNull();
        (await TryAsync(operating, tag)).ShouldBeOfType<ScheduleExists>();
        (await TryAsync(operating, host)).ShouldBeNull();
        (await TryAsync(operating, new ScheduleTarget(HostId: world.Hosts[0].Id, Tag: "night"))).ShouldBeOfType<InvalidText>().Field.ShouldBe("target");
        (await TryAsync(operating, new ScheduleTarget(ProjectId: world.Project.Id, Tag: "Night!"))).ShouldBeOfType<InvalidText>().Field.ShouldBe("tag");
        (await Schedules.CreateAsync(operating, host, [new SchedulePart(ScheduleKind.Relocate, Daily, Live with { AskedHostId = host.HostId })], Ct)).Refusal.ShouldBeOfType<InvalidText>().Field.ShouldBe("host");
        (await Schedules.CreateAsync(operating, host, [new SchedulePart(ScheduleKind.Relocate, Daily, Live, new ScheduleWindow(1))], Ct)).Refusal.ShouldBeOfType<InvalidText>().Field.ShouldBe("window");
        (await Schedules.ListAsync(world.Viewer, new ListQuery(), Ct)).Items.Select(s => s.Subject).ShouldBe(["machines tagged night"]);
        (await Schedules.ListAsync(operating, new ListQuery(world.Hosts[0].Name, "machine", Filters: new Dictionary<string, string> { ["about"] = "host" }), Ct)).Items.ShouldHaveSingleItem().HostId.ShouldBe(host.HostId);
    }

    static ScheduleTiming Daily => new("UTC", Enum.GetValues<DayOfWeek>(), new TimeOnly(3, 0));

    static ScheduleTarget ScheduleTarget(World world, string tag) => new(ProjectId: world.Project.Id, Tag: tag);

    async Task<ScheduleRow> MakeAsync(World world, ScheduleTarget target, MigrationParameters move, ScheduleWindow? window = null) =>
        (await Schedules.CreateAsync(world.Admin, target, [new SchedulePart(ScheduleKind.Relocate, Daily, move, window)], Ct)).Value.Single();

    async Task TagAsync(World world, Machine machine, string tag) => (await Get<MachineService>().TagAsync(world.Member, machine.Id, [tag], Ct)).IsOk.ShouldBeTrue();

    Task<ScheduleSweep> SweepAsync() => Get<ScheduleSweeper>().SweepAsync(Now, Ct);

    async Task AtItsTimeAsync(ScheduleRow schedule)
    {
        Postgres.Time.Advance((await Schedules.GetAsync(Actor.System, schedule.Id, Ct))!.NextAt!.Value - Now);
        await SweepAsync();
    }

    async Task<IReadOnlyList<ScheduleRunRow>> RunsAsync(ScheduleRow schedule) => (await Schedules.RunsAsync(Actor.System, schedule.Id, 50, Ct)).ShouldNotBeNull();
}
