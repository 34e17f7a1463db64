using Portal.Domain;
using Portal.Domain.Machines;
using Portal.Domain.Operations;
using Portal.Domain.Projects;
using Portal.Domain.Snapshots;
using Portal.Tests.Postgres;

namespace Portal.Tests.Domain.Snapshots;

public sealed class SnapshotServiceTests(PostgresCluster cluster) : SnapshotTest(cluster)
{
    [Fact]
    public async Task A_snapshot_is_ordered_taken_and_shown_with_who_when_and_how_large()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await world.AddMachineAsync(MachineState.Off, name: "web-01");

        var order = (await TakeAsync(world.Member, machine, "  before the upgrade ", " PostgreSQL 18 ")).Value;

        (order.Snapshot.Name, order.Snapshot.Note, order.Snapshot.State, order.Snapshot.CreatedByName).ShouldBe(("before the upgrade", "PostgreSQL 18", SnapshotState.Taking, world.Member.Name));
        (order.Operation.Kind, order.Operation.Title).ShouldBe((OperationKind.Snapshot, "Take the snapshot “before the upgrade” of web-01"));
        (await HeldAsync(world)).ShouldBe((0, 1));
        await SnapshotBooks.TakenAsync(await ClaimAsync(), 12345, Ct);
        (await HeldAsync(world)).ShouldBe((1, 0));
        var list = (await Snapshots.ListAsync(world.Viewer, machine.Id, Ct)).ShouldNotBeNull();
        var shown = list.Items.ShouldHaveSingleItem();
        (shown.Id, shown.State, shown.SizeBytes).ShouldBe((order.Snapshot.Id, SnapshotState.Ready, 12345));
        (await TrailAsync(shown.Id)).ShouldBe(["snapshot.take", "snapshot.taken"]);
        (await MachineAsync(machine.Id)).State.ShouldBe(MachineState.Off);
    }

    [Theory]
    [InlineData(MachineState.Running, "Shut it down first.")]
    [InlineData(MachineState.Unknown, "Wait until the host answers again.")]
    [InlineData(MachineState.Failed, "Read why on its page.")]
    [InlineData(MachineState.Provisioning, "Wait until it is.")]
    [InlineData(MachineState.Waiting, "Wait until it is.")]
    [InlineData(MachineState.Deleted, "Ask for a new machine.")]
    public async Task Only_a_machine_that_is_off_is_copied_or_put_back(MachineState state, string advice)
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await world.AddMachineAsync(state);

        var no = (await TakeAsync(world.Member, machine)).Refusal.ShouldBeOfType<WrongState>();

        no.Advice.ShouldBe(advice);
        (await HeldAsync(world)).ShouldBe((0, 0));
        (await Snapshots.ListAsync(world.Member, machine.Id, Ct))!.WhyNotTake.ShouldBe(no);
    }

    [Fact]
    public async Task A_machine_that_was_started_again_is_not_put_back_but_its_snapshot_can_be_deleted()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await world.AddMachineAsync(MachineState.Off);
        var snapshot = await TakenAsync(world, machine);
        (await Get<MachineService>().PowerAsync(world.Member, machine.Id, PowerAction.Start, NewKey(), Ct)).IsOk.ShouldBeTrue();
        await Books.PowerDoneAsync(await ClaimAsync(), MachineState.Running, Ct);

        (await Snapshots.RevertAsync(world.Member, machine.Id, snapshot.Id, NewKey(), Ct)).Refusal.ShouldBeOfType<WrongState>();
        (await Snapshots.DeleteAsync(world.Member, machine.Id, snapshot.Id, NewKey(), Ct)).IsOk.ShouldBeTrue();
        await SnapshotBooks.DeletedAsync(await ClaimAsync(), Ct);

        (await HeldAsync(world)).ShouldBe((0, 0));
        (await Snapshots.ListAsync(world.Member, machine.Id, Ct))!.Items.ShouldBeEmpty();
        (await TrailAsync(snapshot.Id)).ShouldBe(["snapshot.take", "snapshot.taken", "snapshot.delete", "snapshot.deleted"]);
    }

    [Fact]
    public async Task While_something_is_done_to_the_machine_nothing_else_is_and_the_refusal_says_who_does_it()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await world.AddMachineAsync(MachineState.Off);
        var snapshot = await TakenAsync(world, machine);
        (await TakeAsync(world.Owner, machine, "second")).IsOk.ShouldBeTrue();

        foreach (var no in new[]
        {
            (await TakeAsync(world.Member, machine, "third")).Refusal,
            (await Snapshots.RevertAsync(world.Member, machine.Id, snapshot.Id, NewKey(), Ct)).Refusal,
            (await Snapshots.DeleteAsync(world.Member, machine.Id, snapshot.Id, NewKey(), Ct)).Refusal,
            (await Get<MachineService>().PowerAsync(world.Member, machine.Id, PowerAction.Start, NewKey(), Ct)).Refusal,
        })
            no.ShouldBeOfType<MachineBusy>().By.ShouldBe(world.Owner.Name);

        (await Snapshots.ListAsync(world.Member, machine.Id, Ct))!.WhyNotRevert.ShouldBeOfType<MachineBusy>();
    }

    [Fact]
    public async Task The_limit_is_met_exactly_and_said_where_it_is_passed()
    {
        var world = await Postgres.NewWorldAsync(new WorldPlan(Snapshots: 2));
        var (first, second, third) = (await world.AddMachineAsync(MachineState.Off), await world.AddMachineAsync(MachineState.Off), await world.AddMachineAsync(MachineState.Off));
        await TakenAsync(world, first);
        (await TakeAsync(world.Member, second)).IsOk.ShouldBeTrue();

        var over = (await TakeAsync(world.Member, third)).Refusal.ShouldBeOfType<QuotaExceeded>();

        (over.Over, over.Line.Resource, over.Field).ShouldBe((1, QuotaResource.Snapshots, null));
        over.Advice.ShouldContain("Delete a snapshot");
        (await HeldAsync(world)).ShouldBe((1, 1));
        (await Snapshots.ListAsync(world.Member, third.Id, Ct))!.WhyNotTake.ShouldBeOfType<QuotaExceeded>();
        await SnapshotBooks.TakeFailedAsync(await ClaimAsync(), "The pool is full.", cancelled: false, Ct);
        (await TakeAsync(world.Member, third)).IsOk.ShouldBeTrue();
    }

    [Fact]
    public async Task Many_orders_at_once_fill_the_limit_and_pass_it_by_none()
    {
        var world = await Postgres.NewWorldAsync(new WorldPlan(Snapshots: 5));
        var machines = new List<Machine>();
        for (var i = 0; i < 9; i++)
            machines.Add(await world.AddMachineAsync(MachineState.Off));

        var orders = await Task.WhenAll(machines.Select(machine => TakeAsync(world.Member, machine)));

        orders.Count(order => order.IsOk).ShouldBe(5);
        orders.Where(order => !order.IsOk).ShouldAllBe(order => order.Refusal is QuotaExceeded);
        (await HeldAsync(world)).ShouldBe((0, 5));
    }

    [Fact]
    public async Task Going_back_takes_nothing_of_a_full_quota()
    {
        var world = await Postgres.NewWorldAsync(new WorldPlan(Snapshots: 1));
        var machine = await world.AddMachineAsync(MachineState.Off);
        var snapshot = await TakenAsync(world, machine);

        var order = (await Snapshots.RevertAsync(world.Member, machine.Id, snapshot.Id, NewKey(), Ct)).Value;

        order.Snapshot.State.ShouldBe(SnapshotState.Reverting);
        (await HeldAsync(world)).ShouldBe((1, 0));
    }

    [Fact]
    public async Task Viewers_may_look_and_strangers_learn_nothing()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await world.AddMachineAsync(MachineState.Off);
        var snapshot = await TakenAsync(world, machine);

        (await TakeAsync(world.Viewer, machine, "other")).Refusal.ShouldBeOfType<NotAllowed>();
        (await Snapshots.RevertAsync(world.Viewer, machine.Id, snapshot.Id, NewKey(), Ct)).Refusal.ShouldBeOfType<NotAllowed>();
        (await Snapshots.DeleteAsync(world.Viewer, machine.Id, snapshot.Id, NewKey(), Ct)).Refusal.ShouldBeOfType<NotAllowed>();
        (await Snapshots.ListAsync(world.Viewer, machine.Id, Ct))!.WhyNotDelete.ShouldBeOfType<NotAllowed>();
        (await TakeAsync(world.Stranger, machine, "other")).Refusal.ShouldBe(new NotFound("machine"));
        (await Snapshots.DeleteAsync(world.Stranger, machine.Id, snapshot.Id, NewKey(), Ct)).Refusal.ShouldBe(new NotFound("machine"));
        (await Snapshots.ListAsync(world.Stranger, machine.Id, Ct)).ShouldBeNull();
    }

    [Fact]
    public async Task A_snapshot_is_known_by_its_own_machine_only()
    {
        var world = await Postgres.NewWorldAsync();
        var (machine, other) = (await world.AddMachineAsync(MachineState.Off), await world.AddMachineAsync(MachineState.Off));
        var snapshot = await TakenAsync(world, machine);

        (await Snapshots.RevertAsync(world.Member, other.Id, snapshot.Id, NewKey(), Ct)).Refusal.ShouldBe(new NotFound("snapshot"));
        (await Snapshots.DeleteAsync(world.Member, other.Id, snapshot.Id, NewKey(), Ct)).Refusal.ShouldBe(new NotFound("snapshot"));
    }

    [Fact]
    public async Task The_same_call_again_orders_nothing_twice_even_when_it_is_long_done()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await world.AddMachineAsync(MachineState.Off);
        var first = (await Snapshots.TakeAsync(world.Member, machine.Id, "before", null, "k", Ct)).Value;
        await SnapshotBooks.TakenAsync(await ClaimAsync(), 1, Ct);
        var reverted = (await Snapshots.RevertAsync(world.Member, machine.Id, first.Snapshot.Id, "r", Ct)).Value;
        await SnapshotBooks.RevertedAsync(await ClaimAsync(), Ct);

        var again = (await Snapshots.TakeAsync(world.Member, machine.Id, "before", null, "k", Ct)).Value;

        (again.Snapshot.Id, again.Operation.Id).ShouldBe((first.Snapshot.Id, first.Operation.Id));
        (await Snapshots.RevertAsync(world.Member, machine.Id, first.Snapshot.Id, "r", Ct)).Value.Operation.Id.ShouldBe(reverted.Operation.Id);
        (await Snapshots.TakeAsync(world.Member, machine.Id, "after", null, "k", Ct)).Refusal.ShouldBeOfType<KeyReused>();
        (await HeldAsync(world)).ShouldBe((1, 0));
    }

    [Fact]
    public async Task Two_presses_at_once_take_one_snapshot()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await world.AddMachineAsync(MachineState.Off);

        var both = await Task.WhenAll(Snapshots.TakeAsync(world.Member, machine.Id, "before", null, "k", Ct), Snapshots.TakeAsync(world.Member, machine.Id, "before", null, "k", Ct));

        both.Select(order => order.Value.Snapshot.Id).Distinct().Count().ShouldBe(1);
        (await HeldAsync(world)).ShouldBe((0, 1));
    }

    [Fact]
    public async Task A_name_is_the_machine_s_own_and_free_again_when_its_snapshot_is_gone()
    {
        var world = await Postgres.NewWorldAsync();
        var (machine, other) = (await world.AddMachineAsync(MachineState.Off), await world.AddMachineAsync(MachineState.Off));
        var snapshot = await TakenAsync(world, machine, "caf\u00e9");
        await TakenAsync(world, other, "caf\u00e9");

        (await TakeAsync(world.Member, machine, "cafe\u0301")).Refusal.ShouldBeOfType<SnapshotNameTaken>();
        await Snapshots.DeleteAsync(world.Member, machine.Id, snapshot.Id, NewKey(), Ct);
        await SnapshotBooks.DeletedAsync(await ClaimAsync(), Ct);
        (await TakeAsync(world.Member, machine, "caf\u00e9")).IsOk.ShouldBeTrue();
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("two\nlines")]
    [InlineData("bell\a")]
    [InlineData("right\u202eleft")]
    [InlineData("zero\u200bwidth")]
    [InlineData("line\u2028break")]
    [InlineData("half \ud83d pair")]
    [InlineData("12345678901234567890123456789012345678901")]
    public async Task A_name_that_people_cannot_read_is_refused(string name)
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await world.AddMachineAsync(MachineState.Off);

        var no = (await TakeAsync(world.Member, machine, name)).Refusal.ShouldBeOfType<InvalidText>();

        no.Field.ShouldBe("name");
        (await HeldAsync(world)).ShouldBe((0, 0));
    }

    [Fact]
    public async Task Texts_of_a_megabyte_are_refused_and_markup_is_a_name_like_any_other()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await world.AddMachineAsync(MachineState.Off);

        (await TakeAsync(world.Member, machine, new string('x', 1 << 20))).Refusal.ShouldBeOfType<InvalidText>().Field.ShouldBe("name");
        (await TakeAsync(world.Member, machine, "fine", new string('x', 1 << 20))).Refusal.ShouldBeOfType<InvalidText>().Field.ShouldBe("note");
        (await TakeAsync(world.Member, machine, "fine", "bell\a")).Refusal.ShouldBeOfType<InvalidText>().Field.ShouldBe("note");
        (await TakenAsync(world, machine, "-rf <b>☃ 𝟙</b> '; drop")).Name.ShouldBe("-rf <b>☃ 𝟙</b> '; drop");
        (await TakenAsync(world, machine, new string('x', 40))).Name.Length.ShouldBe(40);
        (await TakeAsync(world.Member, machine, string.Concat(Enumerable.Repeat("\u0958", 21)))).Refusal.ShouldBeOfType<InvalidText>("each is two characters when written in the one way");
    }
}
