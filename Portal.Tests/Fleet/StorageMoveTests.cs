using Portal.Hypervisor.Hosts;
using Portal.Hypervisor.Migrations;

namespace Portal.Tests.Fleet;

/// <summary>Moves between pools that each host has to itself.</summary>
[Collection(LabCollection.Name)]
public class StorageMoveTests(LabFixture lab)
{
    private const string Local = "local";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(MigrationMode.Live)]
    [InlineData(MigrationMode.QuickDirect)]
    public async Task A_machine_takes_its_disks_along_and_leaves_none_behind(MigrationMode mode)
    {
        var (here, there) = (lab.Hosts[0], lab.Hosts[1]);
        await using var machine = await LabMachine.StartAsync(lab, here, pool: Local);
        var before = await machine.ReadCounterAsync();

        var move = await lab.Plan(machine, here, there, mode).RunAsync(Stop);

        move.Outcome.Verdict.ShouldBe(MigrationVerdict.Moved, move.Story);
        (await machine.RunsOnAsync()).ShouldBe([there.Endpoint.Name]);
        (await machine.UntilAsync(reading => reading.Count > before.Count)).Boot.ShouldBe(before.Boot);
        move.Outcome.Measured!.DiskBytes.ShouldBeGreaterThan(0);
        move.Updates.OfType<Progress>().ShouldContain(progress => progress.Figures.DiskTotalBytes > 0);
        (await HasAsync(here, machine)).ShouldBe(0, move.Story);
        (await HasAsync(there, machine)).ShouldBe(2);
    }

    [Fact]
    public async Task A_machine_whose_disks_were_being_copied_stays_and_the_copies_go()
    {
        var (here, there) = (lab.Hosts[0], lab.Hosts[1]);
        await using var machine = await LabMachine.StartAsync(lab, here, pool: Local);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Stop);

        var move = await lab.Plan(machine, here, there, MigrationMode.Live, MigrationOptions.Default with { MaxMibPerSecond = 1 })
            .RunAsync(cancel.Token, update => { if (update is Progress { Figures.DiskRemainingBytes: > 0 }) cancel.Cancel(); });

        move.Outcome.Verdict.ShouldBe(MigrationVerdict.Cancelled, move.Story);
        (await machine.RunsOnAsync()).ShouldBe([here.Endpoint.Name]);
        (await HasAsync(here, machine)).ShouldBe(2);
        (await HasAsync(there, machine)).ShouldBe(0, move.Story);
    }

    [Fact]
    public async Task Disks_go_from_a_shared_pool_to_one_of_a_host_and_back()
    {
        var (here, there) = (lab.Hosts[0], lab.Hosts[1]);
        await using var machine = await LabMachine.StartAsync(lab, here);

        var away = await (lab.Plan(machine, here, there, MigrationMode.Live) with { DestinationPool = Local }).RunAsync(Stop);
        away.Outcome.Verdict.ShouldBe(MigrationVerdict.Moved, away.Story);
        var back = await (lab.Plan(machine, there, here, MigrationMode.Live) with { Pool = Local, DestinationPool = machine.Pool }).RunAsync(Stop);

        back.Outcome.Verdict.ShouldBe(MigrationVerdict.Moved, back.Story);
        (await machine.RunsOnAsync()).ShouldBe([here.Endpoint.Name]);
        (await there.Storage.FindAsync(Local, machine.Volumes[0], Stop)).ShouldBeNull();
    }

    [Fact]
    public async Task A_saved_machine_needs_a_store_that_both_hosts_see()
    {
        var (here, there) = (lab.Hosts[0], lab.Hosts[1]);
        await using var machine = await LabMachine.StartAsync(lab, here, pool: Local);

        var move = await lab.Plan(machine, here, there, MigrationMode.QuickSaved).RunAsync(Stop);

        move.Outcome.Verdict.ShouldBe(MigrationVerdict.Stayed);
        move.Outcome.Message.ShouldContain("share no store");
    }

    [Fact]
    public async Task A_store_is_one_where_a_name_is_taken_whatever_the_other_host_sees_of_it()
    {
        var (here, there) = (lab.Hosts[0], lab.Hosts[1]);
        var name = ProofVolume.NewName(DateTimeOffset.UtcNow);
        await here.Storage.UploadAsync(lab.File.Pool, name, new byte[512], Stop);
        try
        {
            await using var session = await there.OpenPrivateAsync(Stop);
            // The host there has not looked since, so it does not know the volume.
            (await there.Storage.PeekAsync(lab.File.Pool, name, Stop)).ShouldBeNull();

            (await session.CallAsync(connection => SharedStore.IsTaken(connection, lab.File.Pool, name), Stop)).ShouldBeTrue();
            (await session.CallAsync(connection => SharedStore.IsTaken(connection, Local, name), Stop)).ShouldBeFalse();

            (await here.Storage.FindAsync(lab.File.Pool, name, Stop)).ShouldNotBeNull();
            (await there.Storage.FindAsync(Local, name, Stop)).ShouldBeNull();
        }
        finally
        {
            await here.Storage.DeleteAsync(lab.File.Pool, name, CancellationToken.None);
        }
    }

    [Fact]
    public async Task What_an_interrupted_move_left_of_its_disks_is_removed_where_the_machine_is_not_and_nowhere_else()
    {
        var (here, there) = (lab.Hosts[0], lab.Hosts[1]);
        await using var machine = await LabMachine.StartAsync(lab, here, pool: Local);
        foreach (var volume in machine.Volumes)
            await there.Storage.UploadAsync(Local, volume, new byte[512], Stop);
        var (kept, extra) = (new DiskEnd(here, Local), new DiskEnd(there, Local));
        var engine = new MigrationEngine();

        // Asked the wrong way round it touches nothing: the machine is there.
        (await engine.ClearAsync(machine.Id, machine.Volumes, kept: extra, extra: kept, mayMend: null, Stop)).ShouldBe(0);
        (await HasAsync(here, machine)).ShouldBe(2);
        // Nor where somebody else has the machine in hand by then.
        (await engine.ClearAsync(machine.Id, machine.Volumes, kept, extra, _ => Task.FromResult(false), Stop)).ShouldBe(0);
        (await HasAsync(there, machine)).ShouldBe(2);
        (await engine.ClearAsync(machine.Id, machine.Volumes, kept, extra, _ => Task.FromResult(true), Stop)).ShouldBe(2);

        (await HasAsync(here, machine)).ShouldBe(2);
        (await HasAsync(there, machine)).ShouldBe(0);
        (await engine.IsOneStoreAsync(kept, extra, Stop)).ShouldBeFalse();
        (await engine.IsOneStoreAsync(kept with { Pool = lab.File.Pool }, extra with { Pool = lab.File.Pool }, Stop)).ShouldBeTrue();
    }

    [Fact]
    public async Task A_limit_that_a_person_sets_during_a_move_is_taken_and_said()
    {
        var (here, there) = (lab.Hosts[0], lab.Hosts[1]);
        await using var machine = await LabMachine.StartAsync(lab, here);
        var limits = System.Threading.Channels.Channel.CreateUnbounded<BandwidthLimit>();

        // At one MiB a second it would not end within the deadline; without a limit it does.
        var plan = lab.Plan(machine, here, there, MigrationMode.Live, MigrationOptions.Default with { MaxMibPerSecond = 1 }) with { Limits = limits.Reader };
        var isAsked = false;
        var move = await plan.RunAsync(Stop, update =>
        {
            if (update is Progress && !isAsked)
                isAsked = limits.Writer.TryWrite(new BandwidthLimit(null, "Olga"));
        });

        move.Outcome.Verdict.ShouldBe(MigrationVerdict.Moved, move.Story);
        move.Updates.OfType<Decision>().ShouldContain(decision => decision.Text == "Olga set the limit of the stream to none." && decision.Figures == "it was 1 MiB/s", move.Story);
    }

    [Fact]
    public async Task A_limit_set_before_the_copy_begins_counts_and_none_outlives_a_move_that_was_undone()
    {
        var (here, there) = (lab.Hosts[0], lab.Hosts[1]);
        await using var machine = await LabMachine.StartAsync(lab, here);
        var before = await here.CallAsync(connection => new[] { JobCalls.MaxSpeed(connection, machine.Id) }, Stop);
        var limits = System.Threading.Channels.Channel.CreateUnbounded<BandwidthLimit>();
        limits.Writer.TryWrite(new BandwidthLimit(2, "Olga"));
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Stop);

        var plan = lab.Plan(machine, here, there, MigrationMode.Live) with { Limits = limits.Reader };
        var isAsked = false;
        var move = await plan.RunAsync(cancel.Token, update =>
        {
            if (update is Progress && !isAsked)
                isAsked = limits.Writer.TryWrite(new BandwidthLimit(1, "Otto"));
            else if (update is Decision { Text: "Otto set the limit of the stream to 1 MiB/s." })
                cancel.Cancel();
        });

        move.Outcome.Verdict.ShouldBe(MigrationVerdict.Cancelled, move.Story);
        move.Updates.OfType<Decision>().ShouldContain(decision => decision.Text == "Olga set the limit of the stream to 2 MiB/s before the copy began.", move.Story);
        move.Updates.OfType<Decision>().ShouldContain(decision => decision.Text.StartsWith("Otto set") && decision.Figures == "it was 2 MiB/s", move.Story);
        (await here.CallAsync(connection => new[] { JobCalls.MaxSpeed(connection, machine.Id) }, Stop)).ShouldBe(before);
    }

    [Theory]
    [InlineData(4, StreamCompression.None)]
    [InlineData(2, StreamCompression.Zstd)]
    [InlineData(1, StreamCompression.Xbzrle)]
    public async Task Memory_goes_over_several_connections_or_compressed(int connections, StreamCompression compression)
    {
        var (here, there) = (lab.Hosts[0], lab.Hosts[1]);
        await using var machine = await LabMachine.StartAsync(lab, here);
        var options = MigrationOptions.Default with { Connections = connections, Compression = compression };

        var move = await lab.Plan(machine, here, there, MigrationMode.Live, options).RunAsync(Stop);

        move.Outcome.Verdict.ShouldBe(MigrationVerdict.Moved, move.Story);
        (await machine.RunsOnAsync()).ShouldBe([there.Endpoint.Name]);
    }

    /// <summary>How many of the machine's volumes are in a host's own pool.</summary>
    private static async Task<int> HasAsync(HostConnection host, LabMachine machine)
    {
        var volumes = await host.Storage.ListAsync(machine.Pool, Stop);
        return machine.Volumes.Count(volumes.Contains);
    }
}
