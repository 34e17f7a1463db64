using Microsoft.EntityFrameworkCore;
using Portal.Domain;
using Portal.Domain.Machines;
using Portal.Domain.Migrations;
using Portal.Domain.Migrations.History;
using Portal.Tests.Postgres;

namespace Portal.Tests.Domain.Migrations;

/// <summary>What is gathered from receipts, and who sees it.</summary>
public sealed class MoveHistoryTests(PostgresCluster cluster) : FreshDatabase(cluster)
{
    static readonly Prediction Foretold = new(2, 40, 80, Converges: true, 1 << 28, PauseMs: 30, ConvergenceMs: 20);

    MoveHistory History => Get<MoveHistory>();

    [Fact]
    public async Task Moves_are_gathered_by_what_they_have_in_common()
    {
        var (world, machine) = await MovedAsync((MigrationMode.Live, 60, 2.5), (MigrationMode.Live, 140, 4), (MigrationMode.QuickDirect, 2000, 5));

        var modes = (await History.ByAsync(world.Admin, HistoryBy.Mode, new ListQuery(Sort: "name"), Ct)).Items;
        modes.Select(m => (m.Key, m.Moves, m.Moved, m.BlackoutMs)).ShouldBe([("Live", 2, 2, 100d), ("QuickDirect", 1, 1, 2000d)]);
        // Foretold were 50 ms and 2 s: 10 and 90 ms off, and a fifth and a half of the time.
        (modes[0].BlackoutErrorMs, modes[0].SecondsError!.Value).ShouldSatisfyAllConditions(e => e.Item1.ShouldBe(50d), e => e.Item2.ShouldBe(0.35, 1e-9));
        (modes[0].Promised, modes[0].Kept, modes[1].Promised).ShouldBe((2, 1, 0));
        (await History.ByAsync(world.Admin, HistoryBy.Policy, new ListQuery(Sort: "name"), Ct)).Items.Select(m => m.Key).ShouldBe(["-", "Balanced"], ignoreOrder: true);
        (await History.ByAsync(world.Admin, HistoryBy.Machine, new ListQuery(), Ct)).Items.ShouldHaveSingleItem().ShouldSatisfyAllConditions(m => m.Key.ShouldBe(machine.Id.ToString()), m => m.Name.ShouldBe("web-01"));
        var routes = await History.ByAsync(world.Admin, HistoryBy.Route, new ListQuery(Sort: "-moves", Take: 1), Ct);
        (routes.Total, routes.Items.Single().Name).ShouldBe((2, $"{world.Hosts[0].Name} → {world.Hosts[1].Name}"));
        (await History.ByAsync(world.Admin, HistoryBy.Route, new ListQuery(Skip: 40), Ct)).ShouldSatisfyAllConditions(p => p.Total.ShouldBe(2), p => p.Items.ShouldBeEmpty());
    }

    [Fact]
    public async Task The_comparison_has_a_distribution_for_each_way_and_size()
    {
        var (world, _) = await MovedAsync((MigrationMode.Live, 60, 2), (MigrationMode.Live, 140, 2), (MigrationMode.Live, 80, 2), (MigrationMode.QuickDirect, 2000, 5));

        var compared = await History.CompareAsync(world.Viewer, new ListQuery(), Ct);

        compared.Moves.ShouldBe(4);
        compared.Bands.Select(b => (b.Mode, b.MemoryMib, b.Moves, b.MedianMs, b.WorstMs)).ShouldBe([(MigrationMode.Live, 256, 3, 80d, 140d), (MigrationMode.QuickDirect, 256, 1, 2000d, 2000d)]);
        compared.Bands[0].Dots.Select(d => d.BlackoutMs).ShouldBe([80, 140, 60]);
        compared.Bands[0].LostAt1Hz.ShouldBe(0.1);
        compared.MedianOf(MigrationMode.PostCopy).ShouldBeNull();
    }

