using Portal.Hypervisor.Machines;
using Portal.Hypervisor.Migrations;

namespace Portal.Tests.Fleet;

[Collection(LabCollection.Name)]
public class MigrationTests(LabFixture lab)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(MigrationMode.Live, DeviceModel.Paravirtual)]
    [InlineData(MigrationMode.Live, DeviceModel.Emulated)]
    [InlineData(MigrationMode.QuickDirect, DeviceModel.Paravirtual)]
    [InlineData(MigrationMode.QuickSaved, DeviceModel.Paravirtual)]
    public async Task A_machine_moves_there_and_back_without_restarting(MigrationMode mode, DeviceModel devices)
    {
        var (here, there) = (lab.Hosts[0], lab.Hosts[1]);
        await using var machine = await LabMachine.StartAsync(lab, here, devices);
        var before = await machine.ReadCounterAsync();

        var away = await lab.Plan(machine, here, there, mode).RunAsync(Stop);
        away.Outcome.Verdict.ShouldBe(MigrationVerdict.Moved, away.Story);
        (await machine.RunsOnAsync()).ShouldBe([there.Endpoint.Name]);
        var back = await lab.Plan(machine, there, here, mode).RunAsync(Stop);
        back.Outcome.Verdict.ShouldBe(MigrationVerdict.Moved, back.Story);
        (await machine.RunsOnAsync()).ShouldBe([here.Endpoint.Name]);

        (await machine.UntilAsync(reading => reading.Count > before.Count)).Boot.ShouldBe(before.Boot);
        (await there.Machines.FindAsync(machine.Id, Stop)).ShouldBeNull();
        (await here.Storage.FindAsync(lab.File.Pool, $"{machine.Id}.memory", Stop)).ShouldBeNull();
    }
}
