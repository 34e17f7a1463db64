using Microsoft.EntityFrameworkCore;
using Portal.Domain;
using Portal.Domain.Catalog;
using Portal.Domain.Projects;
using Portal.Tests.Postgres;

namespace Portal.Tests.Domain.Catalog;

public sealed class CatalogServiceTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    CatalogService Catalog => postgres.Get<CatalogService>();

    [Fact]
    public async Task A_flavor_over_quota_says_which_limits_and_by_how_much()
    {
        var world = await postgres.NewWorldAsync(new WorldPlan(Vcpus: 2, MemoryMib: 1000));
        var big = Flavor.Create($"big-{world.Project.Id:n}", 4, 2048, 4);
        await using var db = await postgres.Contexts.CreateDbContextAsync(Ct);
        db.Add(big);
        await db.SaveChangesAsync(Ct);

        var flavors = (await Catalog.GetAsync(world.Member, world.Project.Id, Ct)).Value.Flavors;

        flavors.Single(f => f.Id == world.Flavor.Id).Fits.ShouldBeTrue();
        flavors.Single(f => f.Id == big.Id).Over.Select(o => (o.Line.Resource, o.Over)).ShouldBe([(QuotaResource.Vcpus, 2), (QuotaResource.MemoryMib, 1048)]);
    }

    [Fact]
    public async Task What_was_withdrawn_is_not_offered()
    {
        var world = await postgres.NewWorldAsync();
        await using var db = await postgres.Contexts.CreateDbContextAsync(Ct);
        (await db.Images.SingleAsync(i => i.Id == world.Image.Id, Ct)).Withdraw();
        (await db.Flavors.SingleAsync(f => f.Id == world.Flavor.Id, Ct)).Withdraw();
        await db.SaveChangesAsync(Ct);

        var catalog = (await Catalog.GetAsync(world.Member, world.Project.Id, Ct)).Value;

        catalog.Images.ShouldNotContain(i => i.Id == world.Image.Id);
        catalog.Flavors.ShouldNotContain(f => f.Id == world.Flavor.Id);
    }

    [Fact]
    public async Task A_stranger_is_told_there_is_no_such_project() =>
        (await Catalog.GetAsync((await postgres.NewWorldAsync()).Stranger, (await postgres.NewWorldAsync()).Project.Id, Ct)).Refusal.ShouldBeOfType<NotFound>();
}
