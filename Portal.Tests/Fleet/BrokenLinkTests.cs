using Portal.Hypervisor.Hosts;
using Portal.Hypervisor.Migrations;

namespace Portal.Tests.Fleet;

/// <summary>What becomes of a machine when the link between its two hosts, or the guest that arrives, goes away in the middle.</summary>
[Collection(LabCollection.Name)]
public class BrokenLinkTests(LabFixture lab)
{
    private const double BriefSeconds = 5;

    private static readonly MigrationOptions Slow = MigrationOptions.Default with { MaxMibPerSecond = 4, SettleDeadline = TimeSpan.FromSeconds(10) };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private HostConnection Source => lab["hv1"];

    private HostConnection Destination => lab["hv3"];

    [Fact]
    public async Task A_copy_outlives_a_link_that_is_cut_for_5_s()
    {
        await using var machine = await LabMachine.StartAsync(lab, Source);
        var before = await machine.ReadCounterAsync();
        Task<IAsyncDisposable>? cut = null;
        Task? mended = null;
        var cutAt = double.NaN;

        var move = await lab.Plan(machine, Source, Destination, MigrationMode.Live, Slow).RunAsync(Stop, update =>
        {
            if (cut is null && IsInTheMiddle(update))
                (cut, cutAt) = (lab.CutLinkAsync("hv1", "hv3"), update.At);
            if (update.At > cutAt + BriefSeconds)
                mended ??= MendAsync(cut!);
        });
        await mended!;

        move.Outcome.Verdict.ShouldBe(MigrationVerdict.Moved, move.Story);
        move.Phases.ShouldNotContain(MigrationPhase.Undo);
        (await machine.RunsOnAsync()).ShouldBe(["hv3"]);
        (await machine.UntilAsync(reading => reading.Count > before.Count)).Boot.ShouldBe(before.Boot);
    }

    [Fact]
    public async Task A_guest_killed_at_its_destination_before_it_ran_there_stays_where_it_was()
    {
        await using var machine = await LabMachine.StartAsync(lab, Source);
        var before = await machine.ReadCounterAsync();
        Task? kill = null;

        var move = await lab.Plan(machine, Source, Destination, MigrationMode.Live, Slow).RunAsync(Stop, update =>
        {
            if (IsInTheMiddle(update))
                kill ??= lab.KillGuestAsync("hv3", machine.Definition.Name);
        });
        await kill!;

        move.Outcome.Verdict.ShouldBe(MigrationVerdict.Stayed, move.Story);
        move.Outcome.Measured!.Probe!.Lost.ShouldBe(0, "nobody noticed");
        await StaysAsync(machine, before);
    }

    /// <summary>Some memory has been sent, and much of it has not.</summary>
    private static bool IsInTheMiddle(MigrationUpdate update) => update is Progress { Figures.ProcessedBytes: > 1 << 20 };

    private static async Task MendAsync(Task<IAsyncDisposable> cut) => await (await cut).DisposeAsync();

    private async Task StaysAsync(LabMachine machine, CounterReading before)
    {
        (await machine.RunsOnAsync()).ShouldBe(["hv1"]);
        (await machine.UntilAsync(reading => reading.Count > before.Count)).Boot.ShouldBe(before.Boot);
        (await Destination.Machines.FindAsync(machine.Id, Stop)).ShouldBeNull();
    }
}
