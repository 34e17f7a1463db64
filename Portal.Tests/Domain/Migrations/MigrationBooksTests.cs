using Microsoft.EntityFrameworkCore;
using Portal.Domain;
using Portal.Domain.Hosts;
using Portal.Domain.Machines;
using Portal.Domain.Migrations;
using Portal.Domain.Operations;
using Portal.Tests.Postgres;

namespace Portal.Tests.Domain.Migrations;

public sealed class MigrationBooksTests(PostgresCluster cluster) : FreshDatabase(cluster)
{
    static readonly Prediction Foretold = new(2.4, 40, 80, true, 268_435_456);

    MigrationService Migrations => Get<MigrationService>();

    LostMoves Lost => Get<LostMoves>();

    MigrationBooks MoveBooks => Get<MigrationBooks>();

    [Fact]
    public async Task A_move_that_arrived_frees_the_source_and_its_receipt_is_final()
    {
        var (world, machine, move, claim) = await UnderWayAsync();
        await MoveBooks.BeginAsync(claim, Postgres.Time.GetUtcNow(), Ct);
        await MoveBooks.ObserveAsync(claim, "Copy", [new("Check", -1, 0, "fine"), new("Copy", 0, null, null)], [new(0.4, "Raise the limit to 30 ms", "12 MiB left")], Foretold, Ct);
        await MoveBooks.ObserveAsync(claim, "SwitchOver", [new("Check", -1, 0, "fine"), new("Copy", 0, 1.2, null), new("SwitchOver", 1.2, null, null)], [new(0.4, "Raise the limit to 30 ms", "12 MiB left")], null, Ct);

        await MoveBooks.MovedAsync(claim, "web-01 runs on its new host.", Receipts.Of(1.3, 52), MachineState.Running, Ct);

        var details = (await Migrations.GetAsync(world.Viewer, move.Id, Ct)).ShouldNotBeNull();
        details.Migration.ShouldSatisfyAllConditions(m => m.Status.ShouldBe(MigrationStatus.Moved), m => m.BlackoutMs.ShouldBe(52), m => m.Predicted.ShouldBe(Foretold), m => m.ObjectiveMet.ShouldBe(true), m => m.Phase.ShouldBeNull());
        details.Phases.Select(p => p.Phase).ShouldBe(["Check", "Copy", "SwitchOver"]);
        details.Decisions.ShouldHaveSingleItem().Figures.ShouldBe("12 MiB left");
        (await MachineAsync(machine.Id)).ShouldSatisfyAllConditions(m => m.HostId.ShouldBe(world.Hosts[1].Id), m => m.State.ShouldBe(MachineState.Running));
        var hosts = await Get<HostService>().ListAsync(world.Admin, Ct);
        hosts.Single(h => h.Id == world.Hosts[0].Id).ShouldSatisfyAllConditions(h => h.Machines.ShouldBe(0), h => h.Room.MemoryTakenMib.ShouldBe(0));
        hosts.Single(h => h.Id == world.Hosts[1].Id).ShouldSatisfyAllConditions(h => h.Machines.ShouldBe(1), h => h.Incoming.ShouldBe(0));
        (await Migrations.StartAsync(world.Admin, machine.Id, world.Hosts[0].Id, MigrationMode.Live, null, "back", Ct)).IsOk.ShouldBeTrue();
    }

