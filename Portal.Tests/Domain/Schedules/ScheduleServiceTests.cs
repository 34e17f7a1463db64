using Portal.Domain;
using Portal.Domain.Accounts;
using Portal.Domain.Leases;
using Portal.Domain.Machines;
using Portal.Domain.Migrations;
using Portal.Domain.Schedules;
using Portal.Tests.Postgres;

namespace Portal.Tests.Domain.Schedules;

/// <summary>Who makes which schedules, and what is refused.</summary>
public sealed class ScheduleServiceTests(PostgresCluster cluster) : ScheduleTest(cluster)
{
    static readonly ScheduleTiming On = new("Europe/Berlin", ScheduleTiming.Weekdays, new TimeOnly(7, 30));
    static readonly ScheduleTiming Off = new("Europe/Berlin", ScheduleTiming.Weekdays, new TimeOnly(19, 0));
    static readonly SchedulePart[] Pair = [new(ScheduleKind.PowerOn, On), new(ScheduleKind.PowerOff, Off)];

    [Fact]
    public async Task One_form_makes_a_pair_or_nothing()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await world.AddMachineAsync();

        (await Schedules.CreateAsync(world.Member, machine.Id, [Pair[0], new(ScheduleKind.PowerOff, Off with { Zone = "Nowhere" })], Ct)).Refusal.ShouldBeOfType<InvalidText>().Field.ShouldBe("zone");
        (await Schedules.OfMachineAsync(world.Member, machine.Id, Ct)).ShouldBeEmpty();
        (await Schedules.CreateAsync(world.Member, machine.Id, Pair, Ct)).Value.Select(s => s.Kind).ShouldBe([ScheduleKind.PowerOn, ScheduleKind.PowerOff]);
        (await Schedules.CreateAsync(world.Member, machine.Id, Pair, Ct)).Refusal.ShouldBeOfType<ScheduleExists>();
        (await Schedules.CreateAsync(world.Member, machine.Id, [], Ct)).Refusal.ShouldBeOfType<InvalidText>();
    }

    [Fact]
    public async Task Two_presses_at_once_make_it_once()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await world.AddMachineAsync();

        var results = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Schedules.CreateAsync(world.Member, machine.Id, Pair, Ct), Ct)));

        results.Count(r => r.IsOk).ShouldBe(1);
        (await Schedules.OfMachineAsync(world.Member, machine.Id, Ct)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Members_and_owners_schedule_power_and_operators_moves()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await world.AddMachineAsync();
        SchedulePart[] move = [new(ScheduleKind.Relocate, On, new MigrationParameters(null, MigrationMode.Live, 100))];
        var operating = world.Stranger with { Platform = PlatformRoles.Operator };

        (await Schedules.CreateAsync(world.Stranger, machine.Id, Pair, Ct)).Refusal.ShouldBeOfType<NotFound>();
        (await Schedules.CreateAsync(world.Viewer, machine.Id, Pair, Ct)).Refusal.ShouldBeOfType<NotAllowed>();
        (await Schedules.CreateAsync(operating, machine.Id, Pair, Ct)).Refusal.ShouldBeOfType<NotAllowed>();
        (await Schedules.CreateAsync(world.Owner, machine.Id, move, Ct)).Refusal.ShouldBeOfType<NotAllowed>();
        (await Schedules.CreateAsync(world.Owner, machine.Id, Pair, Ct)).IsOk.ShouldBeTrue();
        var moved = (await Schedules.CreateAsync(operating, machine.Id, move, Ct)).Value.Single();
        (await Schedules.DeleteAsync(world.Owner, moved.Id, Ct)).Refusal.ShouldBeOfType<NotAllowed>();
        (await Schedules.ListAsync(world.Stranger, new ListQuery(), Ct)).Total.ShouldBe(0);
        (await Schedules.GetAsync(world.Stranger, moved.Id, Ct)).ShouldBeNull();
        (await Schedules.RunsAsync(world.Stranger, moved.Id, 5, Ct)).ShouldBeNull();
        (await Schedules.ListAsync(world.Viewer, new ListQuery(), Ct)).Items.ShouldAllBe(s => !s.MayChange);
    }

    [Fact]
    public async Task A_stale_form_is_told_who_changed_it_and_what_it_says_now()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await world.AddMachineAsync();
        var made = (await Schedules.CreateAsync(world.Member, machine.Id, Pair, Ct)).Value[0];
        (await Schedules.ChangeAsync(world.Owner, made.Id, On with { At = new TimeOnly(8, 15) }, null, true, made.Version, Ct)).IsOk.ShouldBeTrue();

        var stale = (await Schedules.ChangeAsync(world.Member, made.Id, On, null, true, made.Version, Ct)).Refusal.ShouldBeOfType<ChangedMeanwhile>();

        stale.Message.ShouldContain(world.Owner.Name);
        stale.Message.ShouldContain("08:15");
    }

    [Fact]
    public async Task A_schedule_that_is_switched_off_has_no_next_time_and_one_switched_on_again_makes_up_for_nothing()
    {
        var world = await Postgres.NewWorldAsync();
        var made = (await Schedules.CreateAsync(world.Member, (await world.AddMachineAsync()).Id, Pair, Ct)).Value[0];

        (await Schedules.EnableAsync(world.Member, made.Id, false, Ct)).Value.NextAt.ShouldBeNull();
        Postgres.Time.Advance(TimeSpan.FromDays(10));
        (await SweepAsync()).Taken.ShouldBe(1); // the other of the pair
        (await Schedules.EnableAsync(world.Member, made.Id, true, Ct)).Value.NextAt.ShouldNotBeNull().ShouldBeGreaterThan(Now);
        (await Schedules.DeleteAsync(world.Member, made.Id, Ct)).IsOk.ShouldBeTrue();
        (await Schedules.GetAsync(world.Member, made.Id, Ct)).ShouldBeNull();
    }

    [Fact]
    public async Task A_move_needs_a_way_a_host_that_exists_and_a_promise_that_makes_sense()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await world.AddMachineAsync();
        async Task<string?> FieldAsync(MigrationParameters? move) => (await Schedules.CreateAsync(world.Admin, machine.Id, [new(ScheduleKind.Relocate, On, move)], Ct)).Refusal?.Field;

        (await FieldAsync(null)).ShouldBe("move");
        (await FieldAsync(new MigrationParameters(Guid.NewGuid(), MigrationMode.Live, null))).ShouldBe("host");
        (await FieldAsync(new MigrationParameters(null, MigrationMode.Live, double.NaN))).ShouldBe("objectiveMs");
        (await FieldAsync(new MigrationParameters(null, MigrationMode.Live, null))).ShouldBeNull();
    }

    [Fact]
    public async Task A_machine_has_no_more_schedules_than_one_can_look_after()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await world.AddMachineAsync();
        for (var hour = 0; hour < 20; hour++)
            (await Schedules.CreateAsync(world.Member, machine.Id, [new(ScheduleKind.PowerOn, On with { At = new TimeOnly(hour, 0) })], Ct)).IsOk.ShouldBeTrue();

        (await Schedules.CreateAsync(world.Member, machine.Id, Pair, Ct)).Refusal.ShouldBeOfType<TooManySchedules>();
        (await Schedules.ListAsync(world.Member, new ListQuery(machine.Name, "-next", Take: 5), Ct)).ShouldSatisfyAllConditions(p => p.Total.ShouldBe(20), p => p.Items.Count.ShouldBe(5));
    }
}
