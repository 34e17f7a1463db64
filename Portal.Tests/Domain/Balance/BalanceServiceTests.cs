using Microsoft.EntityFrameworkCore;
using Portal.Domain;
using Portal.Domain.Accounts;
using Portal.Domain.Affinity;
using Portal.Domain.Balance;
using Portal.Domain.Machines;
using Portal.Domain.Migrations;
using Portal.Domain.Operations;
using Portal.Domain.Schedules;
using Portal.Tests.Domain.Evacuations;
using Portal.Tests.Postgres;

namespace Portal.Tests.Domain.Balance;

/// <summary>Recommendations from the books, followed by hand and in a window.</summary>
public sealed class BalanceServiceTests(PostgresCluster cluster) : EvacuationTest(cluster)
{
    // Room for six of the world's machines on each host.
    static readonly WorldPlan Small = new(HostMemoryMib: 2048);

    static readonly BalanceTerms Always = new(new ScheduleTiming("UTC", [], null, "0 * * * *"), 60, 2);

    BalanceService Balance => Get<BalanceService>();

    DateTimeOffset Now => Postgres.Time.GetUtcNow();

    [Fact]
    public async Task Who_looks_after_hosts_sees_what_is_worth_moving_and_operators_follow_it()
    {
        var world = await Postgres.NewWorldAsync(Small);
        var machines = await CrowdAsync(world, 3);

        (await Balance.LookAsync(world.Owner, Ct)).Refusal.ShouldBeOfType<NotAllowed>();
        (await Balance.SettingsAsync(world.Owner, Ct)).Refusal.ShouldBeOfType<NotAllowed>();
        var auditor = await Postgres.HireAsync(PlatformRoles.Auditor);
        var seen = (await Balance.LookAsync(auditor, Ct)).Value;
        var worth = seen.Recommendations.ShouldHaveSingleItem();
        (seen.IsMeasured, worth.To).ShouldBe((false, world.Hosts[1].Name));
        (await Balance.ApplyAsync(auditor, [new(worth.MachineId, worth.ToHostId)], "k", Ct)).Refusal.ShouldBeOfType<NotAllowed>();

        var outcome = (await Balance.ApplyAsync(world.Admin, [new(worth.MachineId, worth.ToHostId), new(machines[2].Id, worth.ToHostId)], "k", Ct)).Value;
        outcome[0].Move!.Reason.ShouldBe($"Balance: {worth.Gain}");
        outcome[1].Refusal.ShouldBeOfType<NotRecommended>();
        // It counts where it goes from here on, so nothing more is worth a move.
        (await Balance.LookAsync(world.Admin, Ct)).Value.Recommendations.ShouldBeEmpty();
        await EndMoveAsync();
        (await Get<MigrationService>().GetAsync(world.Admin, outcome[0].Move!.Id, Ct))!.Migration.Reason.ShouldStartWith("Balance: ");
    }

    [Fact]
    public async Task A_choice_that_is_none_is_refused()
    {
        var world = await Postgres.NewWorldAsync(Small);
        var one = new BalanceChoice(Guid.NewGuid(), world.Hosts[0].Id);

        (await Balance.ApplyAsync(world.Admin, [], "k", Ct)).Refusal.ShouldBeOfType<InvalidText>();
        (await Balance.ApplyAsync(world.Admin, null!, "k", Ct)).Refusal.ShouldBeOfType<InvalidText>();
        (await Balance.ApplyAsync(world.Admin, [one, one], "k", Ct)).Refusal.ShouldBeOfType<InvalidText>();
        (await Balance.ApplyAsync(world.Admin, [one], "", Ct)).Refusal.ShouldBeOfType<InvalidText>().Field.ShouldBe("idempotencyKey");
        (await Balance.ApplyAsync(world.Admin, [one], "k", Ct)).Value.Single().Refusal.ShouldBeOfType<NotRecommended>();
    }

