using System.Diagnostics;
using Portal.Hypervisor.Hosts;
using Portal.Hypervisor.Machines;
using Portal.Hypervisor.Migrations;

namespace Portal.Tests.Fleet;

[Collection(LabCollection.Name)]
public class MigrationFaultTests(LabFixture lab)
{
    /// <summary>Slow enough that there is a middle to break into: some 75 MiB take over half a minute.</summary>
    private static readonly MigrationOptions Slow = MigrationOptions.Default with { MaxMibPerSecond = 2, SettleDeadline = TimeSpan.FromSeconds(10) };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private HostConnection Source => lab["hv1"];

    private HostConnection Destination => lab["hv3"];

    [Theory]
    [InlineData(MigrationMode.Live, MigrationPhase.Copy)]
    [InlineData(MigrationMode.QuickDirect, MigrationPhase.Copy)]
    [InlineData(MigrationMode.QuickSaved, MigrationPhase.Copy)]
    [InlineData(MigrationMode.Live, MigrationPhase.Prepare)]
    public async Task A_cancelled_move_leaves_the_machine_where_it_was(MigrationMode mode, MigrationPhase phase)
    {
        await using var machine = await LabMachine.StartAsync(lab, Source);
        var before = await machine.ReadCounterAsync();
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Stop);

        var move = await lab.Plan(machine, Source, Destination, mode, Slow).RunAsync(cancel.Token, update =>
        {
            if (update is PhaseStarted started && started.Phase == phase)
                cancel.Cancel();
        });

        move.Outcome.Verdict.ShouldBe(MigrationVerdict.Cancelled, move.Story);
        if (phase == MigrationPhase.Copy)
        {
            var felt = move.Outcome.Measured.ShouldNotBeNull();
            felt.GuestAnswers.ShouldBeTrue();
            felt.Probe!.Sent.ShouldBeGreaterThan(200, "the probe ran before the move, and on after it");
            if (mode == MigrationMode.Live)
                felt.Probe.Lost.ShouldBe(0);
        }