    [Theory]
    [InlineData(MigrationStatus.Stayed, OperationStatus.Failed, MachineState.Running)]
    [InlineData(MigrationStatus.Cancelled, OperationStatus.Cancelled, MachineState.Running)]
    [InlineData(MigrationStatus.Lost, OperationStatus.Failed, MachineState.Unknown)]
    public async Task A_move_that_did_not_happen_gives_the_room_back(MigrationStatus status, OperationStatus ended, MachineState state)
    {
        var (world, machine, move, claim) = await UnderWayAsync();

        await MoveBooks.StayedAsync(claim, status, "The destination went away.", null, null, Ct);

        var row = (await Migrations.GetAsync(world.Member, move.Id, Ct))!.Migration;
        (row.Status, row.Message).ShouldBe((status, "The destination went away."));
        (await MachineAsync(machine.Id)).ShouldSatisfyAllConditions(m => m.State.ShouldBe(state), m => m.HostId.ShouldBe(world.Hosts[0].Id));
        (await Get<OperationService>().GetAsync(world.Member, move.OperationId, Ct))!.Operation.Status.ShouldBe(ended);
        (await Get<HostService>().GetAsync(world.Admin, world.Hosts[1].Id, Ct))!.Room.MemoryTakenMib.ShouldBe(0);
    }

    [Theory]
    [InlineData(MigrationStatus.Moved, 1)]
    [InlineData(MigrationStatus.Stayed, 0)]
    [InlineData(MigrationStatus.Lost, 0)]
    public async Task A_lost_move_is_settled_once_when_its_hosts_tell_and_the_receipt_keeps_both_words(MigrationStatus found, int home)
    {
        var (world, machine, move, claim) = await UnderWayAsync();
        await MoveBooks.BeginAsync(claim, Postgres.Time.GetUtcNow(), Ct);
        (await Lost.OnAsync(world.Hosts[0].Id, Ct)).ShouldBeEmpty("its runner knows better");
        await MoveBooks.StayedAsync(claim, MigrationStatus.Lost, "hv2 does not answer.", null, null, Ct);
        foreach (var host in world.Hosts.Take(2))
            (await Lost.OnAsync(host.Id, Ct)).ShouldHaveSingleItem().Id.ShouldBe(move.Id);

        (await Lost.SettleAsync(move.Id, found, "It was found.", MachineState.Off, Ct)).ShouldBeTrue();
        (await Lost.SettleAsync(move.Id, MigrationStatus.Stayed, "Something else.", MachineState.Running, Ct)).ShouldBeFalse();

        (await Lost.OnAsync(world.Hosts[0].Id, Ct)).ShouldBeEmpty();
        var row = (await Migrations.GetAsync(world.Viewer, move.Id, Ct))!.Migration;
        row.ShouldSatisfyAllConditions(r => r.Status.ShouldBe(found), r => r.Message.ShouldBe("hv2 does not answer."), r => r.Settled!.Explanation.ShouldBe("It was found."));
        (await MachineAsync(machine.Id)).ShouldSatisfyAllConditions(m => m.HostId.ShouldBe(world.Hosts[home].Id), m => m.State.ShouldBe(home == 1 ? MachineState.Off : MachineState.Unknown));
        (await Get<HostService>().GetAsync(world.Admin, world.Hosts[home].Id, Ct))!.Machines.ShouldBe(1);
        (await Get<HostService>().GetAsync(world.Admin, world.Hosts[1 - home].Id, Ct))!.Room.MemoryTakenMib.ShouldBe(0);
        var told = (await Get<MachineService>().ActivityAsync(world.Viewer, machine.Id, Ct))!.Single(e => e.Kind == "migration");
        (told.Outcome, told.Detail).ShouldBe((found.ToString(), "It was found."));
    }

