using Microsoft.EntityFrameworkCore;
using Portal.Domain.Migrations;
using Portal.Domain.Operations;

namespace Portal.Domain.Evacuations;

/// <summary>What is read of evacuations: by those who look after hosts, and nobody else, for they name machines of every project.</summary>
public sealed partial class EvacuationService
{
    /// <summary>
    /// Evacuations, newest first; none for whoever does not look after hosts. Sorts: <c>created host status</c>. Filters: <c>status kind</c> (names,
    /// commas between), <c>host</c> (id). Search looks at the host's name.
    /// </summary>
    public async Task<Page<EvacuationRow>> ListAsync(Actor actor, ListQuery query, CancellationToken ct)
    {
        if (!actor.SeesFleet)
            return new Page<EvacuationRow>([], 0);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var rows = db.Evacuations.AsNoTracking();
        if (query.LikePattern is { } like)
            rows = rows.Where(e => EF.Functions.ILike(e.HostName ?? e.Tag!, like, @"\"));
        if (query.EnumFilter<EvacuationStatus>("status") is { } statuses)
            rows = rows.Where(e => statuses.Contains(e.Status));
        if (query.EnumFilter<EvacuationKind>("kind") is { } kinds)
            rows = rows.Where(e => kinds.Contains(e.Kind));
        if (query.IdFilter("host") is { } host)
            rows = rows.Where(e => e.HostId == host);
        var sorted = query.SortField switch
        {
            "host" => rows.SortBy(e => e.HostName ?? e.Tag, query.Descending),
            "status" => rows.SortBy(e => e.Status, query.Descending),
            "created" => rows.SortBy(e => e.CreatedAt, query.Descending),
            _ => rows.SortBy(e => e.CreatedAt, descending: true),
        };
        var total = await rows.CountAsync(ct);
        var items = await sorted.ThenByDescending(e => e.Id).Skip(query.SafeSkip).Take(query.SafeTake).Select(EvacuationRow.From(db)).ToListAsync(ct);
        var ids = items.ConvertAll(e => e.Id);
        var measured = (await db.EvacuationItems.Where(i => ids.Contains(i.EvacuationId)).Join(db.Migrations, i => i.OperationId, m => m.OperationId, (i, m) => new { i.EvacuationId, m.Measured }).ToListAsync(ct))
            .ToLookup(m => m.EvacuationId, m => m.Measured);
        return new Page<EvacuationRow>(items.ConvertAll(e => e with { WorstBlackoutMs = Worst(measured[e.Id]) }), total);
    }

    /// <summary>One evacuation with every machine's turn; null when there is none the actor may see.</summary>
    public async Task<EvacuationDetails?> GetAsync(Actor actor, Guid id, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await DetailsAsync(db, actor, id, ct);
    }

    /// <summary>The evacuation of a host that is under way, or the last one of its maintenance; null when there was none the actor may see.</summary>
    public async Task<EvacuationDetails?> LastAsync(Actor actor, Guid hostId, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var last = await db.Evacuations.Where(e => e.HostId == hostId && (e.Kind != EvacuationKind.Relocate || e.EndedAt == null)).OrderByDescending(e => e.CreatedAt).ThenByDescending(e => e.Id).Select(e => (Guid?)e.Id).FirstOrDefaultAsync(ct);
        return last is { } id ? await DetailsAsync(db, actor, id, ct) : null;
    }

    async Task<EvacuationDetails?> DetailsAsync(PortalDbContext db, Actor actor, Guid id, CancellationToken ct)
    {
        if (!actor.SeesFleet || await db.Evacuations.AsNoTracking().Where(e => e.Id == id).Select(EvacuationRow.From(db)).SingleOrDefaultAsync(ct) is not { } row)
            return null;
        var items = await db.EvacuationItems.AsNoTracking().Where(i => i.EvacuationId == id).OrderBy(i => i.Ordinal).ToListAsync(ct);
        var operations = items.Select(i => i.OperationId).OfType<Guid>().ToList();
        var moves = await db.Migrations.AsNoTracking().Where(m => operations.Contains(m.OperationId)).Select(MigrationRow.From(db)).ToDictionaryAsync(m => m.OperationId, ct);
        return new EvacuationDetails(row with { WorstBlackoutMs = Worst(moves.Values.Select(m => m.Measured)) }, items.ConvertAll(i => new EvacuationItemRow(i.MachineId, i.MachineName, i.MemoryMib, i.State, i.DestinationName, i.Forecast, i.Tries, i.Detail, i.EndedAt,
            i.OperationId is { } operation ? moves.GetValueOrDefault(operation) : null)), actor.IsOperator && row.IsActive, row.IsActive ? Left(row, items, moves, time.GetUtcNow()) : null);
    }

    /// <summary>How long the rest takes. What waits for nobody but an operator has no end to foretell.</summary>
    static Eta? Left(EvacuationRow row, List<EvacuationItem> items, Dictionary<Guid, MigrationRow> moves, DateTimeOffset now)
    {
        if (row.Status == EvacuationStatus.Paused)
            return null;
        var turns = items.Where(i => i.State is EvacuationItemState.Waiting or EvacuationItemState.Moving or EvacuationItemState.Moved).Select(i =>
        {
            var move = i.OperationId is { } operation ? moves.GetValueOrDefault(operation) : null;
            return new TurnTime(new Route(i.SourceHostId ?? row.HostId ?? Guid.Empty, i.DestinationHostId ?? Guid.Empty), i.Forecast?.Seconds, i.Forecast?.StreamSeconds ?? 0,
                move is null || i.State == EvacuationItemState.Waiting ? null : ((move.EndedAt ?? now) - move.CreatedAt).TotalSeconds, i.State == EvacuationItemState.Moved);
        });
        return TimeLeftRule.Of([.. turns], row.Terms.Limits);
    }

    /// <summary>The longest silence of those that were validly measured: a probe that stalled itself says nothing.</summary>
    static double? Worst(IEnumerable<Measurement?> moves) => moves.Where(m => m is { ProbeInvalid: null }).Max(m => m!.BlackoutMs);
}
