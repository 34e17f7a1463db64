using System.Xml.Linq;
using Portal.Hypervisor.Migrations;

namespace Portal.Tests.Fleet;

[Collection(LabCollection.Name)]
public class ForesightTests(LabFixture lab)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_running_guest_is_looked_at_once_for_many_askers_and_told_from_one_that_is_not_there()
    {
        await using var machine = await LabMachine.StartAsync(lab, lab["hv1"]);
        var before = await machine.ReadCounterAsync();
        var gauge = new GuestGauge();

        var sights = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => gauge.LookAsync(lab["hv1"], machine.Id, Stop)));

        sights.Distinct().ShouldHaveSingleItem().ShouldNotBeNull().TouchedBytes!.Value.ShouldBeGreaterThan(16 << 20);
        (await gauge.LookAsync(lab["hv2"], Guid.CreateVersion7(), Stop)).ShouldBeNull();
        (await machine.UntilAsync(reading => reading.Count > before.Count)).Boot.ShouldBe(before.Boot);
    }

    [Fact]
    public async Task A_host_says_what_processor_it_lacks_and_a_move_that_is_foretold_badly_touches_nothing()
    {
        var (here, there) = (lab["hv1"], lab["hv2"]);
        await using var machine = await LabMachine.StartAsync(lab, here);
        var definition = (await DestinationFit.RunningDefinitionAsync(here, machine.Id, Stop)).ShouldNotBeNull();
        var grown = XDocument.Parse(definition);
        grown.Root!.Element("cpu")?.Remove();
        // AMD's and Intel's answers to the same need: no processor has both.
        grown.Root.Add(XElement.Parse("<cpu mode='custom' match='exact'><model>Skylake-Server</model><feature policy='require' name='3dnowext'/><feature policy='require' name='avx512f'/></cpu>"));

        (await DestinationFit.LacksAsync(there, definition, Stop)).ShouldBeNull();
        (await DestinationFit.LacksAsync(there, grown.ToString(), Stop)).ShouldNotBeNull().ShouldContain("Skylake-Server");

        GuestSight? seen = null;
        var move = await lab.Plan(machine, here, there, MigrationMode.Live, MigrationOptions.Default with { Foretell = Badly }).RunAsync(Stop);

        move.Outcome.ShouldSatisfyAllConditions(o => o.Verdict.ShouldBe(MigrationVerdict.Stayed), o => o.Message.ShouldBe("Too long."), o => o.Predicted!.BlackoutMsLow.ShouldBe(900));
        move.Phases.ShouldBe([MigrationPhase.Check, MigrationPhase.Predict]);
        seen.ShouldNotBeNull().MemoryBytes.ShouldBe(96L << 20);
        (await machine.RunsOnAsync()).ShouldBe([here.Endpoint.Name]);

        Foresight Badly(GuestSight sight)
        {
            seen = sight;
            return new Foresight(new Predicted(2, 900, 1100, Converges: true, 1 << 20, 990, 10), "Too long.");
        }
    }
}
