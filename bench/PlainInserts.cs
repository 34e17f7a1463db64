using Npgsql;

namespace Portal.Bench;

/// <summary>
/// What a submit leaves behind, written bare: a machine, a request and an audit event in one transaction, prepared, with nothing looked
/// up, locked, counted or told. The tables are copies with the same indexes and checks and without foreign keys or triggers.
/// </summary>
sealed class PlainInserts : IAsyncDisposable
{
    static readonly string[] Tables = ["machines", "requests", "audit_events"];

    readonly NpgsqlDataSource _database;
    readonly IReadOnlyList<string> _statements;
    long _written = 1;

    PlainInserts(NpgsqlDataSource database, IReadOnlyList<string> statements) => (_database, _statements) = (database, statements);

    /// <summary>Makes the tables, and takes one real submit as the pattern of every row.</summary>
    public static async Task<PlainInserts> CreateAsync(string connection, SubmitStand stand, CancellationToken ct)
    {
        var project = (await stand.AddProjectsAsync(1, 1, ct))[0];
        if (await stand.SubmitAsync(project, ct) is { IsOk: false } no)
            throw new InvalidOperationException($"The first submit was refused: {no.Refusal.Message}");
        var database = new NpgsqlDataSourceBuilder(new NpgsqlConnectionStringBuilder(connection) { MaxAutoPrepare = 10, AutoPrepareMinUsages = 1 }.ConnectionString).Build();
        var statements = new List<string>();
        foreach (var table in Tables)
        {
            await ExecuteAsync(database, $"create table plain_{table} (like {table} including all)", ct);
            await ExecuteAsync(database, $"create table pattern_{table} as select * from {table} {(table == "audit_events" ? "where action = 'request.submit'" : "")} limit 1", ct);
            statements.Add(await InsertAsync(database, table, ct));
        }
        return new PlainInserts(database, statements);
    }

    /// <summary>Writes so many; returns how many a second.</summary>
    public async Task<double> RunAsync(int count, int connections, CancellationToken ct)
    {
        var next = -1;
        var began = TimeProvider.System.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Increment(ref next) is var n && n < count)
            {
                await using var connection = await _database.OpenConnectionAsync(ct);
                await using var transaction = await connection.BeginTransactionAsync(ct);
                await using var batch = new NpgsqlBatch(connection, transaction);
                var id = Guid.CreateVersion7();
                foreach (var statement in _statements)
                    batch.BatchCommands.Add(new NpgsqlBatchCommand(statement) { Parameters = { new() { Value = id }, new() { Value = id.ToString() }, new() { Value = _written + (long)n } } });
                await batch.ExecuteNonQueryAsync(ct);
                await transaction.CommitAsync(ct);
            }
        }, ct)));
        _written += count;
        return count / TimeProvider.System.GetElapsedTime(began).TotalSeconds;
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    /// <summary>An insert of the pattern's row with what has to differ: identifiers, name, addresses and key.</summary>
    static async Task<string> InsertAsync(NpgsqlDataSource database, string table, CancellationToken ct)
    {
        await using var command = database.CreateCommand("select column_name::text from information_schema.columns where table_name = $1 and is_generated = 'NEVER' and is_identity = 'NO' order by ordinal_position");
        command.Parameters.Add(new() { Value = table });
        var columns = new List<string>();
        await using (var rows = await command.ExecuteReaderAsync(ct))
        {
            while (await rows.ReadAsync(ct))
                columns.Add(rows.GetString(0));
        }
        var values = columns.Select(column => column switch
        {
            "id" => "$1",
            "name" when table == "machines" => "right($2, 36)",
            "mac" => "lpad($3::text, 17, '0')",
            "address" when table == "machines" => "host('10.0.0.0'::inet + $3::bigint)",
            "idempotency_key" => "$2",
            _ => column,
        });
        return $"insert into plain_{table} ({string.Join(", ", columns)}) select {string.Join(", ", values)} from pattern_{table} where $1 is not null and $2 is not null and $3::bigint > 0";
    }

    static async Task ExecuteAsync(NpgsqlDataSource database, string statement, CancellationToken ct)
    {
        await using var command = database.CreateCommand(statement);
        await command.ExecuteNonQueryAsync(ct);
    }
}
