using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Portal.Domain;

/// <summary>A statement that answers with one value, and can come along with others in one round trip.</summary>
/// <param name="Statement">SQL with <c>$1</c>, <c>$2</c>…</param>
/// <param name="Parameters">What these stand for.</param>
sealed record Question(string Statement, params object[] Parameters);

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

    /// <summary>Adds a question.</summary>
    public static NpgsqlBatch Add(this NpgsqlBatch batch, Question question) => batch.Add(question.Statement, question.Parameters);

    /// <summary>Runs everything; gives the first value of each statement that answers with rows, in order, and null where there is none.</summary>
    public static async Task<IReadOnlyList<object?>> AnswersAsync(this NpgsqlBatch batch, CancellationToken ct)
    {
        await using var rows = await batch.ExecuteReaderAsync(ct);
        var answers = new List<object?>();
        do
        {
            if (rows.FieldCount > 0)
                answers.Add(await rows.ReadAsync(ct) && !rows.IsDBNull(0) ? rows.GetValue(0) : null);
        }
        while (await rows.NextResultAsync(ct));
        return answers;
    }

    /// <summary>A column's value; null for the database's.</summary>
    public static long? LongOrNull(this DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetInt64(column);

    /// <summary>The clock of the services this context was made by.</summary>
    public static DateTimeOffset Now(this PortalDbContext db) =>
        (db.GetService<IDbContextOptions>().FindExtension<CoreOptionsExtension>()?.ApplicationServiceProvider?.GetService<TimeProvider>() ?? TimeProvider.System).GetUtcNow();
}
