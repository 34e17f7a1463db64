using Microsoft.EntityFrameworkCore;
using Portal.Domain.Hosts;
using Portal.Domain.Machines;
using Portal.Domain.Operations;
using Portal.Domain.Requests;
using Portal.Tests.Postgres;

namespace Portal.Tests.Domain.Machines;

public sealed class MachineBooksTests(PostgresCluster cluster) : FreshDatabase(cluster)
{
    [Fact]
    public async Task A_machine_that_was_made_uses_what_was_reserved_and_fulfils_its_request()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await GrantedMachineAsync(world);
        var claim = await ClaimAsync();
        (await Books.PlacedAsync(claim, [], Ct)).Value.Host!.Id.ShouldBe(machine.HostId!.Value);

        await Books.ProvisionedAsync(claim, Ct);

        (await MachineAsync(machine.Id)).State.ShouldBe(MachineState.Running);
        var (used, reserved) = await QuotaAsync(world);
        used.ShouldBe([1, 1, 256, 2, 1, 0]);
        reserved.ShouldAllBe(held => held == 0);
        (await RequestOfAsync(machine)).Status.ShouldBe(RequestStatus.Fulfilled);
        (await OperationAsync(claim)).ShouldSatisfyAllConditions(o => o.Status.ShouldBe(OperationStatus.Succeeded), o => o.Percent.ShouldBe(100));
    }

    [Fact]
    public async Task A_machine_made_on_a_host_that_went_away_meanwhile_is_unknown_and_was_running()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await GrantedMachineAsync(world);
        var claim = await ClaimAsync();
        await Get<HostService>().MarkUnreachableAsync(machine.HostId!.Value, "gone", Ct);

        await Books.ProvisionedAsync(claim, Ct);

        (await MachineAsync(machine.Id)).ShouldSatisfyAllConditions(m => m.State.ShouldBe(MachineState.Unknown), m => m.LastKnownState.ShouldBe(MachineState.Running));
        (await OperationAsync(claim)).Status.ShouldBe(OperationStatus.Succeeded);
    }

    [Theory]
    [InlineData(false, OperationStatus.Failed)]
    [InlineData(true, OperationStatus.Cancelled)]
    public async Task A_machine_that_could_not_be_made_gives_everything_back_and_its_name_is_free(bool cancelled, OperationStatus status)
    {
        var world = await Postgres.NewWorldAsync(new WorldPlan(Machines: 1, Addresses: 1));
        var machine = await GrantedMachineAsync(world, "web-01");
        var claim = await ClaimAsync();

        await Books.ProvisionFailedAsync(claim, "The store is full. Nothing is left of the machine.", cancelled, Ct);

        var (used, reserved) = await QuotaAsync(world);
        (used.Sum(), reserved.Sum()).ShouldBe((0, 0));
        (await MachineAsync(machine.Id)).ShouldSatisfyAllConditions(m => m.State.ShouldBe(MachineState.Deleted), m => m.HostId.ShouldBeNull(), m => m.StateReason!.ShouldContain("store is full"));
        (await RequestOfAsync(machine)).Status.ShouldBe(RequestStatus.Failed);
        (await OperationAsync(claim)).ShouldSatisfyAllConditions(o => o.Status.ShouldBe(status), o => o.Error!.ShouldContain("store is full"));
        (await Get<HostService>().ListAsync(world.Admin, Ct)).Sum(h => h.Room.MemoryTakenMib).ShouldBe(0);
        (await GrantedMachineAsync(world, "web-01")).Address.ShouldBe(machine.Address);
    }

    [Fact]
    public async Task A_machine_that_was_deleted_gives_back_what_it_used()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await world.AddMachineAsync();
        await world.AddMachineAsync();
        await Get<MachineService>().DeleteAsync(world.Member, machine.Id, machine.Name, "k", Ct);

        await Books.DeletedAsync(await ClaimAsync(), Ct);

        (await QuotaAsync(world)).Used.ShouldBe([1, 1, 256, 2, 1, 0]);
        (await Get<HostService>().ListAsync(world.Admin, Ct)).Sum(h => h.Room.MemoryTakenMib).ShouldBe(256);
        (await MachineAsync(machine.Id)).State.ShouldBe(MachineState.Deleted);
    }

    [Fact]
    public async Task A_deletion_that_failed_keeps_the_machine_on_the_books_and_can_be_tried_again()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await world.AddMachineAsync();
        await Get<MachineService>().DeleteAsync(world.Member, machine.Id, machine.Name, "k", Ct);

        await Books.DeleteFailedAsync(await ClaimAsync(), "The disk is in use.", Ct);

        (await MachineAsync(machine.Id)).State.ShouldBe(MachineState.Failed);
        (await QuotaAsync(world)).Used[0].ShouldBe(1);
        (await Get<MachineService>().DeleteAsync(world.Member, machine.Id, machine.Name, "k2", Ct)).IsOk.ShouldBeTrue();
        await Books.DeletedAsync(await ClaimAsync(), Ct);
        (await QuotaAsync(world)).Used[0].ShouldBe(0);
    }

    [Fact]
    public async Task A_worker_that_lost_its_lease_closes_no_books()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await GrantedMachineAsync(world);
        var lost = await ClaimAsync("one", TimeSpan.Zero);
        var held = await ClaimAsync("two");

        await Should.ThrowAsync<LeaseLostException>(() => Books.ProvisionedAsync(lost, Ct));
        await Should.ThrowAsync<LeaseLostException>(() => Books.ProvisionFailedAsync(lost, "no", false, Ct));

        (await MachineAsync(machine.Id)).State.ShouldBe(MachineState.Provisioning);
        (await QuotaAsync(world)).Reserved[0].ShouldBe(1);
        await Books.ProvisionedAsync(held, Ct);
        await Should.ThrowAsync<LeaseLostException>(() => Books.ProvisionedAsync(held, Ct));
        (await QuotaAsync(world)).Used[0].ShouldBe(1);
    }

    [Fact]
    public async Task Whatever_becomes_of_twenty_machines_at_once_the_books_agree_with_those_that_live()
    {
        var world = await Postgres.NewWorldAsync(new WorldPlan(Machines: 20));
        for (var i = 0; i < 20; i++)
            await GrantedMachineAsync(world);
        var claims = new List<Claim>();
        while (await Ledger.ClaimAsync("worker", LongLease, Ct) is { } claim)
            claims.Add(claim);

        await Task.WhenAll(claims.Select((claim, i) => Task.Run(() => i % 3 == 0 ? Books.ProvisionFailedAsync(claim, "no luck", false, Ct) : Books.ProvisionedAsync(claim, Ct), Ct)));

        var (used, reserved) = await QuotaAsync(world);
        reserved.ShouldAllBe(held => held == 0);
        await using var db = await Postgres.Contexts.CreateDbContextAsync(Ct);
        var living = await db.Machines.Where(m => m.State != MachineState.Deleted).ToListAsync(Ct);
        living.Count.ShouldBe(13);
        used.ShouldBe([living.Count, living.Sum(m => m.Vcpus), living.Sum(m => m.MemoryMib), living.Sum(m => m.DiskGib), living.Count, 0]);
        (await HostRooms.ReadAsync(db, Ct)).Sum(r => r.MemoryTakenMib).ShouldBe(living.Sum(m => m.MemoryMib));
    }

    [Fact]
    public async Task A_power_order_that_failed_writes_what_the_hypervisor_says_now()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await world.AddMachineAsync();
        await EnqueueAsync(machine, world.Member);

        await Books.PowerFailedAsync(await ClaimAsync(), "The guest ignored the button.", cancelled: false, MachineState.Running, Ct);

        (await MachineAsync(machine.Id)).State.ShouldBe(MachineState.Running);
    }

    [Fact]
    public async Task A_very_long_complaint_of_a_hypervisor_is_kept_as_far_as_it_fits()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await GrantedMachineAsync(world);

        await Books.ProvisionFailedAsync(await ClaimAsync(), new string('x', 10_000), cancelled: false, Ct);

        (await MachineAsync(machine.Id)).StateReason!.Length.ShouldBe(2000);
    }

    async Task<Request> RequestOfAsync(Machine machine)
    {
        await using var db = await Postgres.Contexts.CreateDbContextAsync(Ct);
        return await db.Requests.SingleAsync(r => r.MachineId == machine.Id, Ct);
    }

    async Task<Operation> OperationAsync(Claim claim)
    {
        await using var db = await Postgres.Contexts.CreateDbContextAsync(Ct);
        return await db.Operations.SingleAsync(o => o.Id == claim.OperationId, Ct);
    }
}
