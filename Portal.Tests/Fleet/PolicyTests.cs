using Portal.Hypervisor.Hosts;
using Portal.Hypervisor.Migrations;

namespace Portal.Tests.Fleet;

[Collection(LabCollection.Name)]
public class PolicyTests(LabFixture lab)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private HostConnection Source => lab["hv1"];

    private HostConnection Destination => lab["hv3"];

    [Fact]
    public async Task A_machine_goes_on_at_its_destination_before_its_memory_and_comes_back_so()
    {
        await using var machine = await LabMachine.StartAsync(lab, Source);
        var before = await machine.ReadCounterAsync();

        foreach (var (here, there) in ((HostConnection, HostConnection)[])[(Source, Destination), (Destination, Source)])
        {
            var move = await lab.Plan(machine, here, there, MigrationMode.PostCopy, MigrationOptions.Default with { MaxMibPerSecond = 20 }).RunAsync(Stop);

            move.Outcome.Verdict.ShouldBe(MigrationVerdict.Moved, move.Story);
            move.Outcome.Message.ShouldContain("went on there before its memory");
            move.Outcome.Measured!.GuestAnswers.ShouldBeTrue();
            (await machine.RunsOnAsync()).ShouldBe([there.Endpoint.Name]);
            (await here.Machines.FindAsync(machine.Id, Stop)).ShouldBeNull();
        }

        (await machine.UntilAsync(reading => reading.Count > before.Count)).Boot.ShouldBe(before.Boot);
    }

    [Fact]
    public async Task A_gentle_move_of_a_guest_that_writes_too_fast_is_given_up_and_the_machine_stays_unharmed()
    {
        await using var machine = await BusyAsync();
        var before = await machine.ReadCounterAsync();

        var move = await Plan(machine, MigrationPolicy.Gentle with { Patience = TimeSpan.FromSeconds(3) }).RunAsync(Stop);

        move.Outcome.Verdict.ShouldBe(MigrationVerdict.Stayed, move.Story);
        move.Outcome.Message.ShouldContain("giving up, as gentle says");
        move.Outcome.Message.ShouldContain("the guest writes");
        move.Outcome.Measured!.Probe!.Lost.ShouldBe(0, move.Story);
        await RunsUnbrokenAsync(machine, before, Source);
    }

    [Fact]
    public async Task A_machine_that_must_move_goes_post_copy_when_it_does_not_converge()
    {
        await using var machine = await BusyAsync();
        var before = await machine.ReadCounterAsync();

        var move = await Plan(machine, MigrationPolicy.MustMove with { Patience = TimeSpan.FromSeconds(3) }).RunAsync(Stop);

        move.Outcome.Verdict.ShouldBe(MigrationVerdict.Moved, move.Story);
        move.Updates.OfType<Decision>().ShouldContain(decision => decision.Text.Contains("its memory follows, as must move says", StringComparison.Ordinal), move.Story);
        move.Outcome.Measured!.GuestAnswers.ShouldBeTrue(move.Story);
        await RunsUnbrokenAsync(machine, before, Destination);
    }

    [Fact]
    public async Task In_a_maintenance_window_a_guest_that_does_not_converge_is_paused_and_finished()
    {
        await using var machine = await BusyAsync();
        var before = await machine.ReadCounterAsync();

        var move = await Plan(machine, MigrationPolicy.MaintenanceWindow).RunAsync(Stop);

        move.Outcome.Verdict.ShouldBe(MigrationVerdict.Moved, move.Story);
        move.Updates.OfType<Decision>().ShouldContain(decision => decision.Text.Contains("paused and the rest is sent, as maintenance window says", StringComparison.Ordinal), move.Story);
        await RunsUnbrokenAsync(machine, before, Destination);
    }

    [Fact]
    public async Task A_balanced_move_of_which_nothing_was_promised_slows_the_guest_until_it_converges()
    {
        await using var machine = await BusyAsync();
        var before = await machine.ReadCounterAsync();

        // With a promise the guest is slowed no further than that allows, and this one is given up.
        var plan = Plan(machine, MigrationPolicy.Balanced, mibPerSecond: 30);
        var move = await (plan with { Options = plan.Options with { ObjectiveMs = null, LastDowntimeMs = 150 } }).RunAsync(Stop);

        move.Outcome.Verdict.ShouldBe(MigrationVerdict.Moved, move.Story);
        move.Updates.OfType<Decision>().ShouldContain(decision => decision.Text.Contains("slows the guest down by", StringComparison.Ordinal), move.Story);
        move.Updates.OfType<Decision>().ShouldNotContain(decision => decision.Text.StartsWith("The source cannot", StringComparison.Ordinal), move.Story);
        await RunsUnbrokenAsync(machine, before, Destination);
    }

    [Fact]
    public async Task Where_the_destination_cannot_go_post_copy_that_mode_is_refused_and_must_move_pauses_and_finishes()
    {
        await using var machine = await BusyAsync();
        var before = await machine.ReadCounterAsync();
        await using (await lab.TakeUserfaultAsync("hv3"))
        {
            var refused = await lab.Plan(machine, Source, Destination, MigrationMode.PostCopy).RunAsync(Stop);
            refused.Outcome.Verdict.ShouldBe(MigrationVerdict.Stayed, refused.Story);
            refused.Outcome.Message.ShouldContain("userfaultfd");

            var move = await Plan(machine, MigrationPolicy.MustMove with { Patience = TimeSpan.FromSeconds(3) }).RunAsync(Stop);
            move.Outcome.Verdict.ShouldBe(MigrationVerdict.Moved, move.Story);
            move.Updates.OfType<Decision>().ShouldContain(decision => decision.Text.Contains("since the hosts cannot go post-copy", StringComparison.Ordinal), move.Story);
        }

        await RunsUnbrokenAsync(machine, before, Destination);
    }

    [Fact]
    public async Task A_machine_held_still_to_finish_runs_on_at_the_source_when_its_move_is_cancelled()
    {
        await using var machine = await BusyAsync();
        var before = await machine.ReadCounterAsync();
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Stop);

        var move = await Plan(machine, MigrationPolicy.MaintenanceWindow, mibPerSecond: 4).RunAsync(cancel.Token, update =>
        {
            if (update is PhaseStarted { Phase: MigrationPhase.SwitchOver })
                cancel.Cancel();
        });

        move.Outcome.Verdict.ShouldBe(MigrationVerdict.Cancelled, move.Story);
        await RunsUnbrokenAsync(machine, before, Source);
    }

    private MigrationPlan Plan(LabMachine machine, MigrationPolicy policy, int mibPerSecond = 10)
        => lab.Plan(machine, Source, Destination, MigrationMode.Live, MigrationOptions.Default with { Policy = policy, ObjectiveMs = 200, MaxMibPerSecond = mibPerSecond });

    /// <summary>A machine whose guest rewrites 24 MiB of noise again and again.</summary>
    private async Task<LabMachine> BusyAsync()
    {
        using var shell = await GuestShell.CreateAsync(Stop);
        var machine = await LabMachine.StartAsync(lab, Source, memoryMib: 128, sshKeys: [shell.PublicKey]);
        await shell.RunAsync(machine.Address,
            "mkdir -p /w && mount -t tmpfs -o size=40m none /w && dd if=/dev/urandom of=/w/noise bs=1M count=4 2>/dev/null; "
            + "(while :; do for at in 0 4 8 12 16 20; do dd if=/w/noise of=/w/set bs=64k seek=$((at * 16)) conv=notrunc 2>/dev/null; done; done) </dev/null >/dev/null 2>&1 & echo busy", Stop);
        return machine;
    }

    private async Task RunsUnbrokenAsync(LabMachine machine, CounterReading before, HostConnection host)
    {
        (await machine.RunsOnAsync()).ShouldBe([host.Endpoint.Name]);
        (await machine.UntilAsync(reading => reading.Count > before.Count)).Boot.ShouldBe(before.Boot);
        var other = host == Source ? Destination : Source;
        (await other.Machines.FindAsync(machine.Id, Stop)).ShouldBeNull();
    }
}
