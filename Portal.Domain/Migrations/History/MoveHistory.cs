using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Portal.Domain.Scoping;

namespace Portal.Domain.Migrations.History;

/// <summary>What moves came to over time, gathered from their receipts: each of those the actor may see, and no others.</summary>
public sealed class MoveHistory(IDbContextFactory<PortalDbContext> contexts, TimeProvider time)
{
    const string RouteKey = "source_host_id || ',' || destination_host_id";
    const string RouteName = "max(source_name) || ' → ' || max(destination_name)";

    /// <summary>The most hosts, routes or machines that are offered to narrow by.</summary>
    public const int MostChoices = 200;

    /// <summary>The most moves of one distribution that are shown one by one.</summary>
    public const int MostDots = 200;

    /// <summary>The most stretches of time of the error's course.</summary>
    public const int MostPoints = 60;

    /// <summary>The furthest one can look back, days.</summary>
    public const int MostDays = 3660;

    /// <summary>
    /// Moves gathered by what they have in common. Sorts: <c>name moves blackout p95 took kept error last</c>. Filters: <c>days</c> (how far to
    /// look back; 90 when not said), <c>mode</c>, <c>policy</c> (names, or a made policy's identifier), <c>machine</c>, <c>host</c> (either end), <c>project</c>
    /// (identifiers), <c>route</c> (two identifiers with a comma between). Search looks at the machine's name and those of its hosts.
    /// </summary>
    public async Task<Page<HistoryRow>> ByAsync(Actor actor, HistoryBy by, ListQuery query, CancellationToken ct)
    {
        await using var db = await contexts.ForAsync(actor, ct);
        var (key, name) = by switch
        {
            HistoryBy.Mode => ("mode", "mode"),
            HistoryBy.Route => (RouteKey, RouteName),
            HistoryBy.Policy => ("coalesce(policy_id::text, policy, '-')", "coalesce(max(made_policy ->> 'name'), max(policy), '')"),
            HistoryBy.Machine => ("machine_id::text", "max(machine_name)"),
        };
        var direction = query.Descending ? "desc" : "asc";
        var order = query.SortField switch
        {
            "name" => $"name {direction}",
            "blackout" => $"blackout_ms {direction} nulls last",
            "p95" => $"blackout_ms_p95 {direction} nulls last",
            "took" => $"seconds {direction} nulls last",
            "kept" => $"case when promised > 0 then kept::float8 / promised end {direction} nulls last",
            "error" => $"blackout_error_ms {direction} nulls last",
            "last" => $"last_at {direction}",
            "moves" => $"moves {direction}",
            _ => "moves desc",
        };
        var rows = await Gather<HistoryLine>(db, query, $"""
            , gathered as (
                select {key} as key, {name} as name, count(*)::int as moves, (count(*) filter (where status = 'Moved'))::int as moved,
                    {Quantile(0.5, "felt")} as blackout_ms, {Quantile(0.95, "felt")} as blackout_ms_p95, {Quantile(0.5, "took")} as seconds,
                    (count(kept))::int as promised, (count(*) filter (where kept))::int as kept,
                    {Quantile(0.5, "felt_error")} as blackout_error_ms, {Quantile(0.5, "took_error")} as seconds_error, max(ended_at) as last_at
                from receipts group by {key})
            select *, (count(*) over ())::int as total from gathered order by {order}, name, key offset {Number(query.SafeSkip)} limit {Number(query.SafeTake)}
            """).ToListAsync(ct);
        var items = rows.ConvertAll(r => new HistoryRow(r.Key, r.Name, r.Moves, r.Moved, r.BlackoutMs, r.BlackoutMsP95, r.Seconds, r.Promised, r.Kept, r.BlackoutErrorMs, r.SecondsError, r.LastAt));
        // A page past the end has no row that says how many there are.
        return rows is [{ Total: var total }, ..] ? new(items, total) : query.SafeSkip == 0 ? new(items, 0) : new(items, (await ByAsync(actor, by, query with { Skip = 0, Take = 1 }, ct)).Total);
    }

