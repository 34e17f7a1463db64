using Microsoft.EntityFrameworkCore;
using Npgsql;
using Portal.Domain;
using Portal.Tests.Postgres;

[assembly: AssemblyFixture(typeof(PostgresCluster))]

namespace Portal.Tests.Postgres;

/// <summary>
/// One real PostgreSQL for the whole run: the one that <c>PORTAL_TEST_POSTGRES</c> names, else a private throw-away one. Nothing is
/// started before the first test that asks for it. Holds a template with the schema, so that a new database is a copy and not a migration.
/// </summary>
public sealed class PostgresCluster : IAsyncDisposable
{
    readonly Lazy<Task<string>> template;
    readonly string templateName = $"portal_template_{Guid.CreateVersion7():n}";
    PrivatePostgres? own;
    string server = "";

    public PostgresCluster() => template = new(PrepareAsync);

    /// <summary>A new database with the schema in it; gives its connection string.</summary>
    public async Task<string> CreateDatabaseAsync()
    {
        var from = await template.Value;
        var name = $"portal_test_{Guid.CreateVersion7():n}";
        await ExecuteAsync($"create database {name} template {from}");
        return To(name);
    }

    /// <summary>A new database with nothing in it; gives its connection string.</summary>
    public async Task<string> CreateEmptyDatabaseAsync()
    {
        await template.Value;
        var name = $"portal_empty_{Guid.CreateVersion7():n}";
        await ExecuteAsync($"create database {name}");
        return To(name);
    }

    /// <summary>Removes a database whose connections are this process's own.</summary>
    public async Task DropDatabaseAsync(string connectionString)
    {
        await ClosePoolAsync(connectionString);
        await ExecuteAsync($"drop database if exists {new NpgsqlConnectionStringBuilder(connectionString).Database} with (force)");
    }

    public async ValueTask DisposeAsync()
    {
        if (!template.IsValueCreated)
            return;
        if (own is not null)
        {
            NpgsqlConnection.ClearAllPools();
            await own.DisposeAsync();
        }
        else if (template.Value.IsCompletedSuccessfully)
        {
            await DropDatabaseAsync(To(templateName));
        }
    }

    async Task<string> PrepareAsync()
    {
        if (Environment.GetEnvironmentVariable("PORTAL_TEST_POSTGRES") is { Length: > 0 } given)
        {
            server = given;
        }
        else
        {
            own = await PrivatePostgres.StartAsync();
            server = own.ConnectionString;
        }
        await ExecuteAsync($"create database {templateName}");
        var options = new DbContextOptionsBuilder<PortalDbContext>();
        PortalDomain.Configure(options, To(templateName));
        await using (var db = new PortalDbContext(options.Options))
            await db.Database.MigrateAsync();
        // A database somebody is connected to cannot be copied.
        await ClosePoolAsync(To(templateName));
        return templateName;
    }

    async Task ExecuteAsync(string statement)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(server) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(statement, connection);
        await command.ExecuteNonQueryAsync();
    }

    static async Task ClosePoolAsync(string connectionString)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        NpgsqlConnection.ClearPool(connection);
    }

    /// <summary>Few connections per database, so that many test classes at once stay within what one server takes; with prepared statements as the portal has them, so that it is one pool.</summary>
    string To(string database) => new NpgsqlConnectionStringBuilder(server) { Database = database, MaxPoolSize = 16, IncludeErrorDetail = true, MaxAutoPrepare = 200 }.ConnectionString;
}
