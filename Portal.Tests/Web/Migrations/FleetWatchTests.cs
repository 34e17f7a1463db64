using Portal.Domain;
using Portal.Domain.Changes;
using Portal.Domain.Machines;
using Portal.Domain.Migrations;
using Portal.Domain.Operations;
using Portal.Tests.Domain.Migrations;
using Portal.Tests.Postgres;
using Portal.Web.Migrations;

namespace Portal.Tests.Web.Migrations;

/// <summary>Every move at once, as the fleet's chart hears of them.</summary>
public sealed class FleetWatchTests(PostgresCluster cluster) : FreshDatabase(cluster)
{
    MigrationBroadcaster? broadcaster;

    MigrationBroadcaster Broadcaster => broadcaster ??= new(Get<MigrationService>(), Get<ChangeFeed>());

    [Fact]
    public async Task A_watcher_hears_every_move_from_its_beginning_and_those_that_begin_later()
    {
        var world = await Postgres.NewWorldAsync();
        var (first, _) = await BeginAsync(world, "web-01");
        await using var heard = WatchAs(world.Member);

        (await heard.MoveNextAsync()).ShouldBeTrue();
        heard.Current.Id.ShouldBe(first);
        heard.Current.Name.ShouldBe($"web-01, {world.Hosts[0].Name} → {world.Hosts[1].Name}");
        heard.Current.Frames.Select(frame => frame.At).ShouldBe([0, 1]);

        var (second, _) = await BeginAsync(world, "web-02");
        (await heard.MoveNextAsync()).ShouldBeTrue();
        heard.Current.Id.ShouldBe(second);
    }

    [Fact]
    public async Task A_move_that_ended_a_short_while_ago_is_still_told_and_one_of_long_ago_is_not()
    {
        var world = await Postgres.NewWorldAsync();
        await EndAsync(await BeginAsync(world, "web-01"));
        Postgres.Time.Advance(FleetWatch.Past + TimeSpan.FromSeconds(1));
        var recent = await BeginAsync(world, "web-02");
        await EndAsync(recent);
        await using var heard = WatchAs(world.Member);

        (await heard.MoveNextAsync()).ShouldBeTrue();
        heard.Current.Id.ShouldBe(recent.Move);
    }

    [Fact]
    public async Task Whoever_is_not_in_the_project_hears_only_of_their_own()
    {
        var (other, own) = (await Postgres.NewWorldAsync(), await Postgres.NewWorldAsync());
        await BeginAsync(other, "web-01");
        var (move, _) = await BeginAsync(own, "web-01");
        await using var heard = WatchAs(own.Member);

        (await heard.MoveNextAsync()).ShouldBeTrue();
        heard.Current.Id.ShouldBe(move);
        var (next, _) = await BeginAsync(own, "web-02");
        (await heard.MoveNextAsync()).ShouldBeTrue();
        heard.Current.Id.ShouldBe(next);
    }

    IAsyncEnumerator<FleetFrames> WatchAs(Actor actor) =>
        new FleetWatch(Broadcaster, Get<MigrationService>(), Get<ChangeFeed>(), Postgres.Time).WatchAsync(actor, Ct).GetAsyncEnumerator(Ct);

    /// <summary>A move under way in this process, with two frames so far.</summary>
    async Task<(Guid Move, Claim Claim)> BeginAsync(World world, string name)
    {
        var machine = await world.AddMachineAsync(MachineState.Running, world.Hosts[0], name);
        var move = (await Get<MigrationService>().StartAsync(world.Admin, machine.Id, world.Hosts[1].Id, MigrationMode.Live, null, Guid.NewGuid().ToString(), Ct)).Value;
        var claim = await ClaimAsync();
        Broadcaster.Begin(move.Id, [new(0, "phase"), new(1, "progress")]);
        await Get<MigrationBooks>().BeginAsync(claim, Postgres.Time.GetUtcNow(), Ct);
        return (move.Id, claim);
    }

    async Task EndAsync((Guid Move, Claim Claim) begun)
    {
        await Get<MigrationBooks>().AppendChunkAsync(begun.Claim, begun.Move, FrameCodec.Pack([new(0, "phase")]), Ct);
        await Get<MigrationBooks>().MovedAsync(begun.Claim, "ok", Receipts.Of(2, 50), MachineState.Running, Ct);
        Broadcaster.End(begun.Move);
    }
}
