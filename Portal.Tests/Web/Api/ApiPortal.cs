using Microsoft.EntityFrameworkCore;
using Portal.Domain;
using Portal.Domain.Accounts;
using Portal.Domain.Hosts;
using Portal.Tests.Postgres;

namespace Portal.Tests.Web.Api;

/// <summary>One real portal process for the tests of the API, on a database of its own, with one host that answers: libvirt's test driver.</summary>
public sealed class ApiPortal(PostgresCluster cluster) : IAsyncLifetime
{
    readonly PostgresFixture postgres = new(cluster);
    PortalProcess? process;

    public Uri Address => (process ?? throw new InvalidOperationException("The portal does not run.")).Address;

    public string ConnectionString => postgres.ConnectionString;

    public IDbContextFactory<PortalDbContext> Contexts => postgres.Contexts;

    public Host Host { get; } = Host.Create("test-driver", "test:///default", null, "default-pool", DateTimeOffset.UtcNow);

    /// <summary>A project with its people; every test has its own.</summary>
    public Task<World> NewWorldAsync(WorldPlan? plan = null) => postgres.NewWorldAsync((plan ?? new()) with { Hosts = 0 });

    /// <summary>A program with a token of that person's.</summary>
    public async Task<ApiCaller> CallerAsync(Actor actor) => new(Address, await TokenAsync(postgres, actor));

    /// <summary>Somebody without a token.</summary>
    public ApiCaller Nobody() => new(Address, null);

    public static async Task<string> TokenAsync(PostgresFixture postgres, Actor actor) =>
        (await postgres.Get<ApiTokens>().CreateAsync(actor, "test", null, TestContext.Current.CancellationToken)).Value.Secret;

    public async ValueTask InitializeAsync()
    {
        await postgres.InitializeAsync();
        await using (var db = await postgres.Contexts.CreateDbContextAsync())
        {
            Host.Answered(new HostReport(Guid.Empty, "test", "i686", 16, 3072, "11.3.0", "0.0.2", "TEST", "None", []), DateTimeOffset.UtcNow);
            db.Add(Host);
            await db.SaveChangesAsync();
        }
        process = await PortalProcess.StartAsync(postgres.ConnectionString, CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        if (process is not null)
            await process.DisposeAsync();
        await postgres.DisposeAsync();
    }
}

[CollectionDefinition(Name)]
public sealed class ApiCollection : ICollectionFixture<ApiPortal>
{
    public const string Name = "api";
}
