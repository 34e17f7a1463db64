using Portal.Domain.Hosts;
using Portal.Domain.Machines;
using Portal.Domain.Migrations;
using Portal.Domain.Operations;
using Portal.Tests.Postgres;

namespace Portal.Tests.Domain.Machines;

public sealed class LastResortTests(PostgresCluster cluster) : FreshDatabase(cluster)
{
    LastResort LastResort => Get<LastResort>();

    [Fact]
    public async Task A_machine_whose_making_was_given_up_is_broken_keeps_what_it_holds_and_can_be_deleted()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await GrantedMachineAsync(world);

        await LastResort.GiveUpAsync(await ClaimAsync(), "Object reference not set.", Ct);

        (await MachineAsync(machine.Id)).ShouldSatisfyAllConditions(m => m.State.ShouldBe(MachineState.Failed), m => m.StateReason!.ShouldContain("Delete it"));
        var (used, reserved) = await QuotaAsync(world);
        (used[0], reserved[0]).ShouldBe((1, 0));
        (await Get<MachineService>().DeleteAsync(world.Member, machine.Id, machine.Name, "k", Ct)).IsOk.ShouldBeTrue();
        await Books.DeletedAsync(await ClaimAsync(), Ct);
        (await QuotaAsync(world)).Used.Sum().ShouldBe(0);
        (await Get<HostService>().ListAsync(world.Admin, Ct)).Sum(h => h.Room.MemoryTakenMib).ShouldBe(0);
    }

    [Fact]
    public async Task A_deletion_given_up_can_be_ordered_again()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await world.AddMachineAsync();
        await Get<MachineService>().DeleteAsync(world.Member, machine.Id, machine.Name, "k", Ct);

        await LastResort.GiveUpAsync(await ClaimAsync(), "no", Ct);

        (await Get<MachineService>().DeleteAsync(world.Member, machine.Id, machine.Name, "k2", Ct)).IsOk.ShouldBeTrue();
    }

    [Fact]
    public async Task A_power_order_given_up_leaves_the_machine_as_it_was()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await world.AddMachineAsync();
        await Get<MachineService>().PowerAsync(world.Member, machine.Id, PowerAction.Reset, "k", Ct);

        await LastResort.GiveUpAsync(await ClaimAsync(), "no", Ct);

        (await MachineAsync(machine.Id)).State.ShouldBe(MachineState.Running);
    }

    [Fact]
    public async Task After_a_move_given_up_the_hosts_say_where_the_machine_runs()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await world.AddMachineAsync();
        await Get<MigrationService>().StartAsync(world.Admin, machine.Id, world.Hosts[1].Id, MigrationMode.Live, null, "k", Ct);
        await LastResort.GiveUpAsync(await ClaimAsync(), "no", Ct);
        (await MachineAsync(machine.Id)).State.ShouldBe(MachineState.Unknown);
        var later = DateTimeOffset.UtcNow.AddMinutes(1);

        await Get<HostObservations>().ObserveAsync(world.Hosts[0].Id, later, [], Ct);
        await Get<HostObservations>().ObserveAsync(world.Hosts[1].Id, later, [new(machine.Id, MachineState.Running, null)], Ct);

        (await MachineAsync(machine.Id)).ShouldSatisfyAllConditions(m => m.State.ShouldBe(MachineState.Running), m => m.HostId.ShouldBe(world.Hosts[1].Id));
    }
}
