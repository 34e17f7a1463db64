using Portal.Hypervisor.Hosts;
using Portal.Hypervisor.Machines;
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
        move.Outcome.Message.ShouldStartWith("The move failed: the stream of its memory to hv3 broke off");
        move.Outcome.Message.ShouldNotContain("certificates");
        move.Outcome.Measured!.Probe!.Lost.ShouldBe(0, "nobody noticed");
        await StaysAsync(machine, before);
    }

    /// <summary>Two machines on one link: waiting until their hosts' daemons notice takes half a minute.</summary>
    [Fact]
    public async Task A_link_that_is_cut_for_ever_costs_a_copy_and_leaves_both_ends_of_a_machine_that_went_on_before_its_memory_untouched()
    {
        await using var copied = await LabMachine.StartAsync(lab, Source);
        await using var ahead = await LabMachine.StartAsync(lab, Source);
        var before = await copied.ReadCounterAsync();
        var (isCopied, isAhead) = (new TaskCompletionSource(), new TaskCompletionSource());
        var copying = lab.Plan(copied, Source, Destination, MigrationMode.Live, Slow with { MaxMibPerSecond = 2 }).RunAsync(Stop, update =>
        {
            if (IsInTheMiddle(update))
                isCopied.TrySetResult();
        });
        var going = lab.Plan(ahead, Source, Destination, MigrationMode.PostCopy, Slow with { RecoverDeadline = TimeSpan.FromSeconds(5) }).RunAsync(Stop, update =>
        {
            if (update is PhaseStarted { Phase: MigrationPhase.Confirm })
                isAhead.TrySetResult();
        });
        await Wait.WithinAsync("both to be on their way", TimeSpan.FromMinutes(1), Task.WhenAll(isCopied.Task, isAhead.Task));

        await using (await lab.CutLinkAsync("hv1", "hv3"))
        {
            var (given, waiting) = (await copying, await going);

            given.Outcome.Verdict.ShouldBe(MigrationVerdict.Stayed, given.Story);
            given.Outcome.Message.ShouldStartWith("The move failed: the connection between hv1 and hv3 broke; see that libvirtd runs at hv3");
            given.Outcome.Message.ShouldEndWith("It runs at hv1.");
            given.Outcome.Measured!.Probe!.Lost.ShouldBe(0, "nobody noticed");
            waiting.Outcome.Verdict.ShouldBe(MigrationVerdict.Ambiguous, waiting.Story);
            waiting.Outcome.Message.ShouldContain("Touch", Case.Insensitive, "what to do, and what not");
            await StaysAsync(copied, before);
            foreach (var host in (string[])["hv1", "hv3"])
                (await lab.HasProcessAsync(host, ahead.Definition.Name)).ShouldBeTrue($"what {host} has of its memory is nowhere else");
            (await Source.Machines.FindAsync(ahead.Id, Stop)).ShouldNotBeNull().State.ShouldBe(PowerState.Paused, "it must never run there again");
        }

        await lab.KillGuestAsync("hv3", ahead.Definition.Name);
        var settlement = await Wait.WithinAsync("the hosts to settle it", TimeSpan.FromMinutes(2), new MigrationEngine().SettleAsync(ahead.Id, Source, Destination, Stop));

        settlement.ShouldBe(new Settlement(WhereItRuns.Destination, "It went on at the destination and has stopped there; what was left at the source is removed.", IsOff: true));
        (await ahead.RunsOnAsync()).ShouldBeEmpty();
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
