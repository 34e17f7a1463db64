using Portal.Domain.Machines;
using Portal.Domain.Operations;
using Portal.Domain.Snapshots;
using Portal.Tests.Postgres;

namespace Portal.Tests.Domain.Snapshots;

public sealed class SnapshotBooksTests(PostgresCluster cluster) : SnapshotTest(cluster)
{
    [Theory]
    [InlineData(false, OperationStatus.Failed)]
    [InlineData(true, OperationStatus.Cancelled)]
    public async Task A_snapshot_that_could_not_be_taken_gives_everything_back(bool cancelled, OperationStatus status)
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await world.AddMachineAsync(MachineState.Off);
        var order = (await TakeAsync(world.Member, machine)).Value;

        await SnapshotBooks.TakeFailedAsync(await ClaimAsync(), "The pool is full.", cancelled, Ct);

        (await HeldAsync(world)).ShouldBe((0, 0));
        (await Snapshots.ListAsync(world.Member, machine.Id, Ct))!.Items.ShouldBeEmpty();
        (await Get<OperationService>().GetAsync(world.Member, order.Operation.Id, Ct))!.Operation.ShouldSatisfyAllConditions(o => o.Status.ShouldBe(status), o => o.Error.ShouldBe("The pool is full."));
        (await TakeAsync(world.Member, machine)).IsOk.ShouldBeTrue("its name is free again");
    }

    [Fact]
    public async Task A_worker_that_lost_its_lease_writes_nothing()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await world.AddMachineAsync(MachineState.Off);
        var order = (await TakeAsync(world.Member, machine)).Value;
        var late = await ClaimAsync(lease: TimeSpan.Zero);
        var current = await ClaimAsync("other");

        await Should.ThrowAsync<LeaseLostException>(() => SnapshotBooks.TakenAsync(late, 1, Ct));

        (await SnapshotAsync(order.Snapshot.Id)).State.ShouldBe(SnapshotState.Taking);
        (await HeldAsync(world)).ShouldBe((0, 1));
        await SnapshotBooks.TakenAsync(current, 1, Ct);
        (await HeldAsync(world)).ShouldBe((1, 0));
    }

    [Fact]
    public async Task A_disk_that_is_not_whole_is_not_started_nor_copied_until_the_machine_was_reverted()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await world.AddMachineAsync(MachineState.Off);
        var (broken, other) = (await TakenAsync(world, machine, "broken"), await TakenAsync(world, machine, "other"));
        await Snapshots.RevertAsync(world.Member, machine.Id, broken.Id, NewKey(), Ct);

        await SnapshotBooks.RevertFailedAsync(await ClaimAsync(), "The pool is full.", whole: false, cancelled: false, Ct);

        (await Get<MachineService>().PowerAsync(world.Member, machine.Id, PowerAction.Start, NewKey(), Ct)).Refusal.ShouldBeOfType<DiskNotWhole>().Snapshot.ShouldBe("broken");
        (await TakeAsync(world.Member, machine, "new")).Refusal.ShouldBeOfType<DiskNotWhole>();
        (await Snapshots.DeleteAsync(world.Member, machine.Id, broken.Id, NewKey(), Ct)).Refusal.ShouldBeOfType<SnapshotNotReady>();
        (await SnapshotAsync(broken.Id)).StateReason.ShouldBe("The pool is full.");
        (await HeldAsync(world)).ShouldBe((2, 0));

        await Snapshots.RevertAsync(world.Member, machine.Id, other.Id, NewKey(), Ct);
        await SnapshotBooks.RevertedAsync(await ClaimAsync(), Ct);

        (await SnapshotAsync(broken.Id)).ShouldSatisfyAllConditions(s => s.State.ShouldBe(SnapshotState.Ready), s => s.StateReason.ShouldBeNull());
        (await SnapshotAsync(other.Id)).State.ShouldBe(SnapshotState.Ready);
        (await Get<MachineService>().PowerAsync(world.Member, machine.Id, PowerAction.Start, NewKey(), Ct)).IsOk.ShouldBeTrue();
    }

    [Fact]
    public async Task That_a_disk_is_not_whole_is_not_forgotten_when_mending_it_is_called_off()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await world.AddMachineAsync(MachineState.Off);
        var (broken, other) = (await TakenAsync(world, machine, "broken"), await TakenAsync(world, machine, "other"));
        await Snapshots.RevertAsync(world.Member, machine.Id, broken.Id, NewKey(), Ct);
        await SnapshotBooks.RevertFailedAsync(await ClaimAsync(), "The pool is full.", whole: false, cancelled: false, Ct);

        foreach (var snapshot in new[] { broken, other })
        {
            (await Snapshots.RevertAsync(world.Member, machine.Id, snapshot.Id, NewKey(), Ct)).IsOk.ShouldBeTrue();
            await SnapshotBooks.RevertFailedAsync(await ClaimAsync(), "Stopped on request.", whole: true, cancelled: true, Ct);
        }

        (await SnapshotAsync(broken.Id)).State.ShouldBe(SnapshotState.Reverting);
        (await SnapshotAsync(other.Id)).State.ShouldBe(SnapshotState.Ready);
        (await Get<MachineService>().PowerAsync(world.Member, machine.Id, PowerAction.Start, NewKey(), Ct)).Refusal.ShouldBeOfType<DiskNotWhole>();
    }

    [Fact]
    public async Task A_revert_that_began_nothing_leaves_machine_and_snapshot_as_they_were()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await world.AddMachineAsync(MachineState.Off);
        var snapshot = await TakenAsync(world, machine);
        await Snapshots.RevertAsync(world.Member, machine.Id, snapshot.Id, NewKey(), Ct);

        await SnapshotBooks.RevertFailedAsync(await ClaimAsync(), "hv1 does not answer.", whole: true, cancelled: false, Ct);

        (await SnapshotAsync(snapshot.Id)).State.ShouldBe(SnapshotState.Ready);
        (await Get<MachineService>().PowerAsync(world.Member, machine.Id, PowerAction.Start, NewKey(), Ct)).IsOk.ShouldBeTrue();
    }

    [Fact]
    public async Task A_snapshot_that_could_not_be_deleted_holds_its_place_and_is_only_good_to_be_deleted()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await world.AddMachineAsync(MachineState.Off);
        var snapshot = await TakenAsync(world, machine);
        await Snapshots.DeleteAsync(world.Member, machine.Id, snapshot.Id, NewKey(), Ct);

        await SnapshotBooks.DeleteFailedAsync(await ClaimAsync(), "hv1 does not answer.", Ct);

        (await HeldAsync(world)).ShouldBe((1, 0));
        (await Snapshots.RevertAsync(world.Member, machine.Id, snapshot.Id, NewKey(), Ct)).Refusal.ShouldBeOfType<SnapshotNotReady>();
        (await Snapshots.DeleteAsync(world.Member, machine.Id, snapshot.Id, NewKey(), Ct)).IsOk.ShouldBeTrue();
        await SnapshotBooks.DeletedAsync(await ClaimAsync(), Ct);
        (await HeldAsync(world)).ShouldBe((0, 0));
    }

    [Fact]
    public async Task A_deleted_machine_takes_the_snapshots_of_everybody_with_it()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await world.AddMachineAsync(MachineState.Off);
        var snapshots = new[] { await TakenAsync(world, machine, "one"), await TakenAsync(world, machine, "two", world.Owner), await TakenAsync(world, machine, "three") };
        var kept = await TakenAsync(world, await world.AddMachineAsync(MachineState.Off));
        (await Get<MachineService>().DeleteAsync(world.Member, machine.Id, machine.Name, NewKey(), Ct)).IsOk.ShouldBeTrue();

        await Books.DeletedAsync(await ClaimAsync(), Ct);

        (await HeldAsync(world)).ShouldBe((1, 0));
        foreach (var snapshot in snapshots)
            (await SnapshotAsync(snapshot.Id)).State.ShouldBe(SnapshotState.Deleted);
        var found = await SnapshotBooks.DeletedAsync([.. snapshots.Append(kept).Select(s => new FoundSnapshot(s.MachineId, s.Id)), new FoundSnapshot(machine.Id, Guid.CreateVersion7())], Ct);
        found.Select(f => f.SnapshotId).ShouldBe(snapshots.Select(s => s.Id), ignoreOrder: true);
        (await SnapshotBooks.OfMachineAsync(machine.Id, Ct)).Count.ShouldBe(3);
    }

    [Theory]
    [InlineData(SnapshotAction.Take, SnapshotState.Failed)]
    [InlineData(SnapshotAction.Revert, SnapshotState.Reverting)]
    [InlineData(SnapshotAction.Delete, SnapshotState.Failed)]
    public async Task What_was_given_up_keeps_all_that_may_be_there(SnapshotAction action, SnapshotState state)
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await world.AddMachineAsync(MachineState.Off);
        var id = action == SnapshotAction.Take ? (await TakeAsync(world.Member, machine)).Value.Snapshot.Id : (await TakenAsync(world, machine)).Id;
        if (action == SnapshotAction.Revert)
            await Snapshots.RevertAsync(world.Member, machine.Id, id, NewKey(), Ct);
        if (action == SnapshotAction.Delete)
            await Snapshots.DeleteAsync(world.Member, machine.Id, id, NewKey(), Ct);

        await Get<LastResort>().GiveUpAsync(await ClaimAsync(), "Object reference not set.", Ct);

        (await SnapshotAsync(id)).State.ShouldBe(state);
        (await HeldAsync(world)).ShouldBe((1, 0));
        (await Get<MachineService>().DeleteAsync(world.Member, machine.Id, machine.Name, NewKey(), Ct)).IsOk.ShouldBeTrue();
        await Books.DeletedAsync(await ClaimAsync(), Ct);
        (await HeldAsync(world)).ShouldBe((0, 0));
    }
}
