using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Portal.Domain;

namespace Portal.Tests.Postgres;

/// <summary>A database of a test class's own with every service of the domain on it: <c>IClassFixture&lt;PostgresFixture&gt;</c>.</summary>
public sealed class PostgresFixture(PostgresCluster cluster) : IAsyncLifetime
{
    ServiceProvider? services;

    /// <summary>Where the database is.</summary>
    public string ConnectionString { get; private set; } = "";

    /// <summary>The clock of the services; stands still unless a test moves it.</summary>
    public ManualTime Time { get; } = new();

    /// <summary>Makes contexts on the database.</summary>
    public IDbContextFactory<PortalDbContext> Contexts => Get<IDbContextFactory<PortalDbContext>>();

    /// <summary>A service of the domain.</summary>
    public T Get<T>() where T : notnull => (services ?? throw new InvalidOperationException("The fixture is not ready.")).GetRequiredService<T>();

    /// <summary>A project with its people, catalog and hosts, apart from those of every other test.</summary>
    public Task<World> NewWorldAsync(WorldPlan? plan = null) => World.BuildAsync(Contexts, plan ?? new());

    public async ValueTask InitializeAsync()
    {
        ConnectionString = await cluster.CreateDatabaseAsync();
        services = new ServiceCollection().AddLogging().AddSingleton<TimeProvider>(Time).AddPortalDomain(ConnectionString).BuildServiceProvider();
    }

    public async ValueTask DisposeAsync()
    {
        if (services is not null)
            await services.DisposeAsync();
        if (ConnectionString.Length > 0)
            await cluster.DropDatabaseAsync(ConnectionString);
    }
}

/// <summary>A clock that a test moves: it never runs by itself, so no test waits.</summary>
public sealed class ManualTime : TimeProvider
{
    // Whole seconds: PostgreSQL keeps microseconds, .NET a tenth of one.
    DateTimeOffset now = DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.ToUnixTimeSeconds());

    public override DateTimeOffset GetUtcNow() => now;

    /// <summary>Moves the clock on.</summary>
    public void Advance(TimeSpan by) => now += by;
}
