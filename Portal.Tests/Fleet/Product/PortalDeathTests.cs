using System.Net;
using Portal.Domain.Machines;
using Portal.Domain.Migrations;
using Portal.Domain.Operations;
using Portal.Hypervisor.Hosts;
using Portal.Hypervisor.Machines;
using ProofVolume = Portal.Hypervisor.Migrations.ProofVolume;

namespace Portal.Tests.Fleet.Product;

/// <summary>The portal dies as by <c>kill -9</c>, and another process takes over what it held.</summary>
[Collection(FleetPortalCollection.Name)]
public sealed class PortalDeathTests(FleetPortal portal)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Machines_being_made_when_the_portal_dies_are_made_by_the_next_one()
    {
        // The disks of one lie there, the other runs; the ledger knows of neither.
        var (cloned, started) = (Orders.NewName("cloned"), Orders.NewName("started"));
        var (first, second) = (await Halt.AtAsync(portal, cloned, OperationKind.Provision, step: 2, StepState.Done), await Halt.AtAsync(portal, started, OperationKind.Provision, step: 4, StepState.Done));
        var ordered = new[] { await portal.OrderAsync(cloned), await portal.OrderAsync(started) };
        await first.ReachedAsync();
        await second.ReachedAsync();

        await DieAsync(first, second);

        foreach (var machine in ordered)
            await MadeAsync(machine);
        await portal.AgreeAsync();
        await portal.KeepAsync(2);
    }

    [Fact]
    public async Task A_machine_half_deleted_when_the_portal_dies_is_gone_and_one_only_defined_is_made()
    {
        var doomed = (await portal.RunningAsync(1))[0];
        var defined = Orders.NewName("defined");
        var (deleting, defining) = (await Halt.AtAsync(portal, doomed.Name, OperationKind.Delete, step: 1, StepState.Done), await Halt.AtAsync(portal, defined, OperationKind.Provision, step: 3, StepState.Done));
        var deletion = (await portal.DeleteAsync(doomed)).As<OperationRow>();
        var machine = await portal.OrderAsync(defined);
        await deleting.ReachedAsync();
        await defining.ReachedAsync();

        await DieAsync(deleting, defining);

        (await portal.EndedAsync(deletion.Id)).Status.ShouldBe(OperationStatus.Succeeded);
        await MadeAsync(machine);
        await portal.AgreeAsync();
    }

    [Theory]
    [InlineData(MigrationMode.Live, MigrationMode.Live)]
    [InlineData(MigrationMode.QuickDirect, MigrationMode.QuickSaved)]
    public async Task Machines_on_the_move_when_the_portal_dies_run_in_one_place_and_their_receipts_say_so(MigrationMode copied, MigrationMode switched)
    {
        // One is in mid-copy; the other has just stopped at its source, so it is handed over or lies in a file.
        var machines = await portal.RunningAsync(2);
        var before = await Task.WhenAll(machines.Select(machine => GuestCounter.ReadAsync(IPAddress.Parse(machine.Address), Stop)));
        await portal.Lab.ThrottleAsync(machines[0].HostName!, machines[0].Id, 2);
        var copying = await portal.MoveAsync(machines[0].Id, portal.Others(machines[0].HostName)[0], copied);
        await portal.CopyingAsync(copying);
        var events = portal.Lab[machines[1].HostName!].WatchAsync(Stop);
        var switching = await portal.MoveAsync(machines[1].Id, portal.Others(machines[1].HostName)[0], switched);
        await Wait.ForAsync("the guest to stop at its source", events,
            e => e is MachineChanged { State: PowerState.Paused or PowerState.Off } changed && changed.Machine == machines[1].Id);

        await portal.KillAsync();
        await portal.Lab.ThrottleAsync(machines[0].HostName!, machines[0].Id, 1000);
        var proof = ProofVolume.NewName(DateTimeOffset.UtcNow.AddHours(-1));
        await portal.Lab.Hosts[0].Storage.UploadAsync(portal.Lab.File.Pool, proof, new byte[512], Stop);
        await portal.StartAsync();
        await Wait.UntilAsync("what an old proof left to be gone", () => portal.Lab.Hosts[0].Storage.FindAsync(portal.Lab.File.Pool, proof, Stop), seen => seen is null);

        foreach (var move in (MigrationRow[])[copying, switching])
        {
            var ended = await portal.EndedAsync(move);
            ended.Message!.ShouldStartWith("The portal was interrupted during this move. ");
            ended.Status.ShouldBeOneOf([MigrationStatus.Moved, MigrationStatus.Stayed], ended.Message);
            (await portal.MachineAsync(move.MachineId, MachineState.Running)).HostName.ShouldBe(ended.Status == MigrationStatus.Moved ? move.DestinationName : move.SourceName);
        }

        await portal.AgreeAsync();
        for (var i = 0; i < machines.Count; i++)
            (await GuestCounter.ReadAsync(IPAddress.Parse(machines[i].Address), Stop)).Boot.ShouldBe(before[i].Boot, $"{machines[i].Name} was started anew");
    }

    [Fact]
    public async Task A_portal_stopped_in_mid_copy_undoes_nothing_and_the_next_one_sees_the_move_to_its_end()
    {
        var machine = (await portal.RunningAsync(1))[0];
        var before = await GuestCounter.ReadAsync(IPAddress.Parse(machine.Address), Stop);
        await portal.Lab.ThrottleAsync(machine.HostName!, machine.Id, 2);
        var copying = await portal.MoveAsync(machine.Id, portal.Others(machine.HostName)[0], MigrationMode.Live);
        await portal.CopyingAsync(copying);

        await portal.StopAsync();

        (await portal.Lab[copying.DestinationName].Machines.FindAsync(machine.Id, Stop)).ShouldNotBeNull("the copy was undone").State.ShouldBe(PowerState.Paused);
        await portal.Lab.ThrottleAsync(machine.HostName!, machine.Id, 1000);
        await portal.StartAsync();
        var ended = await portal.EndedAsync(copying);
        ended.Status.ShouldBe(MigrationStatus.Moved, ended.Message);
        (await portal.MachineAsync(machine.Id, MachineState.Running)).HostName.ShouldBe(copying.DestinationName);
        await portal.AgreeAsync();
        (await GuestCounter.ReadAsync(IPAddress.Parse(machine.Address), Stop)).Boot.ShouldBe(before.Boot);
    }

    private async Task DieAsync(params Halt[] halts)
    {
        await portal.KillAsync();
        foreach (var halt in halts)
            await halt.DisposeAsync();
        await portal.StartAsync();
    }

    private async Task MadeAsync(Ordered machine)
    {
        var ended = await portal.EndedAsync(machine.Operation);
        ended.Status.ShouldBe(OperationStatus.Succeeded, ended.Error);
        (await portal.OperationAsync(machine.Operation)).Attempts.ShouldBe(2);
        await GuestCounter.ReadAsync(machine.Address, Stop);
    }
}
