using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Portal.Domain;
using Portal.Domain.Changes;
using Portal.Domain.Operations;
using Portal.Tests.Postgres;

namespace Portal.Tests.Domain.Changes;

/// <summary>A server of its own, because everything on it breaks.</summary>
public sealed class DatabaseRestartTests : IAsyncLifetime
{
    PrivatePostgres? server;
    ServiceProvider? services;

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        server = await PrivatePostgres.StartAsync();
        services = new ServiceCollection().AddLogging().AddSingleton(TimeProvider.System).AddPortalDomain(server.ConnectionString).BuildServiceProvider();
        await using var db = await services.GetRequiredService<IDbContextFactory<PortalDbContext>>().CreateDbContextAsync();
        await db.Database.MigrateAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (services is not null)
            await services.DisposeAsync();
        await using (var connection = new NpgsqlConnection(server!.ConnectionString))
            NpgsqlConnection.ClearPool(connection);
        await server.DisposeAsync();
    }

    [Fact]
    public async Task After_the_database_was_restarted_changes_are_told_again_and_work_that_was_held_goes_on()
    {
        var contexts = services!.GetRequiredService<IDbContextFactory<PortalDbContext>>();
        var world = await World.BuildAsync(contexts, new());
        var machine = await world.AddMachineAsync();
        var ledger = services!.GetRequiredService<Ledger>();
        await using (var db = await contexts.CreateDbContextAsync(Ct))
        {
            await using var transaction = await db.Database.BeginTransactionAsync(Ct);
            await ledger.EnqueueAsync(db, OperationKind.Power, machine, "Start", world.Member, "k", null, Ct);
            await transaction.CommitAsync(Ct);
        }
        var claim = (await ledger.ClaimAsync("worker", TimeSpan.FromMinutes(10), Ct)).ShouldNotBeNull();
        await using var told = new Batches(services!.GetRequiredService<ChangeFeed>());
        await told.NextAsync();

        await server!.RestartAsync();

        (await told.NextAsync()).ShouldBe([Change.Everything]);
        // Connections that idled in the pool are dead now; a caller finds out at most once for each, and the claim stands.
        await UntilAnsweredAsync(() => claim.RenewAsync(Ct));
        await UntilAnsweredAsync(async () => { await claim.SucceedAsync(Ct); return true; });
        (await told.NextAsync()).ShouldContain(c => c.Kind == ChangeKind.Operation && c.Id == claim.OperationId);
    }

    static async Task UntilAnsweredAsync<T>(Func<Task<T>> ask)
    {
        for (var broken = 0; ; broken++)
        {
            try
            {
                await ask();
                return;
            }
            catch (NpgsqlException fault) when (fault.IsTransient && broken < 100)
            {
                // One dead connection less.
            }
            catch (InvalidOperationException fault) when (fault.InnerException is NpgsqlException { IsTransient: true } && broken < 100)
            {
                // The same, as EF tells it.
            }
        }
    }
}
