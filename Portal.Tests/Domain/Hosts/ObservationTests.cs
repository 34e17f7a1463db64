using Microsoft.EntityFrameworkCore;
using Portal.Domain.Changes;
using Portal.Domain.Hosts;
using Portal.Domain.Machines;
using Portal.Domain.Operations;
using Portal.Tests.Domain.Changes;
using Portal.Tests.Postgres;

namespace Portal.Tests.Domain.Hosts;

public sealed class ObservationTests(PostgresCluster cluster) : FreshDatabase(cluster)
{
    static DateTimeOffset Later => DateTimeOffset.UtcNow.AddMinutes(1);

    HostObservations Observations => Get<HostObservations>();

    [Fact]
    public async Task After_a_silence_machines_are_what_their_host_says()
    {
        var world = await Postgres.NewWorldAsync();
        var running = await world.AddMachineAsync();
        var stopped = await world.AddMachineAsync();
        var crashed = await world.AddMachineAsync();
        await Get<HostService>().MarkUnreachableAsync(world.Hosts[0].Id, "gone", Ct);

        await Observations.ObserveAsync(world.Hosts[0].Id, Later, [Seen(running), Seen(stopped, MachineState.Off), new(crashed.Id, MachineState.Failed, "The guest panicked."), new(Guid.NewGuid(), MachineState.Running, null)], Ct);

        (await MachineAsync(running.Id)).ShouldSatisfyAllConditions(m => m.State.ShouldBe(MachineState.Running), m => m.StateReason.ShouldBeNull(), m => m.LastKnownState.ShouldBeNull());
        (await MachineAsync(stopped.Id)).State.ShouldBe(MachineState.Off);
        (await MachineAsync(crashed.Id)).ShouldSatisfyAllConditions(m => m.State.ShouldBe(MachineState.Failed), m => m.StateReason.ShouldBe("The guest panicked."));
    }

    [Fact]
    public async Task A_machine_its_host_does_not_have_is_broken_and_says_why()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await world.AddMachineAsync();

        await Observations.ObserveAsync(world.Hosts[0].Id, Later, [], Ct);

