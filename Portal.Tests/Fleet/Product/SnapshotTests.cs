using System.Net;
using Portal.Domain.Machines;
using Portal.Domain.Migrations;
using Portal.Domain.Operations;
using Portal.Domain.Snapshots;
using Portal.Web.Operations;
using Portal.Web.Operations.Snapshots;

namespace Portal.Tests.Fleet.Product;

/// <summary>Snapshots of real machines on the real store.</summary>
[Collection(FleetPortalCollection.Name)]
public sealed class SnapshotTests(FleetPortal portal)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_disk_is_as_it_was_after_the_machine_was_changed_moved_and_reverted_and_deleting_it_leaves_nothing()
    {
        var disks = await Disks.OpenAsync(portal.Lab);
        var machine = await OffAsync("kept");
        await disks.WriteAsync(machine.Id, 0x11);
        var first = await TakeAsync(machine.Id, "eleven");
        await disks.WriteAsync(machine.Id, 0x22);
        var second = await TakeAsync(machine.Id, "twenty-two");
        (await disks.HoldsAsync(SnapshotFiles.Volume(machine.Id, first.Id), 0x11)).ShouldBeTrue("a snapshot does not change with the disk");
        first.SizeBytes!.Value.ShouldBeInRange(1 << 20, 64 << 20, "only what differs from the image is kept");

        // It runs, moves, and is shut down on another host, which has never heard of the snapshots.
        await SwitchAsync(machine.Id, PowerAction.Start, MachineState.Running);
        var to = portal.Others((await portal.MachineAsync(machine.Id)).HostName)[0];
        var moved = await portal.EndedAsync(await portal.MoveAsync(machine.Id, to));
        moved.Status.ShouldBe(MigrationStatus.Moved, moved.Message);
        (await RefusedAsync(portal.Admin.PostAsync($"machines/{machine.Id}/snapshots/{first.Id}/revert", key: Guid.NewGuid().ToString()))).ShouldContain("wrong-state");
        await SwitchAsync(machine.Id, PowerAction.PowerOff, MachineState.Off);

        await EndAsync(await RevertAsync(machine.Id, first.Id));

        (await disks.HoldsAsync(MachineFiles.Disk(machine.Id), 0x11)).ShouldBeTrue("the disk is as it was");
        (await disks.HoldsAsync(SnapshotFiles.Volume(machine.Id, second.Id), 0x22)).ShouldBeTrue();
        await portal.AgreeAsync();

        await EndAsync(await RevertAsync(machine.Id, second.Id));
        (await disks.HoldsAsync(MachineFiles.Disk(machine.Id), 0x22)).ShouldBeTrue("and forth again");
        await EndAsync((await portal.Admin.DeleteAsync($"machines/{machine.Id}/snapshots/{first.Id}", key: Guid.NewGuid().ToString())).As<SnapshotOrder>());
        await SwitchAsync(machine.Id, PowerAction.Start, MachineState.Running);
        await GuestCounter.ReadAsync(IPAddress.Parse(machine.Address), Stop);
        await portal.AgreeAsync();

        await portal.RemoveAsync(machine.Id);
        disks.Of(machine.Id).ShouldBeEmpty();
        await portal.AgreeAsync();
    }

    [Fact]
    public async Task Snapshots_being_taken_and_put_back_when_the_portal_dies_are_carried_on_by_the_next_one()
    {
        // Of one the copy lies there and the ledger does not know; of the other the disk is replaced and the ledger does not know.
        var disks = await Disks.OpenAsync(portal.Lab);
        var (taken, reverted) = (await OffAsync("taken"), await OffAsync("reverted"));
        await disks.WriteAsync(taken.Id, 0x33);
        await disks.WriteAsync(reverted.Id, 0x44);
        var snapshot = await TakeAsync(reverted.Id, "four");
        await disks.WriteAsync(reverted.Id, 0x55);
        var (taking, reverting) = (await Halt.AtAsync(portal, taken.Name, OperationKind.Snapshot, step: 1, StepState.Done), await Halt.AtAsync(portal, reverted.Name, OperationKind.Snapshot, step: 1, StepState.Done));
        var (take, revert) = (await OrderTakeAsync(taken.Id, "three"), await RevertAsync(reverted.Id, snapshot.Id));
        await taking.ReachedAsync();
        await reverting.ReachedAsync();

        await portal.KillAsync();
        await taking.DisposeAsync();
        await reverting.DisposeAsync();
        // What a copy that was cut off leaves: a disk that is none, and a snapshot that is none.
        await CutOffAsync(disks.PathOf(SnapshotFiles.Volume(taken.Id, take.Snapshot.Id)));
        await CutOffAsync(disks.PathOf(MachineFiles.Disk(reverted.Id)));
        await portal.StartAsync();

        await EndAsync(take, attempts: 2);
        await EndAsync(revert, attempts: 2);
        (await disks.HoldsAsync(SnapshotFiles.Volume(taken.Id, take.Snapshot.Id), 0x33)).ShouldBeTrue();
        (await disks.HoldsAsync(MachineFiles.Disk(reverted.Id), 0x44)).ShouldBeTrue();
        await portal.AgreeAsync();
        foreach (var machine in (MachineRow[])[taken, reverted])
        {
            await SwitchAsync(machine.Id, PowerAction.Start, MachineState.Running);
            await GuestCounter.ReadAsync(IPAddress.Parse(machine.Address), Stop);
            await portal.RemoveAsync(machine.Id);
        }

        await portal.AgreeAsync();
    }

    [Fact]
    public async Task A_take_that_is_cancelled_or_whose_host_is_away_leaves_nothing_and_strays_on_the_store_are_swept()
    {
        var disks = await Disks.OpenAsync(portal.Lab);
        var machine = await OffAsync("calm");
        var kept = await TakeAsync(machine.Id, "kept");
        var halt = await Halt.AtAsync(portal, machine.Name, OperationKind.Snapshot, step: 1, StepState.Running);
        var order = await OrderTakeAsync(machine.Id, "cancelled");
        await halt.ReachedAsync();
        (await portal.CancelAsync(order.Operation.Id)).As<OperationRow>();
        await halt.DisposeAsync();
        (await portal.EndedAsync(order.Operation.Id)).Status.ShouldBe(OperationStatus.Cancelled);
        await portal.AgreeAsync();

        // As if a silent host had kept it.
        await portal.Lab.Hosts[0].Storage.UploadAsync(portal.Lab.File.Pool, SnapshotFiles.Volume(machine.Id, order.Snapshot.Id), new byte[512], Stop);
        await portal.KillAsync();
        await portal.StartAsync();
        await portal.AgreeAsync();
        disks.Of(machine.Id).ShouldContain(SnapshotFiles.Volume(machine.Id, kept.Id), "a snapshot that is there is no leftover");
        await portal.RemoveAsync(machine.Id);
    }

    private async Task<MachineRow> OffAsync(string prefix)
    {
        var ordered = await portal.OrderAsync(Orders.NewName(prefix));
        var ended = await portal.EndedAsync(ordered.Operation);
        ended.Status.ShouldBe(OperationStatus.Succeeded, ended.Error);
        return await SwitchAsync(ordered.Id, PowerAction.PowerOff, MachineState.Off);
    }

    private async Task<MachineRow> SwitchAsync(Guid machine, PowerAction action, MachineState state)
    {
        var ended = await portal.EndedAsync((await portal.PowerAsync(machine, action)).As<OperationRow>().Id);
        ended.Status.ShouldBe(OperationStatus.Succeeded, ended.Error);
        return await portal.MachineAsync(machine, state);
    }

    private async Task<SnapshotOrder> OrderTakeAsync(Guid machine, string name) =>
        (await portal.Admin.PostAsync($"machines/{machine}/snapshots", new { Name = name }, key: Guid.NewGuid().ToString())).As<SnapshotOrder>();

    private async Task<SnapshotRow> TakeAsync(Guid machine, string name)
    {
        var order = await OrderTakeAsync(machine, name);
        await EndAsync(order);
        var list = await portal.ReadAsync<SnapshotList>($"machines/{machine}/snapshots");
        return list.Items.Single(snapshot => snapshot.Id == order.Snapshot.Id);
    }

    private async Task<SnapshotOrder> RevertAsync(Guid machine, Guid snapshot) =>
        (await portal.Admin.PostAsync($"machines/{machine}/snapshots/{snapshot}/revert", key: Guid.NewGuid().ToString())).As<SnapshotOrder>();

    private async Task EndAsync(SnapshotOrder order, int attempts = 1)
    {
        var ended = await portal.EndedAsync(order.Operation.Id);
        ended.Status.ShouldBe(OperationStatus.Succeeded, ended.Error);
        (await portal.OperationAsync(ended.Id)).Attempts.ShouldBe(attempts);
    }

    private static async Task<string> RefusedAsync(Task<Web.Api.ApiReply> call)
    {
        var reply = await call;
        reply.Status.ShouldBe(HttpStatusCode.Conflict, reply.Text);
        return reply.Text;
    }

    private static async Task CutOffAsync(string file)
    {
        await using var stream = File.Open(file, FileMode.Open);
        stream.SetLength(stream.Length / 2);
    }
}