    [Fact]
    public async Task The_median_of_a_mode_is_that_of_its_moves_and_not_one_of_medians()
    {
        var (world, _) = await MovedAsync((MigrationMode.Live, 10, 2), (MigrationMode.Live, 20, 2), (MigrationMode.Live, 30, 2), (MigrationMode.Live, 40, 2), (MigrationMode.Live, 900, 2));
        await using (var db = await Get<IDbContextFactory<PortalDbContext>>().CreateDbContextAsync(Ct))
            await db.Database.ExecuteSqlAsync($"update migrations set memory_mib = 512 where blackout_ms > 30", Ct);

        var compared = await History.CompareAsync(world.Admin, new ListQuery(), Ct);

        compared.Bands.Select(b => b.MedianMs).ShouldBe([20, 470]);
        compared.MedianOf(MigrationMode.Live).ShouldBe(30);
    }

    [Fact]
    public async Task A_promise_in_pings_is_one_too()
    {
        var (world, machine) = await MovedAsync();
        // One ping may be lost: a second of silence keeps that, two do not.
        foreach (var blackout in new double[] { 600, 1900 })
            await OneAsync(world, machine, MigrationMode.Live, claim => Get<MigrationBooks>().MovedAsync(claim, "ok", Receipts.Of(2, blackout), MachineState.Running, Ct), pings: 1);

        (await History.ByAsync(world.Admin, HistoryBy.Mode, new ListQuery(), Ct)).Items.ShouldHaveSingleItem().ShouldSatisfyAllConditions(m => m.Promised.ShouldBe(2), m => m.Kept.ShouldBe(1));
    }

    [Fact]
    public async Task A_stretch_of_time_without_moves_stands_in_its_place_with_nothing_known()
    {
        var (world, machine) = await MovedAsync((MigrationMode.Live, 60, 2));
        Postgres.Time.Advance(TimeSpan.FromDays(3));
        await OneAsync(world, machine, MigrationMode.Live, claim => Get<MigrationBooks>().MovedAsync(claim, "ok", Receipts.Of(2, 70), MachineState.Running, Ct));

        var points = await History.ErrorsAsync(world.Admin, new ListQuery(Filters: new Dictionary<string, string> { ["days"] = "7" }), Ct);

        points.Select(p => (p.Moves, p.BlackoutErrorMs)).ShouldBe([(1, 10d), (0, null), (0, null), (1, 20d)]);
        points.Zip(points.Skip(1), (one, next) => next.From - one.From).ShouldAllBe(step => step == TimeSpan.FromDays(1));
    }