    /// <summary>
    /// How good predictions were over the time that is looked at, the oldest first: at most <see cref="MostPoints"/> stretches of whole days and
    /// one more, from the first with a move to the last; those in between without one stand there with nothing known.
    /// </summary>
    public async Task<IReadOnlyList<ErrorPoint>> ErrorsAsync(Actor actor, ListQuery query, CancellationToken ct)
    {
        await using var db = await contexts.ForAsync(actor, ct);
        var days = Math.Max(1, (int)Math.Ceiling(Days(query) / (double)MostPoints));
        var known = await Gather<ErrorPoint>(db, query, $"""
            select date_bin('{Number(days)} days', ended_at at time zone 'UTC', timestamp '2020-01-06') as "from", count(*)::int as moves,
                {Quantile(0.5, "felt_error")} as blackout_error_ms, {Quantile(0.5, "took_error")} as seconds_error
            from receipts where felt_error is not null or took_error is not null group by 1 order by 1
            """).ToListAsync(ct);
        return known is [var first, .., var last]
            ? [.. Enumerable.Range(0, (int)((last.From - first.From).TotalDays / days) + 1).Select(n => first.From.AddDays(n * days)).GroupJoin(known, from => from, point => point.From, (from, points) => points.FirstOrDefault() ?? new(from, 0, null, null))]
            : known;
    }

    /// <summary>How long machines were silent by the way they moved and their memory. Filters as for <see cref="ByAsync"/>.</summary>
    public async Task<LiveVsQuick> CompareAsync(Actor actor, ListQuery query, CancellationToken ct)
    {
        await using var db = await contexts.ForAsync(actor, ct);
        var lines = await Gather<BandLine>(db, query, $"""
            , felt as (
                select *, row_number() over (partition by mode, memory_mib order by ended_at desc) as nth from receipts where felt is not null)
            select mode, memory_mib, count(*)::int as moves, {Quantile(0.1, "felt")} as low_ms, {Quantile(0.25, "felt")} as quarter_ms, {Quantile(0.5, "felt")} as median_ms,
                {Quantile(0.75, "felt")} as three_quarters_ms, {Quantile(0.95, "felt")} as high_ms, max(felt) as worst_ms, {Quantile(0.5, "lost")} as lost_at1hz,
                array_agg(id order by nth) filter (where nth <= {MostDots}) as ids, array_agg(felt order by nth) filter (where nth <= {MostDots}) as blackouts
            from felt group by grouping sets ((mode, memory_mib), (mode))
            """).ToListAsync(ct);
        // The line of a whole mode has no memory: a median of medians would not be one.
        var bands = lines.Where(l => l.MemoryMib is not null).Select(l => new BlackoutBand(Enum.Parse<MigrationMode>(l.Mode), l.MemoryMib!.Value, l.Moves, l.LowMs, l.QuarterMs, l.MedianMs, l.ThreeQuartersMs, l.HighMs, l.WorstMs, l.LostAt1Hz,
            [.. l.Ids.Zip(l.Blackouts, (id, ms) => new BandDot(id, ms))])).OrderBy(b => b.Mode).ThenBy(b => b.MemoryMib).ToList();
        var medians = lines.Where(l => l.MemoryMib is null).Select(l => new ModeMedian(Enum.Parse<MigrationMode>(l.Mode), l.MedianMs)).OrderBy(m => m.Mode).ToList();
        return new LiveVsQuick(bands, medians, bands.Sum(b => b.Moves));
    }

    /// <summary>
    /// What moves can be narrowed to: the hosts, routes and machines that stand in receipts of any time, at most <see cref="MostChoices"/> of
    /// each with the most moves, by name. What the query is narrowed to already is always among them.
    /// </summary>
    public async Task<HistoryChoices> ChoicesAsync(Actor actor, ListQuery query, CancellationToken ct)
    {
        await using var db = await contexts.ForAsync(actor, ct);
        var everything = new ListQuery(Filters: new Dictionary<string, string>(StringComparer.Ordinal) { ["days"] = Number(MostDays), ["project"] = query.Filter("project") ?? "" });
        return new(
            await ChoicesAsync(db, everything, query.Filter("host"), "host::text", "max(host_name)", "(select source_host_id as host, source_name as host_name from receipts union all select destination_host_id, destination_name from receipts) hosts", ct),
            await ChoicesAsync(db, everything, query.Filter("route"), RouteKey, RouteName, "receipts", ct),
            await ChoicesAsync(db, everything, query.Filter("machine"), "machine_id::text", "max(machine_name)", "receipts", ct));
    }

