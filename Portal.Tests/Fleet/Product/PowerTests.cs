using Portal.Domain.Machines;
using Portal.Domain.Operations;

namespace Portal.Tests.Fleet.Product;

[Collection(FleetPortalCollection.Name)]
public sealed class PowerTests(FleetPortal portal)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_machine_is_reset_shut_down_started_switched_off_and_deleted_and_all_it_held_is_free()
    {
        var free = await portal.FreeAddressesAsync();
        var machine = await portal.OrderAsync(Orders.NewName("switched"));
        (await portal.EndedAsync(machine.Operation)).Status.ShouldBe(OperationStatus.Succeeded);
        var first = await GuestCounter.ReadAsync(machine.Address, Stop);

        await SwitchAsync(machine.Id, PowerAction.Reset, MachineState.Running);
        var second = await GuestCounter.UntilAsync(machine.Address, reading => reading.Boot != first.Boot, Stop);
        // At once: the guest is in the middle of its start and misses the first press of its power button.
        await SwitchAsync(machine.Id, PowerAction.ShutDown, MachineState.Off);
        (await portal.PowerAsync(machine.Id, PowerAction.Reset)).ShouldBeProblem(System.Net.HttpStatusCode.Conflict, "wrong-state")["advice"].ShouldBe("Start it instead.");
        await SwitchAsync(machine.Id, PowerAction.Start, MachineState.Running);
        (await GuestCounter.UntilAsync(machine.Address, reading => reading.Boot != second.Boot, Stop)).Boot.ShouldNotBe(first.Boot);
        await SwitchAsync(machine.Id, PowerAction.PowerOff, MachineState.Off);
        await portal.AgreeAsync();

        await portal.RemoveAsync(machine.Id);
        await portal.AgreeAsync();
        (await portal.FreeAddressesAsync()).ShouldBe(free);
        var again = await portal.AskAsync(machine.Name);
        (await portal.Admin.PostAsync($"requests/{again.Id}/withdraw")).Status.ShouldBe(System.Net.HttpStatusCode.OK);
    }

    private async Task SwitchAsync(Guid machine, PowerAction action, MachineState expected)
    {
        var operation = (await portal.PowerAsync(machine, action)).As<OperationRow>();
        var ended = await portal.EndedAsync(operation.Id);
        ended.Status.ShouldBe(OperationStatus.Succeeded, ended.Error);
        (await portal.MachineAsync(machine)).State.ShouldBe(expected, $"after {action}");
    }
}
