using Npgsql;
using Portal.Domain;

namespace Portal.Bench.Lists;

/// <summary>The plain alternative: <c>count(*)</c>, <c>ILIKE</c> and <c>offset</c>, with the indexes a table comes by without thinking of lists.</summary>
static class PlainLists
{
    static readonly Dictionary<string, string> Columns = new()
    {
        ["at"] = "t.at", ["actor"] = "t.actor_name", ["action"] = "t.action", ["subject"] = "t.subject_name", ["name"] = "t.name", ["state"] = "t.state", ["memory"] = "t.memory_mib", ["created"] = "t.created_at", ["address"] = "inet(t.address)",
        ["host"] = "(select h.name from hosts h where h.id = t.host_id)", ["lease"] = "t.lease_ends_at", ["submitted"] = "t.submitted_at", ["rule"] = "t.rule_name", ["expires"] = "t.expires_at", ["requester"] = "(select u.display_name from \"AspNetUsers\" u where u.id = t.requester_id)",
        ["project"] = "(select p.name from projects p where p.id = t.project_id)",
    };

    /// <summary>A copy of the database as it would be.</summary>
    public static async Task<string> CopyAsync(string server, string database, CancellationToken ct)
    {
        var name = $"{new NpgsqlConnectionStringBuilder(database).Database}_plain";
        NpgsqlConnection.ClearAllPools();
        await using (var connection = new NpgsqlConnection(server))
        {
            await connection.OpenAsync(ct);
            await ListsData.ExecuteAsync(connection, [$"create database {name} template {new NpgsqlConnectionStringBuilder(database).Database}"], ct);
        }
        var plain = new NpgsqlConnectionStringBuilder(database) { Database = name }.ConnectionString;
        await using var copy = new NpgsqlConnection(plain);
        await copy.OpenAsync(ct);
        var drop = new List<string>();
        await using (var command = new NpgsqlCommand("select indexname from pg_indexes where tablename in ('audit_events', 'machines') and indexname like 'ix_%'", copy))
        await using (var row = await command.ExecuteReaderAsync(ct))
        {
            while (await row.ReadAsync(ct))
                drop.Add($"drop index {row.GetString(0)}");
        }
        await ListsData.ExecuteAsync(copy, [.. drop, "create index on audit_events (at)", "create index on audit_events (subject_id, at)", "create index on machines (host_id)"], ct);
        return plain;
    }

    /// <summary>Counts and reads one page.</summary>
    public static async Task ReadAsync(NpgsqlDataSource source, ListsCase asked, int total, CancellationToken ct)
    {
        var query = asked.Query(new(total));
        var (where, parameters) = Where(asked, query);
        var table = Table(asked);
        await using var connection = await source.OpenConnectionAsync(ct);
        await using (var count = new NpgsqlCommand($"select count(*) from {table} t where {where}", connection))
        {
            count.Parameters.AddRange(parameters.Select(p => p.Clone()).ToArray());
            await count.ExecuteScalarAsync(ct);
        }
        await using var page = new NpgsqlCommand($"select t.*, (select p.name from projects p where p.id = t.project_id) from {table} t where {where} order by {Order(asked, query)}, t.id offset {query.Skip} limit {query.Take}", connection);
        page.Parameters.AddRange(parameters.Select(p => p.Clone()).ToArray());
        await using var row = await page.ExecuteReaderAsync(ct);
        while (await row.ReadAsync(ct))
            _ = row.FieldCount;
    }

    /// <summary>The row in the middle of a list, in its order; null when the list is empty.</summary>
    public static async Task<Guid?> MiddleAsync(NpgsqlDataSource source, ListsCase asked, CancellationToken ct)
    {
        var query = asked.Query(new());
        var (where, parameters) = Where(asked, query);
        await using var command = source.CreateCommand($"select t.id from {Table(asked)} t where {where} order by {Order(asked, query)}, t.id offset (select count(*) / 2 from {Table(asked)} t where {where}) limit 1");
        command.Parameters.AddRange(parameters.ToArray());
        return (Guid?)await command.ExecuteScalarAsync(ct);
    }

    static string Table(ListsCase asked) => asked.List switch { "audit" => "audit_events", "approvals" => "requests", _ => "machines" };

    static string Order(ListsCase asked, ListQuery query) => $"{(asked.List == "approvals" && query.SortField == "subject" ? "t.subject" : Columns[query.SortField!])} {(query.Descending ? "desc" : "asc")}";

    static (string Where, List<NpgsqlParameter> Parameters) Where(ListsCase asked, ListQuery query)
    {
        var (conditions, parameters) = (new List<string> { asked.List == "audit" ? "true" : "t.project_id in (select id from projects)" }, new List<NpgsqlParameter>());
        if (asked.As == "a member")
            conditions.Add($"t.project_id in (select project_id from project_members where user_id = '{ListsBench.Member}')");
        if (query.LikePattern is { } like)
        {
            conditions.Add(asked.List == "audit" ? "(actor_name ilike @like or action ilike @like or subject_name ilike @like)" : asked.List == "approvals" ? "(subject ilike @like or why ilike @like or rule_name ilike @like or exists (select from \"AspNetUsers\" u where u.id = t.requester_id and u.display_name ilike @like))" : "(t.name ilike @like or t.address ilike @like or exists (select from hosts h where h.id = t.host_id and h.name ilike @like))");
            parameters.Add(new("like", like));
        }
        foreach (var (field, value) in asked.Filters)
        {
            parameters.Add(field switch
            {
                "actor" or "subject" or "project" or "host" or "requester" => new(field, Guid.Parse(value)),
                "from" or "to" => new(field, DateTimeOffset.Parse(value, null, System.Globalization.DateTimeStyles.AssumeUniversal | System.Globalization.DateTimeStyles.AdjustToUniversal)),
                _ => new(field, value),
            });
            conditions.Add(field switch
            {
                "kind" when asked.List == "audit" => "subject_kind = @kind", "address" => "remote_address = @address", "actor" or "subject" or "project" or "host" or "requester" => $"t.{field}_id = @{field}", "rule" => "rule_name = @rule",
                "asked" => "@asked = 'me'", "lease" => "(@lease = 'soon' and lease_stage = 'Running' and lease_ends_at <= now() + interval '7 days' or @lease = 'running' and lease_stage = 'Running' or @lease = 'none' and lease_stage = 'None')", "from" => "at >= @from", "to" => "at < @to", _ => $"{field} = @{field}",
            });
        }
        if (asked.List == "approvals")
            conditions.Add("status = 'Waiting'");
        if (asked.List == "machines" && !asked.Filters.ContainsKey("state"))
            conditions.Add("state <> 'Deleted'");
        return (string.Join(" and ", conditions), parameters);
    }
}