    [Fact]
    public async Task The_list_of_moves_is_narrowed_as_the_history_is()
    {
        var (world, machine) = await MovedAsync((MigrationMode.Live, 60, 2), (MigrationMode.Live, 60, 2));
        var choices = await History.ChoicesAsync(world.Admin, new ListQuery(Filters: new Dictionary<string, string> { ["project"] = machine.ProjectId.ToString() }), Ct);
        choices.Hosts.Select(h => h.Name).ShouldBe(world.Hosts.Take(2).Select(h => h.Name));
        choices.Machines.ShouldHaveSingleItem().Name.ShouldBe("web-01");
        choices.Routes.Count.ShouldBe(2);

        foreach (var route in choices.Routes)
        {
            var query = new ListQuery(Filters: new Dictionary<string, string> { ["route"] = route.Key, ["days"] = "7" });
            (await Get<MigrationService>().ListAsync(world.Admin, query, Ct)).Items.ShouldHaveSingleItem().SourceName.ShouldBe(route.Name.Split(' ')[0]);
            (await History.ByAsync(world.Admin, HistoryBy.Route, query, Ct)).Items.ShouldHaveSingleItem().Moves.ShouldBe(1);
        }
        Postgres.Time.Advance(TimeSpan.FromDays(8));
        (await Get<MigrationService>().ListAsync(world.Admin, new ListQuery(Filters: new Dictionary<string, string> { ["days"] = "7" }), Ct)).Total.ShouldBe(0);
        (await History.ChoicesAsync(world.Stranger, new ListQuery(), Ct)).Machines.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_probe_that_does_not_count_and_a_move_that_did_not_arrive_count_for_no_silence()
    {
        var (world, machine) = await MovedAsync((MigrationMode.Live, 60, 2));
        await OneAsync(world, machine, MigrationMode.Live, claim => Get<MigrationBooks>().MovedAsync(claim, "ok", Receipts.Of(2, 9000, "held up"), MachineState.Running, Ct));
        await OneAsync(world, machine, MigrationMode.Live, claim => Get<MigrationBooks>().StayedAsync(claim, MigrationStatus.Stayed, "no", Receipts.Of(2, 9000), MachineState.Running, Ct));

        var live = (await History.ByAsync(world.Admin, HistoryBy.Mode, new ListQuery(), Ct)).Items.ShouldHaveSingleItem();
        (live.Moves, live.Moved, live.BlackoutMs, live.BlackoutMsP95).ShouldBe((3, 2, 60d, 60d));
        (await History.CompareAsync(world.Admin, new ListQuery(), Ct)).Moves.ShouldBe(1);
    }

    [Theory]
    [InlineData("mode", "quickdirect", 1)]
    [InlineData("mode", "live", 2)]
    [InlineData("policy", "balanced", 2)]
    [InlineData("policy", "'; drop table migrations; --", 0)]
    [InlineData("days", "1", 3)]
    [InlineData("days", "-7", 3)]
    [InlineData("route", "x,y", 0)]
    [InlineData("machine", "00000000-0000-0000-0000-000000000001", 0)]
    public async Task Filters_narrow_what_is_gathered(string field, string value, int moves)
    {
        var (world, _) = await MovedAsync((MigrationMode.Live, 60, 2), (MigrationMode.Live, 140, 2), (MigrationMode.QuickDirect, 2000, 5));
        var query = new ListQuery(Filters: new Dictionary<string, string> { [field] = value });

        (await History.ByAsync(world.Admin, HistoryBy.Mode, query, Ct)).Items.Sum(m => m.Moves).ShouldBe(moves);
        (await History.ErrorsAsync(world.Admin, query, Ct)).Sum(p => p.Moves).ShouldBe(moves);
        (await History.CompareAsync(world.Admin, query, Ct)).Moves.ShouldBe(moves);
    }

    [Fact]
    public async Task Whoever_is_in_none_of_the_projects_sees_nothing()
    {
        var (world, _) = await MovedAsync((MigrationMode.Live, 60, 2));

        (await History.ByAsync(world.Stranger, HistoryBy.Machine, new ListQuery(), Ct)).Total.ShouldBe(0);
        (await History.ErrorsAsync(world.Stranger, new ListQuery(), Ct)).ShouldBeEmpty();
        (await History.CompareAsync(world.Stranger, new ListQuery(), Ct)).Bands.ShouldBeEmpty();
        (await History.CompareAsync(world.Viewer, new ListQuery(Search: "web"), Ct)).Moves.ShouldBe(1);
    }

    async Task<(World World, Machine Machine)> MovedAsync(params (MigrationMode Mode, double BlackoutMs, double Seconds)[] moves)
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await world.AddMachineAsync(name: "web-01");
        foreach (var (mode, blackout, seconds) in moves)
            await OneAsync(world, machine, mode, claim => Get<MigrationBooks>().MovedAsync(claim, "ok", Receipts.Of(seconds, blackout), MachineState.Running, Ct));
        return (world, machine);
    }

    async Task OneAsync(World world, Machine machine, MigrationMode mode, Func<Portal.Domain.Operations.Claim, Task> end, int? pings = null)
    {
        var asked = new MigrationParameters(null, mode, mode == MigrationMode.Live && pings is null ? 100 : null, ObjectivePings: pings);
        (await Get<MigrationService>().StartAsync(world.Admin, machine.Id, asked, Guid.NewGuid().ToString(), Ct)).Refusal.ShouldBeNull();
        var claim = await ClaimAsync();
        await Get<MigrationBooks>().BeginAsync(claim, Postgres.Time.GetUtcNow(), Ct);
        await Get<MigrationBooks>().ObserveAsync(claim, "Copy", [], [], Foretold, Ct);
        await end(claim);
        Postgres.Time.Advance(TimeSpan.FromSeconds(10));
    }
}
