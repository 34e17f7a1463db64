using Portal.Hypervisor.Migrations;

namespace Portal.Tests.Fleet;

[Collection(LabCollection.Name)]
public class AnnounceTests(LabFixture lab)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_guest_whose_way_the_network_did_not_learn_is_reached_again_because_it_was_announced()
    {
        await using var machine = await LabMachine.StartAsync(lab, lab["hv1"]);
        var before = await machine.ReadCounterAsync();
        MoveRecord move;
        await using (await lab.HideArrivalAsync("hv3", machine.Address, machine.Definition.Mac))
            move = await lab.Plan(machine, lab["hv1"], lab["hv3"], MigrationMode.Live).RunAsync(Stop);

        move.Outcome.Verdict.ShouldBe(MigrationVerdict.Moved, move.Story);
        move.Outcome.Measured.ShouldNotBeNull().ShouldSatisfyAllConditions(
            measured => measured.GuestAnswers.ShouldBeTrue(move.Story),
            measured => measured.ConvergenceMs!.Value.ShouldBeGreaterThan(measured.PauseMs!.Value, "what is not the hypervisor's part of the silence is told apart"));
        move.Updates.OfType<Decision>().Select(decision => decision.Text).ShouldContain("The guest answers.", move.Story);
        (await machine.UntilAsync(reading => reading.Count > before.Count)).Boot.ShouldBe(before.Boot);
        (await machine.RunsOnAsync()).ShouldBe(["hv3"]);
    }
}
