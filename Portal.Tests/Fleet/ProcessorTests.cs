using Portal.Hypervisor.Hosts;
using Portal.Hypervisor.Migrations;

namespace Portal.Tests.Fleet;

[Collection(LabCollection.Name)]
public class ProcessorTests(LabFixture lab)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_host_whose_processor_lacks_what_the_machine_runs_with_is_refused_in_every_mode_before_anything_is_moved()
    {
        await using var machine = await LabMachine.StartAsync(lab, lab["hv1"]);
        var before = await machine.ReadCounterAsync();
        await using (await lab.TakeProcessorFeatureAsync("hv3", "cx16"))
        {
            await using var lesser = lab.Connection("hv3");
            await lesser.ConnectAsync(Stop);
            foreach (var mode in Enum.GetValues<MigrationMode>())
            {
                var move = await (lab.Plan(machine, lab["hv1"], lesser, mode) with { Guest = null }).RunAsync(Stop);

                move.Outcome.Verdict.ShouldBe(MigrationVerdict.Stayed, move.Story);
                move.Outcome.Message.ShouldStartWith("hv3 cannot run the machine as it runs now: its processor lacks cx16, which the machine's ");
                move.Phases.ShouldBe([MigrationPhase.Check]);
            }
        }

        await Wait.UntilAsync("hv3 to be connected again", () => Task.FromResult(lab["hv3"].Link), link => link.State == HostLinkState.Connected);
        (await machine.RunsOnAsync()).ShouldBe(["hv1"]);
        (await machine.UntilAsync(reading => reading.Count > before.Count)).Boot.ShouldBe(before.Boot);
        (await lab["hv3"].Machines.FindAsync(machine.Id, Stop)).ShouldBeNull();
    }
}
