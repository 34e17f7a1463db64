using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;

namespace Portal.Domain.Audit;

/// <summary>
/// Gives committed events their places in the chain. One process at a time does it, whichever comes first; a batch is one transaction, so that
/// whoever dies in the middle of it leaves nothing behind.
/// </summary>
public sealed class AuditChain(IDbContextFactory<PortalDbContext> contexts)
{
    /// <summary>Events sealed in one transaction.</summary>
    public const int Batch = 2000;

    /// <summary>The columns of an event that are sealed, in the order <see cref="Read"/> takes them.</summary>
    internal const string Columns = "e.id, e.at, e.actor_id, e.actor_name, e.action, e.subject_kind, e.subject_id, e.subject_name, e.project_id, e.detail, e.remote_address";

    // Any number nobody else locks; this one reads “audit”.
    const long Turn = 0x6175646974;

    /// <summary>Seals what waits, oldest first, at most a batch; the number sealed. Two at once wait for each other.</summary>
    public async Task<int> SealAsync(CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        await db.Database.OpenConnectionAsync(ct);
        var connection = (NpgsqlConnection)db.Database.GetDbConnection();
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using (var turn = new NpgsqlCommand($"select pg_advisory_xact_lock({Turn})", connection))
            await turn.ExecuteNonQueryAsync(ct);
        var waiting = await WaitingAsync(connection, ct);
        if (waiting.Count == 0)
            return 0;
        var (sequence, hash) = await HeadAsync(connection, ct);
        var canon = new AuditCanon();
        var hashes = new byte[waiting.Count][];
        for (var i = 0; i < waiting.Count; i++)
            hashes[i] = hash = canon.Hash(hash, sequence + 1 + i, waiting[i]);
        await WriteAsync(connection, sequence, waiting, hashes, ct);
        await transaction.CommitAsync(ct);
        return waiting.Count;
    }

    /// <summary>An event as a reader on <see cref="Columns"/> stands on it.</summary>
    internal static AuditFacts Read(NpgsqlDataReader row, int from) => new(row.GetGuid(from), row.GetFieldValue<DateTimeOffset>(from + 1), row.GetGuid(from + 2), row.GetString(from + 3),
        row.GetString(from + 4), row.GetString(from + 5), row.GetGuid(from + 6), row.GetString(from + 7), row.IsDBNull(from + 8) ? null : row.GetGuid(from + 8), row.GetString(from + 9),
        row.IsDBNull(from + 10) ? null : row.GetString(from + 10));

    static async Task<List<AuditFacts>> WaitingAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        var waiting = new List<AuditFacts>();
        await using var command = new NpgsqlCommand($"select {Columns} from audit_pending p join audit_events e on e.id = p.event_id where not exists (select from audit_seals s where s.event_id = p.event_id) order by p.at, p.event_id limit {Batch}", connection);
        await using var rows = await command.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct))
            waiting.Add(Read(rows, 0));
        return waiting;
    }

    static async Task<(long Sequence, byte[] Hash)> HeadAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("select sequence, hash from audit_head", connection);
        await using var row = await command.ExecuteReaderAsync(ct);
        return await row.ReadAsync(ct) ? (row.GetInt64(0), row.GetFieldValue<byte[]>(1)) : throw new InvalidOperationException("The audit trail's head is gone: nothing is sealed until it is known why. “audit verify” says more.");
    }

    static async Task WriteAsync(NpgsqlConnection connection, long after, List<AuditFacts> sealedOnes, byte[][] hashes, CancellationToken ct)
    {
        var events = sealedOnes.Select(e => e.Id).ToArray();
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand($"insert into audit_seals (sequence, event_id, version, hash) select @after + place, event, {AuditCanon.Version}, hash from unnest(@events, @hashes) with ordinality as s (event, hash, place)")
                {
                    Parameters = { new("after", after), new("events", NpgsqlDbType.Array | NpgsqlDbType.Uuid) { Value = events }, new("hashes", NpgsqlDbType.Array | NpgsqlDbType.Bytea) { Value = hashes } },
                },
                new NpgsqlBatchCommand("delete from audit_pending p using unnest(@times, @events) as done (at, event_id) where p.at = done.at and p.event_id = done.event_id")
                {
                    Parameters = { new("times", NpgsqlDbType.Array | NpgsqlDbType.TimestampTz) { Value = sealedOnes.Select(e => e.At).ToArray() }, new("events", NpgsqlDbType.Array | NpgsqlDbType.Uuid) { Value = events } },
                },
                new NpgsqlBatchCommand("update audit_head set sequence = @sequence, hash = @hash") { Parameters = { new("sequence", after + events.Length), new("hash", hashes[^1]) } },
            },
        };
        await batch.ExecuteNonQueryAsync(ct);
    }
}