    [Fact]
    public async Task A_lost_move_is_left_as_it_is_once_the_machine_has_moved_again_or_is_being_worked_on()
    {
        var (world, machine, move, claim) = await UnderWayAsync();
        await MoveBooks.BeginAsync(claim, Postgres.Time.GetUtcNow(), Ct);
        await MoveBooks.StayedAsync(claim, MigrationStatus.Lost, "hv2 does not answer.", null, null, Ct);
        await Get<HostObservations>().ObserveOneAsync(world.Hosts[0].Id, DateTimeOffset.UtcNow.AddMinutes(1), new(machine.Id, MachineState.Running, null), Ct);
        (await Migrations.StartAsync(world.Admin, machine.Id, world.Hosts[1].Id, MigrationMode.Live, null, "again", Ct)).IsOk.ShouldBeTrue();

        (await Lost.OnAsync(world.Hosts[0].Id, Ct)).ShouldBeEmpty();
        (await Lost.SettleAsync(move.Id, MigrationStatus.Moved, "Too late.", MachineState.Running, Ct)).ShouldBeFalse();
        var later = await ClaimAsync();
        await MoveBooks.BeginAsync(later, Postgres.Time.GetUtcNow(), Ct);
        await MoveBooks.MovedAsync(later, "ok", null, MachineState.Running, Ct);

        (await Lost.OnAsync(world.Hosts[0].Id, Ct)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_lost_move_is_left_as_it_is_once_its_machine_was_started_anew_or_deleted()
    {
        var (world, machine, move, claim) = await UnderWayAsync();
        await MoveBooks.BeginAsync(claim, Postgres.Time.GetUtcNow(), Ct);
        await MoveBooks.StayedAsync(claim, MigrationStatus.Lost, "It runs nowhere.", null, null, Ct);
        await Get<HostObservations>().ObserveOneAsync(world.Hosts[0].Id, DateTimeOffset.UtcNow.AddMinutes(1), new(machine.Id, MachineState.Off, null), Ct);
        (await Lost.OnAsync(world.Hosts[0].Id, Ct)).ShouldHaveSingleItem();

        (await Get<MachineService>().PowerAsync(world.Admin, machine.Id, PowerAction.Start, "start", Ct)).IsOk.ShouldBeTrue();
        await Get<MachineBooks>().PowerDoneAsync(await ClaimAsync(), MachineState.Running, Ct);
        (await Lost.OnAsync(world.Hosts[0].Id, Ct)).ShouldBeEmpty("it runs because somebody started it, not because it stayed");

        await using (var db = await Postgres.Contexts.CreateDbContextAsync(Ct))
            await db.Machines.Where(m => m.Id == machine.Id).ExecuteUpdateAsync(set => set.SetProperty(m => m.State, MachineState.Deleted), Ct);
        (await Lost.SettleAsync(move.Id, MigrationStatus.Moved, "Found.", MachineState.Running, Ct)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_worker_that_lost_its_lease_writes_neither_story_nor_receipt()
    {
        var (world, machine, move, lost) = await UnderWayAsync(TimeSpan.Zero);
        var held = await ClaimAsync("two");

        await Should.ThrowAsync<LeaseLostException>(() => MoveBooks.ObserveAsync(lost, "Copy", [], [], null, Ct));
        await Should.ThrowAsync<LeaseLostException>(() => MoveBooks.AppendChunkAsync(lost, move.Id, [1], Ct));
        await Should.ThrowAsync<LeaseLostException>(() => MoveBooks.MovedAsync(lost, "no", null, MachineState.Running, Ct));
        await Should.ThrowAsync<LeaseLostException>(() => MoveBooks.StayedAsync(lost, MigrationStatus.Stayed, "no", null, null, Ct));

        (await MachineAsync(machine.Id)).HostId.ShouldBe(world.Hosts[0].Id);
        await MoveBooks.MovedAsync(held, "yes", null, MachineState.Running, Ct);
    }

    [Fact]
    public async Task A_worker_that_takes_over_appends_to_the_frames_that_are_there_and_the_axis_stays()
    {
        var (world, _, move, first) = await UnderWayAsync(TimeSpan.Zero);
        var zero = Postgres.Time.GetUtcNow();
        await MoveBooks.BeginAsync(first, zero, Ct);
        (await MoveBooks.AppendChunkAsync(first, move.Id, [1], Ct)).ShouldBe(0);
        (await MoveBooks.AppendChunkAsync(first, move.Id, [2], Ct)).ShouldBe(1);
        var second = await ClaimAsync("two");

        await MoveBooks.BeginAsync(second, zero.AddMinutes(1), Ct);
        (await MoveBooks.AppendChunkAsync(second, move.Id, [3], Ct)).ShouldBe(2);

        (await Migrations.ReadChunksAsync(world.Viewer, move.Id, -1, Ct))!.Select(c => c.Payload[0]).ShouldBe([1, 2, 3]);
        (await Migrations.ReadChunksAsync(world.Viewer, move.Id, 1, Ct))!.ShouldHaveSingleItem().Ordinal.ShouldBe(2);
        (await Migrations.ReadChunksAsync(world.Stranger, move.Id, -1, Ct)).ShouldBeNull();
        (await Migrations.GetAsync(world.Viewer, move.Id, Ct))!.Migration.StartedAt.ShouldBe(zero);
    }

    [Fact]
    public async Task What_a_move_cost_is_foretold_for_the_next_one_of_its_mode_and_others_rest_on_usual_figures()
    {
        var (world, machine, _, claim) = await UnderWayAsync();
        await MoveBooks.MovedAsync(claim, "ok", Receipts.Of(1.3, 52), MachineState.Running, Ct);

        var other = await world.AddMachineAsync();
        var modes = (await Migrations.PlanAsync(world.Admin, other.Id, Ct))!.Destinations[0].Modes;
        modes[0].ShouldSatisfyAllConditions(live => live.Moves.ShouldBe(1), live => live.Predicted.TotalSeconds.ShouldBe(1.3, 0.2), live => 52d.ShouldBeInRange(live.Predicted.BlackoutMsLow, live.Predicted.BlackoutMsHigh));
        modes.Single(m => m.Mode == MigrationMode.QuickDirect).ShouldSatisfyAllConditions(quick => quick.Moves.ShouldBe(0), quick => quick.Predicted.IsGrounded.ShouldBeFalse());
    }

    [Fact]
    public async Task A_list_is_searched_filtered_and_sorted_on_the_server()
    {
        var (world, machine, move, claim) = await UnderWayAsync();
        await MoveBooks.MovedAsync(claim, "ok", Receipts.Of(1.3, 52), MachineState.Running, Ct);
        Postgres.Time.Advance(TimeSpan.FromMinutes(1));
        var back = (await Migrations.StartAsync(world.Admin, machine.Id, null, MigrationMode.Live, null, "back", Ct)).Value;

        async Task<Guid[]> IdsAsync(ListQuery query) => [.. (await Migrations.ListAsync(world.Viewer, query, Ct)).Items.Select(m => m.Id)];
        (await IdsAsync(new())).ShouldBe([back.Id, move.Id]);
        (await IdsAsync(new(Sort: "created"))).ShouldBe([move.Id, back.Id]);
        (await IdsAsync(new(Filters: new Dictionary<string, string> { ["status"] = "moved" }))).ShouldBe([move.Id]);
        (await IdsAsync(new(Filters: new Dictionary<string, string> { ["host"] = world.Hosts[1].Id.ToString(), ["machine"] = machine.Id.ToString() }))).ShouldBe([back.Id, move.Id]);
        (await IdsAsync(new(Search: "no such"))).ShouldBeEmpty();
        foreach (var field in new[] { "machine", "status", "mode", "-blackout" })
            (await IdsAsync(new(Sort: field))).Length.ShouldBe(2);
        (await Migrations.ListAsync(world.Stranger, new(), Ct)).Total.ShouldBe(0);
    }

    async Task<(World World, Machine Machine, MigrationRow Move, Claim Claim)> UnderWayAsync(TimeSpan? lease = null)
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await world.AddMachineAsync(name: "web-01");
        var move = (await Migrations.StartAsync(world.Admin, machine.Id, world.Hosts[1].Id, MigrationMode.Live, 100, "k", Ct)).Value;
        return (world, machine, move, await ClaimAsync("one", lease));
    }
}
