using Microsoft.EntityFrameworkCore;
using Portal.Domain.Hosts;
using Portal.Domain.Machines;
using Portal.Domain.Operations;
using Portal.Tests.Postgres;

namespace Portal.Tests.Domain.Hosts;

public sealed class PlacementTests(PostgresCluster cluster) : FreshDatabase(cluster)
{
    [Fact]
    public async Task Thirty_machines_placed_at_once_take_exactly_the_room_there_is()
    {
        // 2048 MiB less the 512 kept, 256 for each machine: six on each of two hosts.
        var world = await Postgres.NewWorldAsync(new WorldPlan(Machines: 30, HostMemoryMib: 2048));
        for (var i = 0; i < 30; i++)
            await ApprovedMachineAsync(world);
        var claims = new List<Claim>();
        while (await Ledger.ClaimAsync("worker", LongLease, Ct) is { } claim)
            claims.Add(claim);

        var placed = await Task.WhenAll(claims.Select(claim => Task.Run(() => Books.PlacedAsync(claim, [], Ct), Ct)));

        placed.Count(p => p.IsOk).ShouldBe(12);
        placed.Where(p => !p.IsOk).ShouldAllBe(p => p.Refusal is NoHostWithRoom);
        await using var db = await Postgres.Contexts.CreateDbContextAsync(Ct);
        (await HostRooms.ReadAsync(db, Ct)).Select(r => r.MemoryTakenMib).ShouldBe([1536L, 1536L]);
    }

    [Fact]
    public async Task A_machine_asked_to_be_placed_again_stays_where_it_is_and_takes_no_second_room()
    {
        var world = await Postgres.NewWorldAsync();
        await ApprovedMachineAsync(world);
        var claim = await ClaimAsync();
        var first = (await Books.PlacedAsync(claim, [], Ct)).Value;

        var second = (await Books.PlacedAsync(claim, [], Ct)).Value;

        second.Host!.Id.ShouldBe(first.Host!.Id);
        (await Get<HostService>().ListAsync(world.Admin, Ct)).Sum(h => h.Room.MemoryTakenMib).ShouldBe(256);
    }

    [Fact]
    public async Task A_host_that_failed_is_excluded_and_its_room_given_back()
    {
        var world = await Postgres.NewWorldAsync();
        await ApprovedMachineAsync(world);
        var claim = await ClaimAsync();
        var first = (await Books.PlacedAsync(claim, [], Ct)).Value;

        var second = (await Books.PlacedAsync(claim, [first.Host!.Id], Ct)).Value;

        second.Host!.Id.ShouldNotBe(first.Host.Id);
        var hosts = await Get<HostService>().ListAsync(world.Admin, Ct);
        hosts.Single(h => h.Id == first.Host.Id).Room.MemoryTakenMib.ShouldBe(0);
        hosts.Single(h => h.Id == second.Host.Id).Machines.ShouldBe(1);
    }

    [Fact]
    public async Task What_waits_for_room_shows_in_the_forecast_until_it_is_placed()
    {
        var world = await Postgres.NewWorldAsync();
        await ApprovedMachineAsync(world);
        await Get<Portal.Domain.Requests.RequestService>().SubmitAsync(world.Member, world.Draft(), "k", Ct);
        var hosts = Get<HostService>();
        (await hosts.CapacityAsync(Ct)).Hosts.Sum(h => h.MemoryWaitingMib).ShouldBe(512);

        await Books.PlacedAsync(await ClaimAsync(), [], Ct);

        var forecast = await hosts.CapacityAsync(Ct);
        (forecast.Hosts.Sum(h => h.MemoryWaitingMib), forecast.Hosts.Sum(h => h.Host.MemoryTakenMib), forecast.Unplaced).ShouldBe((256, 256, 0));
    }
}
