using System.Net;
using Portal.Domain.Machines;
using Portal.Domain.Migrations;
using Portal.Domain.Operations;

namespace Portal.Tests.Fleet.Product;

/// <summary>What is stopped on request is undone, or is past the point where it could be and ends well.</summary>
[Collection(FleetPortalCollection.Name)]
public sealed class CancelTests(FleetPortal portal)
{
    [Theory]
    [InlineData(2, "Clone the disk and write the seed")]
    [InlineData(3, "Define it on ")]
    [InlineData(4, "Start it")]
    public async Task A_machine_whose_making_is_cancelled_while_its_host_works_on_it_leaves_nothing(int step, string name)
    {
        var machineName = Orders.NewName("unwanted");
        var halt = await Halt.AtAsync(portal, machineName, OperationKind.Provision, step, StepState.Running);
        var machine = await portal.OrderAsync(machineName);
        await halt.ReachedAsync();
        // The host takes the step's call and does not answer it until the cancel was taken.
        await using (await portal.Lab.FreezeDaemonAsync((await portal.MachineAsync(machine.Id)).HostName!))
        {
            await halt.DisposeAsync();
            await Wait.UntilAsync("the step to begin", () => portal.OperationAsync(machine.Operation), seen => seen.Operation.StepName?.StartsWith(name, StringComparison.Ordinal) == true);
            (await portal.CancelAsync(machine.Operation)).Status.ShouldBe(HttpStatusCode.Accepted);
        }

        await UndoneAsync(machine);
    }

    [Fact]
    public async Task A_machine_whose_making_is_cancelled_while_it_starts_leaves_nothing_and_its_address_is_free()
    {
        var free = await portal.FreeAddressesAsync();
        var machine = await portal.OrderAsync(Orders.NewName("unwanted"));
        await Wait.UntilAsync("it to start", () => portal.OperationAsync(machine.Operation), seen => seen.Operation.StepName == "Wait for its first answer");

        (await portal.CancelAsync(machine.Operation)).Status.ShouldBe(HttpStatusCode.Accepted);
        (await portal.CancelAsync(machine.Operation)).Status.ShouldBe(HttpStatusCode.Accepted, "asking twice is asking once");

        await UndoneAsync(machine);
        (await portal.CancelAsync(machine.Operation)).ShouldBeProblem(HttpStatusCode.Conflict, "already-ended");
        (await portal.FreeAddressesAsync()).ShouldBe(free);
        var again = await portal.AskAsync(machine.Name);
        (await portal.Admin.PostAsync($"requests/{again.Id}/withdraw")).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_move_cancelled_before_the_copy_stays_untouched()
    {
        var machine = (await portal.RunningAsync(1))[0];
        var move = await portal.MoveAsync(machine.Id, portal.Others(machine.HostName)[0]);
        await portal.MoveAsync(move, "to be begun", seen => seen.Status == MigrationStatus.Running);

        (await portal.Admin.PostAsync($"migrations/{move.Id}/cancel")).Status.ShouldBe(HttpStatusCode.Accepted);

        await StayedAsync(move, "Cancelled before anything was moved.");
    }

    [Fact]
    public async Task A_machine_on_the_move_takes_no_other_order_and_stays_when_the_move_is_cancelled_in_mid_copy()
    {
        var machine = (await portal.RunningAsync(1))[0];
        var others = portal.Others(machine.HostName);
        await portal.Lab.ThrottleAsync(machine.HostName!, machine.Id, 2);
        var move = await portal.MoveAsync(machine.Id, others[0]);
        await portal.CopyingAsync(move);

        foreach (var second in (ApiReplyOf[])[() => portal.PowerAsync(machine.Id, PowerAction.Reset), () => portal.TryMoveAsync(machine.Id, others[1]), () => portal.DeleteAsync(machine)])
        {
            var refusal = (await second()).ShouldBeProblem(HttpStatusCode.Conflict, "machine-busy");
            refusal["detail"].ShouldContain($"Move {machine.Name} to {others[0]}");
            refusal["advice"].ShouldBe("Wait until it ends, or cancel it first.");
        }

        (await portal.Admin.PostAsync($"migrations/{move.Id}/cancel")).Status.ShouldBe(HttpStatusCode.Accepted);

        await StayedAsync(move, "Cancelled on request. It runs at ");
        await portal.Lab.ThrottleAsync(machine.HostName!, machine.Id, 1000);
    }

    [Fact]
    public async Task A_move_cancelled_after_the_guest_has_arrived_ends_well()
    {
        var machine = (await portal.RunningAsync(1))[0];
        var there = portal.Others(machine.HostName)[0];
        var move = await portal.MoveAsync(machine.Id, there);
        await portal.MoveAsync(move, "to be confirmed", seen => seen.Phase == "Confirm");

        (await portal.Admin.PostAsync($"migrations/{move.Id}/cancel")).Status.ShouldBe(HttpStatusCode.Accepted);

        var ended = await portal.EndedAsync(move);
        ended.Status.ShouldBe(MigrationStatus.Moved, ended.Message);
        (await portal.OperationAsync(move.OperationId)).Operation.Status.ShouldBe(OperationStatus.Succeeded);
        (await portal.MachineAsync(machine.Id)).HostName.ShouldBe(there);
        await portal.AgreeAsync();
    }

    private async Task UndoneAsync(Ordered machine)
    {
        var ended = await portal.EndedAsync(machine.Operation);
        ended.Status.ShouldBe(OperationStatus.Cancelled, ended.Error);
        ended.Error.ShouldBe("Making it was stopped on request. Nothing of it is left; its quota, name and address are free again.");
        await portal.AgreeAsync();
    }

    private async Task StayedAsync(MigrationRow move, string message)
    {
        var ended = await portal.EndedAsync(move);
        ended.Status.ShouldBe(MigrationStatus.Cancelled, ended.Message);
        ended.Message!.ShouldStartWith(message);
        (await portal.OperationAsync(move.OperationId)).Operation.Status.ShouldBe(OperationStatus.Cancelled);
        (await portal.MachineAsync(move.MachineId)).ShouldSatisfyAllConditions(
            seen => seen.State.ShouldBe(MachineState.Running), seen => seen.HostName.ShouldBe(move.SourceName));
        await portal.AgreeAsync();
    }

    private delegate Task<Web.Api.ApiReply> ApiReplyOf();
}
