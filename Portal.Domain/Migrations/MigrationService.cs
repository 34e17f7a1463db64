using Microsoft.EntityFrameworkCore;
using Portal.Domain.Operations;
using Portal.Domain.Projects;
using Portal.Domain.Scoping;

namespace Portal.Domain.Migrations;

/// <summary>Shows moves and their receipts to the people they concern.</summary>
public sealed class MigrationService(IDbContextFactory<PortalDbContext> contexts, MoveOrders orders, TimeProvider time)
{
    /// <summary>
    /// Moves the actor may see, newest first. Sorts: <c>created machine status mode blackout</c>. Filters: <c>status mode</c> (names,
    /// commas between), <c>machine project host</c> (ids; a host matches at either end), <c>route</c> (two hosts' ids, a comma between), <c>memory</c> (MiB), <c>policy</c> (a name, or a made one's id), <c>days</c> (ended within so many).
    /// Search looks at machine and hosts.
    /// </summary>
    public async Task<Page<MigrationRow>> ListAsync(Actor actor, ListQuery query, CancellationToken ct)
    {
        await using var db = await contexts.ForAsync(actor, ct);
        var rows = db.Migrations.AsNoTracking().Narrow(query, time.GetUtcNow());
        var sorted = query.SortField switch
        {
            "machine" => rows.SortBy(m => m.MachineName, query.Descending),
            "status" => rows.SortBy(m => m.Status, query.Descending),
            "mode" => rows.SortBy(m => m.Mode, query.Descending),
            "blackout" => rows.SortBy(m => m.BlackoutMs, query.Descending),
            "created" => rows.SortBy(m => m.CreatedAt, query.Descending),
            _ => rows.SortBy(m => m.CreatedAt, descending: true),
        };
        var total = await rows.CountAsync(ct);
        var items = await sorted.ThenByDescending(m => m.Id).Skip(query.SafeSkip).Take(query.SafeTake).Select(MigrationRow.From(db)).ToListAsync(ct);
        return new Page<MigrationRow>(items.ConvertAll(row => For(actor, row)), total);
    }

    /// <summary>A move as the actor may see it: the addresses of networks are for who looks after hosts.</summary>
    static MigrationRow For(Actor actor, MigrationRow row) => actor.SeesFleet || row.Stream is not { Address: not null } stream ? row : row with { Stream = stream with { Address = null } };

