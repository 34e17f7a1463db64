using Microsoft.EntityFrameworkCore;
using Portal.Domain;
using Portal.Domain.Migrations;
using Portal.Tests.Postgres;

namespace Portal.Tests.Domain.Migrations;

public sealed class MoveStreamTests(PostgresCluster cluster) : FreshDatabase(cluster)
{
    MigrationService Migrations => Get<MigrationService>();

    MigrationNetworkService Networks => Get<MigrationNetworkService>();

    [Theory]
    [InlineData(MigrationMode.Live, null, 0, 1, StreamCompression.None, "maxMibPerSecond")]
    [InlineData(MigrationMode.Live, null, null, 17, StreamCompression.None, "connections")]
    [InlineData(MigrationMode.Live, null, null, 2, StreamCompression.Xbzrle, "compression")]
    [InlineData(MigrationMode.Live, MigrationPolicy.MustMove, null, 2, StreamCompression.None, "connections")]
    [InlineData(MigrationMode.PostCopy, null, null, 1, StreamCompression.Zstd, "connections")]
    [InlineData(MigrationMode.QuickSaved, null, 10, 1, StreamCompression.None, "stream")]
    [InlineData(MigrationMode.Live, null, 10, 4, StreamCompression.Zstd, null)]
    [InlineData(MigrationMode.Live, null, null, 1, (StreamCompression)9, "compression")]
    public void What_makes_no_sense_of_a_stream_is_refused_by_the_field_that_does_not(
        MigrationMode mode, MigrationPolicy? policy, int? limit, int connections, StreamCompression compression, string? field) =>
        StreamRules.Refuse(new MigrationParameters(null, mode, null, policy) { Stream = new StreamWishes(limit, connections, compression) })?.Field.ShouldBe(field);

    [Fact]
    public async Task A_limit_is_changed_by_who_may_move_machines_while_there_is_something_to_limit()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await world.AddMachineAsync();
        var move = (await Migrations.StartAsync(world.Admin, machine.Id, new MigrationParameters(world.Hosts[1].Id, MigrationMode.Live, null) { Stream = new StreamWishes(20) }, "k", Ct)).Value;
        move.Stream!.ShouldBe(StreamTerms.Plain with { MaxMibPerSecond = 20 });

        (await Migrations.LimitAsync(world.Owner, move.Id, 5, Ct)).Refusal.ShouldBeOfType<NotAllowed>();
        (await Migrations.LimitAsync(world.Stranger, move.Id, 5, Ct)).Refusal.ShouldBeOfType<NotFound>();
        (await Migrations.LimitAsync(world.Admin, move.Id, 0, Ct)).Refusal.ShouldBeOfType<InvalidText>();
        (await Migrations.LimitAsync(world.Admin, move.Id, 5, Ct)).Value.Stream.ShouldBe(StreamTerms.Plain with { MaxMibPerSecond = 5, LimitedBy = world.Admin.Name });
        (await Migrations.LimitAsync(world.Admin, move.Id, null, Ct)).Value.Stream!.MaxMibPerSecond.ShouldBeNull();

        await using (var db = await Postgres.Contexts.CreateDbContextAsync(Ct))
            await db.Migrations.IgnoreQueryFilters().ExecuteUpdateAsync(set => set.SetProperty(m => m.Status, MigrationStatus.Stayed), Ct);
        (await Migrations.LimitAsync(world.Admin, move.Id, 5, Ct)).Refusal.ShouldBeOfType<MoveEnded>();
    }

    [Fact]
    public async Task A_move_uses_the_address_of_its_pair_before_the_hosts_and_neither_once_taken_back()
    {
        var world = await Postgres.NewWorldAsync(new WorldPlan(Hosts: 3));
        var (from, to) = (world.Hosts[0].Id, world.Hosts[1].Id);
        (await Networks.SetAsync(world.Admin, to, null, "10.9.0.2", Ct)).Value.FromName.ShouldBeNull();
        (await Networks.SetAsync(world.Admin, to, from, "10.9.9.2", Ct)).Value.FromName.ShouldBe(world.Hosts[0].Name);
        (await Networks.SetAsync(world.Admin, to, from, "10.9.9.3", Ct)).IsOk.ShouldBeTrue();

        (await AddressAsync(world, to)).ShouldBe("10.9.9.3");
        (await Networks.RemoveAsync(world.Admin, to, from, Ct)).IsOk.ShouldBeTrue();
        (await AddressAsync(world, to)).ShouldBe("10.9.0.2");
        (await AddressAsync(world, world.Hosts[2].Id)).ShouldBeNull();
    }

    [Theory]
    [InlineData("host.example.org")]
    [InlineData("127.0.0.1")]
    [InlineData("0.0.0.0")]
    [InlineData("239.1.1.1")]
    [InlineData("10.1")]
    public async Task What_is_no_hosts_address_is_refused_before_anything_is_connected_to(string address)
    {
        var world = await Postgres.NewWorldAsync();

        MigrationNetworkService.Check(world.Admin, world.Hosts[0].Id, null, address).ShouldBeOfType<InvalidText>();
        MigrationNetworkService.Check(world.Owner, world.Hosts[0].Id, null, "10.9.0.1").ShouldBeOfType<NotAllowed>();
        (await Networks.ListAsync(world.Owner, world.Hosts[0].Id, Ct)).Refusal.ShouldBeOfType<NotFound>();
    }

    async Task<string?> AddressAsync(World world, Guid to)
    {
        var machine = await world.AddMachineAsync();
        return (await Migrations.StartAsync(world.Admin, machine.Id, to, MigrationMode.Live, null, $"move-{machine.Id}", Ct)).Value.Stream!.Address;
    }
}