    async Task<IReadOnlyList<HistoryChoice>> ChoicesAsync(PortalDbContext db, ListQuery query, string? chosen, string key, string name, string from, CancellationToken ct) =>
        await Gather<HistoryChoice>(db, query, $$"""
            , found as (select {{key}} as key, {{name}} as name, count(*) as moves from {{from}} group by {{key}})
            select key, name from (select * from found order by key = {11} desc, moves desc, key limit {{MostChoices}}) most order by name, key
            """, chosen ?? "").ToListAsync(ct);

    /// <summary>How far a list looks back, days.</summary>
    public static int Days(ListQuery query) => int.TryParse(query.Filter("days"), NumberStyles.None, CultureInfo.InvariantCulture, out var days) ? Math.Clamp(days, 1, MostDays) : 90;

    /// <summary>
    /// Asks something of the moves that are looked at: <c>receipts</c>, with what was felt and how far it was from what was foretold, which is the
    /// middle of the range where a receipt does not say more. Everything from outside is a parameter; the text is this class's own.
    /// </summary>
    IQueryable<T> Gather<T>(PortalDbContext db, ListQuery query, string rest, params object[] more)
    {
        var route = MoveRoute.Of(query);
        object[] values =
        [
            time.GetUtcNow().AddDays(-Days(query)), db.ShowsAll, db.Viewer, query.EnumFilter<MigrationMode>("mode")?.Select(m => m.ToString()).ToArray() ?? [],
            query.Filter("policy") ?? "", query.IdFilter("machine") ?? Guid.Empty, query.IdFilter("host") ?? Guid.Empty, query.IdFilter("project") ?? Guid.Empty,
            route?.From ?? Guid.Empty, route?.To ?? Guid.Empty, query.LikePattern ?? "", .. more,
        ];
        var none = $"'{Guid.Empty}'";
        var sql = $$"""
            with receipts as (select m.*, r.felt, r.took, r.lost,
                case when r.felt is null then null when objective_pings is not null and r.lost_worst is not null then r.lost_worst <= objective_pings else r.felt <= coalesce(objective_ms, objective_pings * 1000) end as kept,
                abs(r.felt - coalesce((predicted ->> 'pauseMs')::float8 + (predicted ->> 'convergenceMs')::float8,
                    ((predicted ->> 'blackoutMsLow')::float8 + (predicted ->> 'blackoutMsHigh')::float8) / 2)) as felt_error,
                case when r.took > 0 then abs(r.took - (predicted ->> 'totalSeconds')::float8) / r.took end as took_error
            from migrations m cross join lateral (select
                case when status = 'Moved' and measured ->> 'probeInvalid' is null then blackout_ms end as felt,
                case when status = 'Moved' then (measured ->> 'totalSeconds')::float8 end as took,
                case when status = 'Moved' and measured ->> 'probeInvalid' is null then (measured ->> 'lostAt1HzMean')::float8 end as lost,
                (measured ->> 'lostAt1HzWorst')::int as lost_worst) r
            where ended_at >= {0} and ({1} or exists (select 1 from project_members p where p.user_id = {2} and p.project_id = m.project_id))
                and (cardinality({3}) = 0 or mode = any({3})) and ({4} = '' or lower({4}) in (lower(policy), policy_id::text))
                and ({5} = {{none}} or machine_id = {5}) and ({6} = {{none}} or {6} in (source_host_id, destination_host_id)) and ({7} = {{none}} or project_id = {7})
                and ({8} = {{none}} or (source_host_id = {8} and destination_host_id = {9}))
                and ({10} = '' or machine_name ilike {10} or source_name ilike {10} or destination_name ilike {10}))
            {{rest}}
            """;
        return db.Database.SqlQueryRaw<T>(sql, values);
    }

    static string Quantile(double q, string of) => $"percentile_cont({q.ToString(CultureInfo.InvariantCulture)}) within group (order by {of})";

    static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    sealed record HistoryLine(string Key, string Name, int Moves, int Moved, double? BlackoutMs, double? BlackoutMsP95, double? Seconds, int Promised, int Kept, double? BlackoutErrorMs, double? SecondsError,
        DateTimeOffset LastAt, int Total);

    sealed record BandLine(string Mode, int? MemoryMib, int Moves, double LowMs, double QuarterMs, double MedianMs, double ThreeQuartersMs, double HighMs, double WorstMs, double? LostAt1Hz, Guid[] Ids, double[] Blackouts);
}