    /// <summary>How many moves the list would have of each status, whichever of them it is narrowed to.</summary>
    public async Task<IReadOnlyDictionary<MigrationStatus, int>> CountAsync(Actor actor, ListQuery query, CancellationToken ct)
    {
        await using var db = await contexts.ForAsync(actor, ct);
        return await db.Migrations.AsNoTracking().Narrow(query, time.GetUtcNow(), byStatus: false).GroupBy(m => m.Status).Select(g => new { g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Key, g => g.Count, ct);
    }

    /// <summary>One move with its story; null when there is none the actor may see.</summary>
    public async Task<MigrationDetails?> GetAsync(Actor actor, Guid id, CancellationToken ct)
    {
        await using var db = await contexts.ForAsync(actor, ct);
        var row = await db.Migrations.AsNoTracking().Where(m => m.Id == id).Select(MigrationRow.From(db)).SingleOrDefaultAsync(ct);
        if (row is null)
            return null;
        var story = await db.Migrations.AsNoTracking().Where(m => m.Id == id).Select(m => new { m.Phases, m.Decisions }).SingleAsync(ct);
        var cancellable = actor.IsOperator && await db.Operations.AnyAsync(o => o.Id == row.OperationId && o.CancelRequestedAt == null
            && (o.Status == OperationStatus.Queued || o.Status == OperationStatus.Running), ct);
        return new MigrationDetails(For(actor, row), story.Phases, story.Decisions, cancellable);
    }

    /// <summary>Where a machine could go and how, with what it would cost; null when there is no such machine for the actor.</summary>
    public Task<MoveChoices?> PlanAsync(Actor actor, Guid machineId, CancellationToken ct) => orders.PlanAsync(actor, machineId, look: false, ct);

    /// <summary>The same after a look at the guest and at the hosts, which takes a second or two.</summary>
    public Task<MoveChoices?> SurveyAsync(Actor actor, Guid machineId, CancellationToken ct) => orders.PlanAsync(actor, machineId, look: true, ct);

    /// <summary>Orders a move through an operation and takes the room at the destination. The same key and call give the same move.</summary>
    /// <param name="actor">An operator.</param>
    /// <param name="machineId">The machine; it must run.</param>
    /// <param name="destinationHostId">Where to; null: the host with the most free memory that can do it.</param>
    /// <param name="mode">How.</param>
    /// <param name="objectiveMs">Longest silence allowed, ms; null: no promise.</param>
    /// <param name="key">The caller's key for this call.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>
    /// The move, or <see cref="NotFound"/>, <see cref="NotAllowed"/>, <see cref="Machines.WrongState"/>, <see cref="MachineBusy"/>, <see cref="SameHost"/>,
    /// <see cref="HostSilent"/>, <see cref="HostFull"/>, <see cref="Affinity.KeptByAffinity"/>, <see cref="Hosts.NoHostWithRoom"/>, <see cref="ModeNotPossible"/>, <see cref="ObjectiveNotKept"/>, <see cref="InvalidText"/>, <see cref="KeyReused"/>.
    /// </returns>
    public Task<Result<MigrationRow>> StartAsync(Actor actor, Guid machineId, Guid? destinationHostId, MigrationMode mode, double? objectiveMs, string key, CancellationToken ct) =>
        StartAsync(actor, machineId, new MigrationParameters(destinationHostId, mode, objectiveMs), key, ct);

    /// <summary>The same with everything that may be asked for, its policy included.</summary>
    public Task<Result<MigrationRow>> StartAsync(Actor actor, Guid machineId, MigrationParameters asked, string key, CancellationToken ct) =>
        orders.StartAsync(actor, machineId, asked, key, ct);

    /// <summary>Changes the limit of a move's stream, now or as soon as it begins. The receipt says who set what.</summary>
    /// <param name="actor">An operator.</param>
    /// <param name="id">The move.</param>
    /// <param name="maxMibPerSecond">MiB/s; null: no limit.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>The move, or <see cref="NotFound"/>, <see cref="NotAllowed"/>, <see cref="InvalidText"/>, <see cref="MoveEnded"/>.</returns>
    public async Task<Result<MigrationRow>> LimitAsync(Actor actor, Guid id, int? maxMibPerSecond, CancellationToken ct)
    {
        await using var db = await contexts.ForAsync(actor, ct);
        if (!await db.Migrations.AnyAsync(m => m.Id == id, ct))
            return new NotFound("move");
        if (actor.RefuseUnless(Accounts.PlatformRoles.Operator, "limit a move") is { } refusal)
            return refusal;
        if (StreamRules.RefuseLimit(maxMibPerSecond) is { } senseless)
            return senseless;
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await db.Database.ExecuteSqlAsync($"select 1 from migrations where id = {id} for no key update", ct);
        var migration = await db.Migrations.SingleAsync(m => m.Id == id, ct);
        if (migration.Status is not (MigrationStatus.Queued or MigrationStatus.Running))
            return new MoveEnded(migration.MachineName);
        migration.Limit(maxMibPerSecond, actor.Name);
        db.AuditEvents.Add(Audit.AuditEvent.Of(actor, "machine.migrate.limit", "machine", migration.MachineId, migration.MachineName, migration.ProjectId,
            new { migration = id, maxMibPerSecond }, time.GetUtcNow()));
        await db.SaveChangesAsync(ct);
        await Changes.ChangeNotice.NotifyAsync(db, Changes.ChangeKind.Migration, id, migration.ProjectId, ct);
        await transaction.CommitAsync(ct);
        return await db.Migrations.AsNoTracking().Where(m => m.Id == id).Select(MigrationRow.From(db)).SingleAsync(ct);
    }

    /// <summary>The stored frames past an ordinal, in order; null when there is no such move for the actor.</summary>
    /// <param name="actor">Who asks.</param>
    /// <param name="id">The move.</param>
    /// <param name="afterOrdinal">The last that is known; -1: none.</param>
    /// <param name="ct">Gives up.</param>
    /// <param name="most">The most chunks at once.</param>
    public async Task<IReadOnlyList<ChunkRow>?> ReadChunksAsync(Actor actor, Guid id, int afterOrdinal, CancellationToken ct, int most = int.MaxValue)
    {
        await using var db = await contexts.ForAsync(actor, ct);
        if (!await db.Migrations.AnyAsync(m => m.Id == id, ct))
            return null;
        return await db.MigrationChunks.AsNoTracking().Where(c => c.MigrationId == id && c.Ordinal > afterOrdinal).OrderBy(c => c.Ordinal).Take(most).Select(c => new ChunkRow(c.Ordinal, c.Payload)).ToListAsync(ct);
    }

    /// <summary>Foretells a machine's moves from everybody's receipts as of now; for whoever carries one out.</summary>
    public async Task<MovePredictor> PredictorAsync(Guid machineId, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await MoveOutlook.LearnAsync(db, machineId, ct);
    }
}