        await StillRunsAsync(machine, before);
    }

    [Fact]
    public async Task A_move_cancelled_in_any_other_phase_leaves_the_machine_whole_at_the_end_it_names()
    {
        await using var machine = await LabMachine.StartAsync(lab, Source);
        var before = await machine.ReadCounterAsync();
        var (here, there) = (Source, Destination);
        foreach (var phase in (MigrationPhase[])[MigrationPhase.Check, MigrationPhase.Predict, MigrationPhase.SwitchOver, MigrationPhase.Confirm])
        {
            using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Stop);

            var move = await lab.Plan(machine, here, there, MigrationMode.Live).RunAsync(cancel.Token, update =>
            {
                if (update is PhaseStarted started && started.Phase == phase)
                    cancel.Cancel();
            });

            if (phase < MigrationPhase.Copy)
                move.Outcome.Message.ShouldBe("Cancelled before anything was moved.", move.Story);
            if (phase == MigrationPhase.Confirm)
                move.Outcome.Verdict.ShouldBe(MigrationVerdict.Moved, move.Story);
            move.Outcome.Verdict.ShouldBeOneOf([MigrationVerdict.Cancelled, MigrationVerdict.Moved], move.Story);
            if (move.Outcome.Verdict == MigrationVerdict.Moved)
                (here, there) = (there, here);
            (await machine.RunsOnAsync()).ShouldBe([here.Endpoint.Name], move.Story);
            (await there.Machines.FindAsync(machine.Id, Stop)).ShouldBeNull(move.Story);
        }

        (await machine.UntilAsync(reading => reading.Count > before.Count)).Boot.ShouldBe(before.Boot);
    }

    [Fact]
    public async Task A_destination_that_is_down_refuses_the_move_before_anything_is_touched()
    {
        await using var machine = await LabMachine.StartAsync(lab, Source);
        var before = await machine.ReadCounterAsync();
        await using (await lab.KillDaemonAsync("hv3"))
        {
            await using var dead = lab.Connection("hv3");

            var move = await lab.Plan(machine, Source, dead, MigrationMode.Live).RunAsync(Stop);

            move.Outcome.Verdict.ShouldBe(MigrationVerdict.Stayed, move.Story);
            move.Outcome.Message.ShouldStartWith("hv3 cannot be reached");
            move.Phases.ShouldBe([MigrationPhase.Check]);
        }

        await ReconnectedAsync(Destination);
        await StillRunsAsync(machine, before);
    }

    [Fact]
    public async Task A_destination_that_dies_in_mid_copy_leaves_the_machine_running_at_the_source()
    {
        await using var machine = await LabMachine.StartAsync(lab, Source);
        var before = await machine.ReadCounterAsync();
        Task<IAsyncDisposable>? killing = null;

        var move = await lab.Plan(machine, Source, Destination, MigrationMode.Live, Slow).RunAsync(Stop, update =>
        {
            if (update is Progress { Figures.ProcessedBytes: > 1 << 20 })
                killing ??= lab.KillDaemonAsync("hv3");
        });
        await (await killing!).DisposeAsync();

        move.Outcome.Verdict.ShouldBe(MigrationVerdict.Stayed, move.Story);
        move.Phases.ShouldContain(MigrationPhase.Undo);
        await ReconnectedAsync(Destination);
        await StillRunsAsync(machine, before);
    }

    [Fact]
    public async Task A_move_whose_portal_died_is_carried_on_by_the_hosts_and_settled_by_asking_them()
    {
        await using var machine = await LabMachine.StartAsync(lab, Source);
        var before = await machine.ReadCounterAsync();
        using (var orphan = Process.Start(new ProcessStartInfo("virsh",
            ["-q", "-c", Source.Endpoint.Uri, "migrate", "--live", "--p2p", "--persistent", "--undefinesource", "--bandwidth", "30",
                machine.Definition.Name, Destination.Endpoint.PeerUri!, "--migrateuri", $"tcp:{Destination.Endpoint.Address}"]))!)
        {
            await UntilMovingAsync(machine);
            orphan.Kill();
            await Wait.WithinAsync("virsh to die", TimeSpan.FromSeconds(10), orphan.WaitForExitAsync(Stop));
        }

        var settlement = await SettleAsync(machine);

        settlement.Where.ShouldBe(WhereItRuns.Destination, settlement.Explanation);
        (await machine.RunsOnAsync()).ShouldBe(["hv3"]);
        (await Source.Machines.FindAsync(machine.Id, Stop)).ShouldBeNull();
        (await machine.ReadCounterAsync()).Boot.ShouldBe(before.Boot);
    }

    [Fact]
    public async Task A_saved_move_whose_portal_died_between_save_and_restore_is_taken_back_to_the_source()
    {
        await using var machine = await LabMachine.StartAsync(lab, Source);
        var before = await machine.ReadCounterAsync();
        await lab.SaveAsync("hv1", machine.Id);
        (await machine.RunsOnAsync()).ShouldBeEmpty();

        var settlement = await SettleAsync(machine);

        settlement.Where.ShouldBe(WhereItRuns.Source, settlement.Explanation);
        await StillRunsAsync(machine, before);
        (await Source.Storage.FindAsync(lab.File.Pool, $"{machine.Id}.memory", Stop)).ShouldBeNull();
    }

    [Fact]
    public async Task Saved_memory_is_found_on_the_store_when_the_source_was_restarted_and_forgot_that_it_saved()
    {
        await using var machine = await LabMachine.StartAsync(lab, Source);
        var before = await machine.ReadCounterAsync();
        await lab.SaveAsync("hv1", machine.Id);
        await RestartSourceAsync(machine);

        var settlement = await SettleAsync(machine);

        settlement.Where.ShouldBe(WhereItRuns.Source, settlement.Explanation);
        await StillRunsAsync(machine, before);
        (await Source.Storage.FindAsync(lab.File.Pool, $"{machine.Id}.memory", Stop)).ShouldBeNull();
    }

    [Fact]
    public async Task Saved_memory_is_left_alone_when_a_disk_was_written_to_since()
    {
        await using var machine = await LabMachine.StartAsync(lab, Source);
        await lab.SaveAsync("hv1", machine.Id);
        await RestartSourceAsync(machine);
        await VirshAsync("vol-resize", "--pool", lab.File.Pool, machine.Volumes[0], "2G");

        await IsLeftAloneAsync(machine);
    }

    [Fact]
    public async Task Saved_memory_is_left_alone_when_a_disk_was_written_to_since_even_if_the_source_remembers_that_it_saved()
    {
        await using var machine = await LabMachine.StartAsync(lab, Source);
        await lab.SaveAsync("hv1", machine.Id);
        await VirshAsync("vol-resize", "--pool", lab.File.Pool, machine.Volumes[0], "2G");

        await IsLeftAloneAsync(machine);
    }

    [Fact]
    public async Task Memory_that_was_saved_only_in_part_is_no_saved_memory()
    {
        await using var machine = await LabMachine.StartAsync(lab, Source);
        await lab.SaveAsync("hv1", machine.Id);
        await lab.MarkPartialAsync("hv1", machine.Id);
        await RestartSourceAsync(machine);

        await IsLeftAloneAsync(machine);
    }

    [Fact]
    public async Task A_source_that_dies_in_mid_copy_leaves_the_outcome_open_and_is_settled_when_it_is_back()
    {
        await using var machine = await LabMachine.StartAsync(lab, Source);
        var before = await machine.ReadCounterAsync();
        Task<IAsyncDisposable>? killing = null;

        var move = await lab.Plan(machine, Source, Destination, MigrationMode.Live, Slow with { SettleDeadline = TimeSpan.FromSeconds(2) }).RunAsync(Stop, update =>
        {
            if (update is Progress { Figures.ProcessedBytes: > 1 << 20 })
                killing ??= lab.KillDaemonAsync("hv1");
        });
        await (await killing!).DisposeAsync();

        move.Outcome.Verdict.ShouldBe(MigrationVerdict.Ambiguous, move.Story);
        move.Outcome.Message.ShouldContain("It answers pings all the same.");
        await ReconnectedAsync(Source);
        (await SettleAsync(machine)).Where.ShouldBe(WhereItRuns.Source);
        await StillRunsAsync(machine, before);
    }

    [Fact]
    public async Task Memory_never_travels_in_the_clear_because_a_host_lacks_certificates()
    {
        await using var machine = await LabMachine.StartAsync(lab, Source);
        var before = await machine.ReadCounterAsync();
        MoveRecord move;
        await using (await lab.TakeCertificatesAsync("hv3"))
            move = await lab.Plan(machine, Source, Destination, MigrationMode.Live).RunAsync(Stop);

        move.Outcome.Verdict.ShouldBe(MigrationVerdict.Stayed, move.Story);
        move.Outcome.Message.ShouldContain("Give both hosts QEMU's certificates for migration");
        await StillRunsAsync(machine, before);
        var trusted = await lab.Plan(machine, Source, Destination, MigrationMode.Live, MigrationOptions.Default with { EncryptMemory = false }).RunAsync(Stop);
        trusted.Outcome.Verdict.ShouldBe(MigrationVerdict.Moved, trusted.Story);
    }

    [Fact]
    public async Task Moves_that_cannot_be_made_are_refused_with_what_to_do()
    {
        await using var machine = await LabMachine.StartAsync(lab, Source);
        var plan = lab.Plan(machine, Source, Destination, MigrationMode.Live);
        await using var again = lab.Connection("hv1");

        (await RefusalAsync(plan with { Destination = again })).ShouldContain("are the same host");
        (await RefusalAsync(plan with { Pool = "nowhere" })).ShouldContain("hv1 has no storage pool nowhere");
        (await RefusalAsync(plan with { Volumes = ["gone.qcow2"] })).ShouldContain("hv3 does not see gone.qcow2");
        (await RefusalAsync(plan with { Machine = Guid.CreateVersion7() })).ShouldContain("hv1 does not know the machine");
        await machine.PauseAsync(Source);
        (await RefusalAsync(plan)).ShouldContain("The machine is not running at hv1");
    }

    [Fact]
    public async Task A_store_that_holds_none_of_the_disks_and_is_not_the_same_on_both_hosts_is_refused()
    {
        await using var machine = await LabMachine.StartAsync(lab, Source);
        var plan = lab.Plan(machine, Source, Destination, MigrationMode.Live) with { Pool = "elsewhere", DestinationPool = "elsewhere", Volumes = [] };
        await using var here = await lab.AddPoolAsync("hv1", plan.Pool, "/var/lib/libvirt/images");
        (await RefusalAsync(plan)).ShouldBe("hv3 has no storage pool elsewhere. Define it there (virsh pool-define-as), on the shared directory or one of its own.");
        await using (await lab.AddPoolAsync("hv3", plan.Pool, "/var/lib/libvirt/boot"))
            (await RefusalAsync(plan)).ShouldContain("None of the machine's disks is in pool elsewhere, which hv1 and hv3 do not share");

        // The same path, and each host's own directory.
        await using (await lab.AddPoolAsync("hv3", plan.Pool, "/var/lib/libvirt/images"))
            (await RefusalAsync(plan)).ShouldContain("which hv1 and hv3 do not share");
        (await Source.Storage.ListAsync(plan.Pool, Stop)).ShouldNotContain(name => name.StartsWith("portal-proof-", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_proof_of_the_store_that_a_dead_portal_left_is_taken_away_by_the_next_move_and_nothing_else_is()
    {
        await using var machine = await LabMachine.StartAsync(lab, Source);
        var (left, young) = (ProofVolume.NewName(DateTimeOffset.UtcNow.AddHours(-1)), ProofVolume.NewName(DateTimeOffset.UtcNow));
        foreach (var proof in (string[])[left, young])
            await Source.Storage.UploadAsync(lab.File.Pool, proof, new byte[512], Stop);

        (await lab.Plan(machine, Source, Destination, MigrationMode.QuickDirect).RunAsync(Stop)).Outcome.Verdict.ShouldBe(MigrationVerdict.Moved);

        var volumes = await Source.Storage.ListAsync(lab.File.Pool, Stop);
        await Source.Storage.DeleteAsync(lab.File.Pool, young, Stop);
        volumes.Where(volume => volume.StartsWith("portal-proof-", StringComparison.Ordinal)).ShouldBe([young]);
    }

    private static async Task<string> RefusalAsync(MigrationPlan plan)
    {
        var move = await (plan with { Guest = null }).RunAsync(Stop);
        move.Outcome.Verdict.ShouldBe(MigrationVerdict.Stayed, move.Story);
        return move.Outcome.Message;
    }

    /// <summary>Neither host runs it, whatever memory of it lies on the store.</summary>
    private async Task IsLeftAloneAsync(LabMachine machine)
    {
        var settlement = await SettleAsync(machine);

        settlement.Where.ShouldBe(WhereItRuns.Nowhere, settlement.Explanation);
        (await machine.RunsOnAsync()).ShouldBeEmpty();
        await Source.Storage.DeleteAsync(lab.File.Pool, $"{machine.Id}.memory", Stop);
    }

    private async Task StillRunsAsync(LabMachine machine, CounterReading before)
    {
        (await machine.RunsOnAsync()).ShouldBe(["hv1"]);
        (await machine.UntilAsync(reading => reading.Count > before.Count)).Boot.ShouldBe(before.Boot);
        (await Destination.Machines.FindAsync(machine.Id, Stop)).ShouldBeNull();
    }

    private async Task RestartSourceAsync(LabMachine machine)
    {
        await (await lab.KillDaemonAsync("hv1")).DisposeAsync();
        var seen = await Wait.UntilAsync("hv1 to say what it still knows of the machine", async () =>
        {
            // The link may not have noticed yet that the daemon is another one.
            await using var fresh = lab.Connection("hv1");
            await fresh.ConnectAsync(Stop);
            return await fresh.Machines.FindAsync(machine.Id, Stop);
        }, status => status is not null);
        seen!.Reason.ShouldBeEmpty("the daemon was to forget why the machine is off");
        await ReconnectedAsync(Source);
    }

    private async Task VirshAsync(params string[] command)
    {
        using var virsh = Process.Start(new ProcessStartInfo("virsh", ["-q", "-c", Source.Endpoint.Uri, .. command]))!;
        await Wait.WithinAsync($"virsh {command[0]}", TimeSpan.FromSeconds(60), virsh.WaitForExitAsync(Stop));
        virsh.ExitCode.ShouldBe(0, string.Join(' ', command));
    }

    private Task<Settlement> SettleAsync(LabMachine machine) => Wait.WithinAsync(
        "the hosts to settle it", TimeSpan.FromMinutes(2), new MigrationEngine().SettleAsync(machine.Id, Source, Destination, Stop));

    private static Task<HostLink> ReconnectedAsync(HostConnection host)
        => Wait.UntilAsync($"{host.Endpoint.Name} to be connected again", () => Task.FromResult(host.Link), link => link.State == HostLinkState.Connected);

    private Task<MachineStatus?> UntilMovingAsync(LabMachine machine) => Wait.UntilAsync(
        "the guest to arrive", () => Destination.Machines.FindAsync(machine.Id, Stop), seen => seen is { State: PowerState.Paused });
}
