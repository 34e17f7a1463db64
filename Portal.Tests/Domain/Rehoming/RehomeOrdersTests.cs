using Portal.Domain;
using Portal.Domain.Accounts;
using Portal.Domain.Hosts;
using Portal.Domain.Machines;
using Portal.Domain.Migrations;
using Portal.Domain.Operations;
using Portal.Domain.Rehoming;
using Portal.Tests.Postgres;

namespace Portal.Tests.Domain.Rehoming;

public sealed class RehomeOrdersTests(PostgresCluster cluster) : FreshDatabase(cluster)
{
    RehomeOrders Orders => Get<RehomeOrders>();

    [Fact]
    public async Task Its_room_is_taken_at_once_and_the_same_call_is_the_same_order()
    {
        var world = await Postgres.NewWorldAsync();
        var off = await world.AddMachineAsync(MachineState.Off);

        var ordered = (await Orders.StartAsync(world.Admin, off.Id, world.Hosts[1].Id, "k", Ct)).Value;

        (await Orders.StartAsync(world.Admin, off.Id, world.Hosts[1].Id, "k", Ct)).Value.ShouldBe(ordered);
        (await Orders.StartAsync(world.Admin, off.Id, world.Hosts[1].Id, "k2", Ct)).Refusal.ShouldBeOfType<MachineBusy>();
        (await Get<HostService>().GetAsync(world.Admin, world.Hosts[1].Id, Ct))!.ShouldSatisfyAllConditions(h => h.Incoming.ShouldBe(1), h => h.Room.MemoryTakenMib.ShouldBe(256));
        (await Get<OperationService>().CancelAsync(world.Member, ordered, Ct)).Refusal.ShouldBeOfType<NotAllowed>("where a machine is, is the operators' to say");
        (await Get<OperationService>().CancelAsync(await Postgres.HireAsync(PlatformRoles.Operator), ordered, Ct)).IsOk.ShouldBeTrue();
    }

    [Fact]
    public async Task Only_operators_only_what_is_off_and_only_to_another_host_that_answers_and_is_in_service()
    {
        var world = await Postgres.NewWorldAsync(new WorldPlan(Hosts: 3));
        var (off, running) = (await world.AddMachineAsync(MachineState.Off), await world.AddMachineAsync());

        (await Orders.StartAsync(world.Owner, off.Id, world.Hosts[1].Id, "k", Ct)).Refusal.ShouldBeOfType<NotAllowed>();
        (await Orders.StartAsync(world.Stranger, off.Id, world.Hosts[1].Id, "k", Ct)).Refusal.ShouldBeOfType<NotFound>();
        (await Orders.StartAsync(world.Admin, running.Id, world.Hosts[1].Id, "k", Ct)).Refusal.ShouldBeOfType<WrongState>();
        (await Orders.StartAsync(world.Admin, off.Id, world.Hosts[0].Id, "k", Ct)).Refusal.ShouldBeOfType<SameHost>();
        (await Orders.StartAsync(world.Admin, off.Id, Guid.NewGuid(), "k", Ct)).Refusal.ShouldBeOfType<NotFound>();
        await Get<HostService>().MarkUnreachableAsync(world.Hosts[1].Id, "No route to host", Ct);
        (await Orders.StartAsync(world.Admin, off.Id, world.Hosts[1].Id, "k", Ct)).Refusal.ShouldBeOfType<HostSilent>().Role.ShouldBe("destination");
    }

    [Fact]
    public async Task What_was_given_up_leaves_the_machine_where_it_was()
    {
        var world = await Postgres.NewWorldAsync();
        var off = await world.AddMachineAsync(MachineState.Off);
        (await Orders.StartAsync(world.Admin, off.Id, world.Hosts[1].Id, "k", Ct)).IsOk.ShouldBeTrue();

        await Get<LastResort>().GiveUpAsync(await ClaimAsync(), "Something broke", Ct);

        (await MachineAsync(off.Id)).ShouldSatisfyAllConditions(m => m.State.ShouldBe(MachineState.Off), m => m.HostId.ShouldBe(world.Hosts[0].Id));
        (await Get<HostService>().GetAsync(world.Admin, world.Hosts[1].Id, Ct))!.Room.MemoryTakenMib.ShouldBe(0);
    }
}