    [Fact]
    public async Task A_rule_that_is_broken_is_mended_and_none_is_broken_for_it()
    {
        var world = await Postgres.NewWorldAsync();
        var pair = await CrowdAsync(world, 2);
        (await Get<AffinityService>().CreateAsync(world.Owner, new AffinityDraft("pair", AffinityKind.Apart, AffinityStrength.Must, world.Project.Id, [.. pair.Select(m => m.Id)]), Ct)).IsOk.ShouldBeTrue();

        var worth = (await Balance.LookAsync(world.Admin, Ct)).Value.Recommendations.ShouldHaveSingleItem();

        worth.Gain.ShouldBe("the rule “pair” keeps it apart from a machine there");
        (await Balance.ApplyAsync(world.Admin, [new(worth.MachineId, worth.ToHostId)], "k", Ct)).Value.Single().Refusal.ShouldBeNull();
    }

    [Fact]
    public async Task Settings_are_off_until_an_operator_says_so_and_a_change_from_an_old_page_is_refused()
    {
        var world = await Postgres.NewWorldAsync(Small);

        (await Balance.SettingsAsync(world.Admin, Ct)).Value.ShouldSatisfyAllConditions(s => s.Enabled.ShouldBeFalse(), s => s.NextAt.ShouldBeNull(), s => s.Version.ShouldBe(0));
        (await Balance.SetAsync(await Postgres.HireAsync(PlatformRoles.Auditor), true, Always, 0, Ct)).Refusal.ShouldBeOfType<NotAllowed>();
        foreach (var (bad, field) in new (BalanceTerms, string)[]
        {
            (Always with { Opens = null! }, "opens"), (Always with { Opens = new ScheduleTiming("Nowhere", [], null, "0 2 * * *") }, "zone"), (Always with { Opens = new ScheduleTiming("UTC", [], null, "x") }, "cron"),
            (Always with { Opens = new ScheduleTiming("UTC", [], null, Once: new DateTime(2100, 1, 1, 2, 0, 0)) }, "once"),
            (Always with { WindowMinutes = 9 }, "windowMinutes"), (Always with { WindowMinutes = 1441 }, "windowMinutes"), (Always with { MostMoves = 0 }, "mostMoves"), (Always with { MostMoves = 51 }, "mostMoves"),
        })
        {
            (await Balance.SetAsync(world.Admin, true, bad, 0, Ct)).Refusal.ShouldBeOfType<InvalidText>().Field.ShouldBe(field);
        }
        var set = (await Balance.SetAsync(world.Admin, true, Always, 0, Ct)).Value;
        set.NextAt.ShouldNotBeNull();
        (await Balance.SetAsync(world.Admin, false, Always, 0, Ct)).Refusal.ShouldBeOfType<ChangedMeanwhile>();
        (await Balance.SetAsync(world.Admin, false, Always, set.Version, Ct)).Value.Enabled.ShouldBeFalse();
    }

    [Fact]
    public async Task In_a_window_one_move_is_made_after_the_other_and_no_more_than_may_be()
    {
        var world = await Postgres.NewWorldAsync(new WorldPlan(HostMemoryMib: 4096));
        await CrowdAsync(world, 10);
        await SweepAsync();
        (await MovesAsync()).ShouldBeEmpty();
        await EnableAsync(world);

        await SweepAsync();
        await SweepAsync();
        var first = (await MovesAsync()).ShouldHaveSingleItem();
        first.Reason.ShouldStartWith("Balance: ");
        first.RequestedByName.ShouldEndWith("(balance)");
        await EndMoveAsync();
        await SweepAsync();
        (await MovesAsync()).Count.ShouldBe(2);
        await EndMoveAsync();
        await SweepAsync();
        (await MovesAsync()).Count.ShouldBe(2);
        (await Balance.SettingsAsync(world.Admin, Ct)).Value.Said.ShouldBe("All 2 moves of this window are made.");

        Postgres.Time.Advance(TimeSpan.FromHours(1));
        await SweepAsync();
        (await MovesAsync()).Count.ShouldBe(3);
    }

