using System.Net;
using Microsoft.EntityFrameworkCore;
using Portal.Domain.Catalog;
using Portal.Domain.Requests;
using Portal.Tests.Postgres;

namespace Portal.Tests.Domain.Catalog;

public sealed class AddressPoolTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_storm_on_a_pool_of_twelve_gives_each_address_once_and_tells_the_others_it_is_empty()
    {
        // Several projects on one network: within one, the quota's rows would already keep submits in line.
        var worlds = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => postgres.NewWorldAsync(new WorldPlan(Machines: 100, Addresses: 12))));
        var (world, requests) = (worlds[0], postgres.Get<RequestService>());

        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(n => Task.Run(() =>
            requests.SubmitAsync(worlds[n % 4].Member, worlds[n % 4].Draft() with { NetworkId = world.Network.Id }, $"pool-{n}", Ct), Ct)));

        answers.Count(a => a.IsOk).ShouldBe(12);
        answers.Where(a => !a.IsOk).ShouldAllBe(a => a.Refusal is NoFreeAddress);
        await using var db = await postgres.Contexts.CreateDbContextAsync(Ct);
        var addresses = await db.Machines.Where(m => m.NetworkId == world.Network.Id).Select(m => m.Address).ToListAsync(Ct);
        addresses.Select(a => (int)a.GetAddressBytes()[3]).Order().ShouldBe(Enumerable.Range(1, 12));
    }

    [Fact]
    public async Task An_address_is_given_again_only_when_no_unused_one_is_left_and_the_longest_free_first()
    {
        var world = await postgres.NewWorldAsync(new WorldPlan(Machines: 100, Addresses: 3));
        var requests = postgres.Get<RequestService>();
        var (first, second) = (await AskAsync("1"), await AskAsync("2"));
        await requests.WithdrawAsync(world.Member, second.Id, Ct);
        postgres.Time.Advance(TimeSpan.FromSeconds(1));
        await requests.WithdrawAsync(world.Member, first.Id, Ct);

        var given = new[] { await AddressOfAsync("3"), await AddressOfAsync("4"), await AddressOfAsync("5") };

        given.ShouldBe([3, 2, 1]);

        async Task<RequestView> AskAsync(string key) => (await requests.SubmitAsync(world.Member, world.Draft(), key, Ct)).Value;

        async Task<int> AddressOfAsync(string key) =>
            IPAddress.Parse((await requests.GetAsync(world.Member, (await AskAsync(key)).Id, Ct)).Value.Held!.Address).GetAddressBytes()[3];
    }

    [Fact]
    public async Task The_gateway_is_given_to_no_machine_even_when_it_lies_in_the_pool()
    {
        var world = await postgres.NewWorldAsync();
        await using var db = await postgres.Contexts.CreateDbContextAsync(Ct);
        var network = await db.Networks.SingleAsync(n => n.Id == world.Network.Id, Ct);
        network.Describe(network.Cidr, network.First, null, network.First, network.Last, network.Bridge);
        await db.SaveChangesAsync(Ct);

        var request = (await postgres.Get<RequestService>().SubmitAsync(world.Member, world.Draft(), "1", Ct)).Value;

        (await postgres.Get<RequestService>().GetAsync(world.Member, request.Id, Ct)).Value.Held!.Address.ShouldNotBe(network.First.ToString());
        var view = (await postgres.Get<CatalogService>().GetAsync(world.Member, world.Project.Id, Ct)).Value.Networks.Single(n => n.Id == network.Id);
        view.ShouldBe(new NetworkView(network.Id, network.Name, network.Cidr, Free: 198, Total: 199));
    }

    [Fact]
    public void A_hardware_address_is_locally_administered_and_comes_from_the_machines_identifier() =>
        MacAddress.For(Guid.Parse("0197f0aa-0000-7000-8000-0000a1b2c3d4")).ShouldBe("52:54:00:b2:c3:d4");
}
