using System.Diagnostics;
using Portal.Hypervisor.Migrations;

namespace Portal.Tests.Fleet;

[Collection(LabCollection.Name)]
public class ClockTests(LabFixture lab)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_wall_clock_that_is_set_during_a_move_changes_no_figure_of_it()
    {
        await using var machine = await LabMachine.StartAsync(lab, lab["hv1"]);
        var before = await machine.ReadCounterAsync();
        var clock = new ClockThatIsSet();
        await using var source = lab.Connection("hv1", time: clock);
        await using var destination = lab.Connection("hv3", time: clock);
        await Task.WhenAll(source.ConnectAsync(Stop), destination.ConnectAsync(Stop));
        var began = Stopwatch.GetTimestamp();

        var move = await lab.Plan(machine, source, destination, MigrationMode.Live).RunAsync(Stop, time: clock);

        var took = Stopwatch.GetElapsedTime(began).TotalSeconds;
        move.Outcome.Verdict.ShouldBe(MigrationVerdict.Moved, move.Story);
        move.Updates.OfType<PhaseStarted>().Select(phase => phase.At).ShouldBeInOrder();
        move.Updates.OfType<PhaseStarted>().Single(phase => phase.Phase == MigrationPhase.SwitchOver).At.ShouldBeGreaterThan(0, move.Story);
        move.Outcome.Measured.ShouldNotBeNull().ShouldSatisfyAllConditions(
            measured => measured.TotalSeconds.ShouldBeInRange(0, took), measured => measured.TeardownSeconds.ShouldBeInRange(0, took),
            measured => measured.Probe!.BlackoutMs.ShouldBeInRange(0, took * 1000), measured => measured.Probe!.BlackoutEndMs.ShouldBeInRange(0, took * 1000), measured => measured.Probe!.Late.ShouldBe(0));
        clock.Readings.ShouldBeGreaterThan(2, "it was read meanwhile");
        (await machine.UntilAsync(reading => reading.Count > before.Count)).Boot.ShouldBe(before.Boot);
    }

    /// <summary>A wall clock that somebody sets an hour back, and forth again, between any two looks.</summary>
    private sealed class ClockThatIsSet : TimeProvider
    {
        private int _readings;

        public int Readings => Volatile.Read(ref _readings);

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddHours(-(Interlocked.Increment(ref _readings) % 2));
    }
}