        var stored = await MachineAsync(machine.Id);
        stored.State.ShouldBe(MachineState.Failed);
        stored.StateReason!.ShouldContain(world.Hosts[0].Name);
    }

    [Fact]
    public async Task A_machine_moved_past_the_portal_is_adopted_where_it_runs_once_its_own_host_disowns_it()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await world.AddMachineAsync();
        await Observations.ObserveAsync(world.Hosts[1].Id, Later, [Seen(machine)], Ct);
        (await MachineAsync(machine.Id)).HostId.ShouldBe(world.Hosts[0].Id);

        await Observations.ObserveAsync(world.Hosts[0].Id, Later, [], Ct);
        await Observations.ObserveAsync(world.Hosts[1].Id, Later.AddMinutes(1), [Seen(machine)], Ct);

        (await MachineAsync(machine.Id)).ShouldSatisfyAllConditions(m => m.State.ShouldBe(MachineState.Running), m => m.HostId.ShouldBe(world.Hosts[1].Id));
        var hosts = await Get<HostService>().ListAsync(world.Admin, Ct);
        hosts.Single(h => h.Id == world.Hosts[0].Id).Room.MemoryTakenMib.ShouldBe(0);
        hosts.Single(h => h.Id == world.Hosts[1].Id).Room.MemoryTakenMib.ShouldBe(256);
    }

    [Fact]
    public async Task Open_pages_are_told_of_every_machine_that_changed_also_when_one_of_them_was_adopted()
    {
        var world = await Postgres.NewWorldAsync();
        var stopped = await world.AddMachineAsync();
        var adopted = await world.AddMachineAsync(MachineState.Failed, world.Hosts[1]);
        await using var told = new Batches(Get<ChangeFeed>());
        await told.NextAsync();

        await Observations.ObserveAsync(world.Hosts[0].Id, Later, [Seen(stopped, MachineState.Off), Seen(adopted)], Ct);

        (await told.NextAsync()).Where(change => change.Kind == ChangeKind.Machine).Select(change => change.Id).ShouldBe([stopped.Id, adopted.Id], ignoreOrder: true);
    }

    [Fact]
    public async Task While_its_host_is_silent_a_machine_seen_elsewhere_is_left_unknown()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await world.AddMachineAsync();
        await Get<HostService>().MarkUnreachableAsync(world.Hosts[0].Id, "gone", Ct);

        await Observations.ObserveAsync(world.Hosts[1].Id, Later, [Seen(machine)], Ct);

        (await MachineAsync(machine.Id)).ShouldSatisfyAllConditions(m => m.State.ShouldBe(MachineState.Unknown), m => m.HostId.ShouldBe(world.Hosts[0].Id));
    }

    [Fact]
    public async Task A_machine_something_is_being_done_to_is_left_alone()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await world.AddMachineAsync();
        await EnqueueAsync(machine, world.Member, OperationKind.Migrate);

        await Observations.ObserveAsync(world.Hosts[0].Id, Later, [], Ct);
        await Observations.ObserveOneAsync(world.Hosts[0].Id, Later, Seen(machine, MachineState.Off), Ct);

        (await MachineAsync(machine.Id)).State.ShouldBe(MachineState.Running);
    }

    [Fact]
    public async Task An_answer_older_than_what_an_operation_wrote_is_not_believed()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await world.AddMachineAsync();
        var asked = DateTimeOffset.UtcNow;
        await EnqueueAsync(machine, world.Member);
        await Books.PowerDoneAsync(await ClaimAsync(), MachineState.Off, Ct);

        await Observations.ObserveAsync(world.Hosts[0].Id, asked.AddMinutes(-1), [Seen(machine)], Ct);

        (await MachineAsync(machine.Id)).State.ShouldBe(MachineState.Off);
    }

    [Fact]
    public async Task A_clock_that_was_set_back_does_not_make_hosts_unbelieved_until_it_has_caught_up()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await world.AddMachineAsync();
        await EnqueueAsync(machine, world.Member);
        await Books.PowerDoneAsync(await ClaimAsync(), MachineState.Off, Ct);
        Postgres.Time.Advance(TimeSpan.FromHours(-1));

        await Observations.ObserveAsync(world.Hosts[0].Id, Postgres.Time.GetUtcNow(), [Seen(machine)], Ct);

        (await MachineAsync(machine.Id)).State.ShouldBe(MachineState.Running);
    }

    [Fact]
    public async Task Machines_that_wait_are_being_made_or_are_gone_are_nothing_a_host_decides()
    {
        var world = await Postgres.NewWorldAsync();
        var made = await world.AddMachineAsync(MachineState.Provisioning);
        var deleting = await world.AddMachineAsync(MachineState.Deleting);

        await Observations.ObserveAsync(world.Hosts[0].Id, Later, [Seen(deleting)], Ct);

        (await MachineAsync(made.Id)).State.ShouldBe(MachineState.Provisioning);
        (await MachineAsync(deleting.Id)).State.ShouldBe(MachineState.Deleting);
    }

    [Fact]
    public async Task One_event_says_nothing_of_other_machines()
    {
        var world = await Postgres.NewWorldAsync();
        var stopped = await world.AddMachineAsync();
        var other = await world.AddMachineAsync();

        await Observations.ObserveOneAsync(world.Hosts[0].Id, Later, Seen(stopped, MachineState.Off), Ct);

        (await MachineAsync(stopped.Id)).State.ShouldBe(MachineState.Off);
        (await MachineAsync(other.Id)).State.ShouldBe(MachineState.Running);
        await using var db = await Postgres.Contexts.CreateDbContextAsync(Ct);
        (await db.Placements.CountAsync(Ct)).ShouldBe(2);
    }

    [Fact]
    public async Task A_machine_that_stops_without_the_portal_is_told_of_once_also_when_its_host_was_silent_meanwhile()
    {
        var world = await Postgres.NewWorldAsync();
        var (destroyed, gone, stopped) = (await world.AddMachineAsync(), await world.AddMachineAsync(), await world.AddMachineAsync());
        var host = world.Hosts[0];
        await EnqueueAsync(stopped, world.Member);
        await Books.PowerDoneAsync(await ClaimAsync(), MachineState.Off, Ct);
        await Get<HostService>().MarkUnreachableAsync(host.Id, "gone", Ct);

        for (var i = 1; i <= 2; i++)
            await Observations.ObserveAsync(host.Id, Later.AddMinutes(i), [new(destroyed.Id, MachineState.Off, "powered off"), Seen(stopped, MachineState.Off)], Ct);

        (await ToldAsync(world, destroyed)).ShouldBe([$"Seen off on {host.Name}: powered off."]);
        (await ToldAsync(world, gone)).ShouldHaveSingleItem()!.ShouldContain("does not have it");
        (await ToldAsync(world, stopped)).ShouldBeEmpty("the portal stopped it");
    }

    async Task<IEnumerable<string?>> ToldAsync(World world, Machine machine) =>
        (await Get<MachineService>().ActivityAsync(world.Viewer, machine.Id, Ct))!.Where(e => e.Text == "machine.stopped-outside").Select(e => e.Detail);

    static MachineObservation Seen(Machine machine, MachineState state = MachineState.Running) => new(machine.Id, state, null);
}
