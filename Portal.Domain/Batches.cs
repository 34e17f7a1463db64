using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Portal.Domain;

/// <summary>Several statements in one round trip, in the transaction of a context. Parameters are <c>$1</c>, <c>$2</c>…</summary>
static class Batches
{
    /// <summary>A batch on the context's connection and transaction. Open the connection first where there is no transaction.</summary>
    public static async Task<NpgsqlBatch> BatchAsync(this PortalDbContext db, CancellationToken ct)
    {
        await db.Database.OpenConnectionAsync(ct);
        return new NpgsqlBatch((NpgsqlConnection)db.Database.GetDbConnection(), (NpgsqlTransaction?)db.Database.CurrentTransaction?.GetDbTransaction());
    }

    /// <summary>Adds a statement with its parameters.</summary>
    public static NpgsqlBatch Add(this NpgsqlBatch batch, string statement, params object[] parameters)
    {
        var command = new NpgsqlBatchCommand(statement);
        foreach (var value in parameters)
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        batch.BatchCommands.Add(command);
        return batch;
    }

    /// <summary>A column's value; null for the database's.</summary>
    public static long? LongOrNull(this DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetInt64(column);

    /// <summary>The clock of the services this context was made by.</summary>
    public static DateTimeOffset Now(this PortalDbContext db) =>
        (db.GetService<IDbContextOptions>().FindExtension<CoreOptionsExtension>()?.ApplicationServiceProvider?.GetService<TimeProvider>() ?? TimeProvider.System).GetUtcNow();
}