    [Fact]
    public async Task Outside_a_window_nothing_is_moved_and_two_processes_at_once_move_one()
    {
        var world = await Postgres.NewWorldAsync(Small);
        await CrowdAsync(world, 5);
        var minute = Now.AddHours(12);
        await EnableAsync(world, Always with { Opens = new ScheduleTiming("UTC", [.. Enum.GetValues<DayOfWeek>()], new TimeOnly(minute.Hour, minute.Minute)) });
        await SweepAsync();
        (await MovesAsync()).ShouldBeEmpty();

        Postgres.Time.Advance(TimeSpan.FromHours(12));
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(SweepAsync, Ct)));
        (await MovesAsync()).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_machine_that_moved_a_moment_ago_is_left_in_peace_and_one_whose_objective_would_be_broken_too()
    {
        var world = await Postgres.NewWorldAsync(Small);
        var machines = await CrowdAsync(world, 3);
        // Receipts say that a move is silent for some 50 ms.
        foreach (var machine in machines)
        {
            (await Get<MigrationService>().StartAsync(world.Admin, machine.Id, world.Hosts[1].Id, MigrationMode.Live, null, $"to {machine.Name}", Ct)).IsOk.ShouldBeTrue();
            await EndMoveAsync();
        }
        await EnableAsync(world);
        await SweepAsync();
        (await Balance.SettingsAsync(world.Admin, Ct)).Value.Said.ShouldBe("Nothing is worth a move.");

        Postgres.Time.Advance(BalanceSweeper.Rest + TimeSpan.FromMinutes(1));
        await using (var db = await Postgres.Contexts.CreateDbContextAsync(Ct))
            await db.Projects.Where(p => p.Id == world.Project.Id).ExecuteUpdateAsync(p => p.SetProperty(x => x.ObjectiveMs, 5), Ct);
        await SweepAsync();
        (await MovesAsync()).Count.ShouldBe(3);

        await using (var db = await Postgres.Contexts.CreateDbContextAsync(Ct))
            await db.Projects.Where(p => p.Id == world.Project.Id).ExecuteUpdateAsync(p => p.SetProperty(x => x.ObjectiveMs, 500), Ct);
        await SweepAsync();
        (await MovesAsync()).Count.ShouldBe(4);

        // Who stops a move does not want it made again a minute later.
        var stopped = await EndMoveAsync(MigrationStatus.Cancelled, "Somebody stopped it.");
        await SweepAsync();
        (await MovesAsync()).Where(m => m.EndedAt is null).ShouldAllBe(m => m.MachineId != stopped);
    }

    [Fact]
    public async Task Who_may_not_move_machines_any_more_has_none_moved()
    {
        var world = await Postgres.NewWorldAsync(Small);
        await CrowdAsync(world, 5);
        var operating = await Postgres.HireAsync(PlatformRoles.Operator);
        (await Balance.SetAsync(operating, true, Always, 0, Ct)).IsOk.ShouldBeTrue();
        await using (var db = await Postgres.Contexts.CreateDbContextAsync(Ct))
            await db.UserRoles.Where(r => r.UserId == operating.UserId).ExecuteDeleteAsync(Ct);

        await SweepAsync();

        (await MovesAsync()).ShouldBeEmpty();
        (await Balance.SettingsAsync(world.Admin, Ct)).Value.Said!.ShouldContain("may not move machines any more");
    }

    static async Task<IReadOnlyList<Machine>> CrowdAsync(World world, int count)
    {
        var machines = new List<Machine>();
        for (var n = 0; n < count; n++)
            machines.Add(await world.AddMachineAsync(name: $"m-{n}"));
        return machines;
    }

    async Task EnableAsync(World world, BalanceTerms? terms = null) => (await Balance.SetAsync(world.Admin, true, terms ?? Always, 0, Ct)).Refusal.ShouldBeNull();

    Task SweepAsync() => Get<BalanceSweeper>().SweepAsync(Now, Ct);
}
