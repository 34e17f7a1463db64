using Microsoft.EntityFrameworkCore;
using Portal.Domain.Accounts;
using Portal.Domain.Audit;
using Portal.Domain.Changes;
using Portal.Domain.Projects;
using Portal.Domain.Scoping;

namespace Portal.Domain.Operations;

/// <summary>Shows operations to the people they concern, and takes their wish to stop one.</summary>
public sealed class OperationService(IDbContextFactory<PortalDbContext> contexts, TimeProvider time)
{
    /// <summary>
    /// Operations the actor may see, newest first. Sorts: <c>created title status kind</c>. Filters: <c>status</c>, <c>kind</c> (names,
    /// commas between), <c>machine</c>, <c>project</c> (ids). Search looks at title and requester.
    /// </summary>
    public async Task<Page<OperationRow>> ListAsync(Actor actor, ListQuery query, CancellationToken ct)
    {
        await using var db = await contexts.ForAsync(actor, ct);
        var rows = db.Operations.AsNoTracking();
        if (query.LikePattern is { } like)
            rows = rows.Where(o => EF.Functions.ILike(o.Title, like, @"\") || EF.Functions.ILike(o.RequestedByName, like, @"\"));
        if (query.EnumFilter<OperationStatus>("status") is { } statuses)
            rows = rows.Where(o => statuses.Contains(o.Status));
        if (query.EnumFilter<OperationKind>("kind") is { } kinds)
            rows = rows.Where(o => kinds.Contains(o.Kind));
        if (query.IdFilter("machine") is { } machine)
            rows = rows.Where(o => o.MachineId == machine);
        if (query.IdFilter("project") is { } project)
            rows = rows.Where(o => o.ProjectId == project);
        var sorted = query.SortField switch
        {
            "title" => rows.SortBy(o => o.Title, query.Descending),
            "status" => rows.SortBy(o => o.Status, query.Descending),
            "kind" => rows.SortBy(o => o.Kind, query.Descending),
            "created" => rows.SortBy(o => o.CreatedAt, query.Descending),
            _ => rows.SortBy(o => o.CreatedAt, descending: true),
        };
        var total = await rows.CountAsync(ct);
        var items = await sorted.ThenByDescending(o => o.Id).Skip(query.SafeSkip).Take(query.SafeTake).Select(OperationRow.From(db)).ToListAsync(ct);
        return new Page<OperationRow>(items, total);
    }

    /// <summary>One operation with its steps; null when there is none the actor may see.</summary>
    public async Task<OperationDetails?> GetAsync(Actor actor, Guid id, CancellationToken ct)
    {
        await using var db = await contexts.ForAsync(actor, ct);
        return (await DetailsAsync(db, actor, db.Operations.AsNoTracking().Where(o => o.Id == id), ct)).SingleOrDefault();
    }

    /// <summary>What the task panel shows: everything queued or running that the actor may see, and today's count.</summary>
    public async Task<TaskSummary> RunningAsync(Actor actor, CancellationToken ct)
    {
        await using var db = await contexts.ForAsync(actor, ct);
        var seen = db.Operations.AsNoTracking();
        var active = await DetailsAsync(db, actor, seen.Where(o => o.Status == OperationStatus.Queued || o.Status == OperationStatus.Running), ct);
        var midnight = new DateTimeOffset(time.GetUtcNow().UtcDateTime.Date, TimeSpan.Zero);
        var ended = await seen.Where(o => o.EndedAt >= midnight).GroupBy(o => o.Status).Select(g => new { g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Key, g => g.Count, ct);
        return new TaskSummary(active, ended.GetValueOrDefault(OperationStatus.Succeeded), ended.GetValueOrDefault(OperationStatus.Failed));
    }

    /// <summary>
    /// Asks an operation to stop. The worker sees it at its next step or renewal, undoes what was begun and ends it as cancelled; past the
    /// point of no return it finishes instead. Asking twice is asking once.
    /// </summary>
    public async Task<Result<OperationRow>> CancelAsync(Actor actor, Guid id, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var operation = (await db.Operations.FromSql($"select * from operations where id = {id} for update").AsNoTracking().ToListAsync(ct)).SingleOrDefault();
        if (operation is null)
            return new NotFound("operation");
        if (await RefuseCancelAsync(db, actor, operation, ct) is { } refusal)
            return refusal;
        if (!operation.IsActive)
            return new AlreadyEnded(operation.Title, operation.Status);
        if (operation.Kind == OperationKind.Delete)
            return new CannotCancel(operation.Title);
        if (operation.CancelRequestedAt is null)
        {
            var now = time.GetUtcNow();
            await db.Operations.Where(o => o.Id == id).ExecuteUpdateAsync(set => set.SetProperty(o => o.CancelRequestedAt, now), ct);
            db.AuditEvents.Add(AuditEvent.Of(actor, "operation.cancel", "operation", id, operation.Title, operation.ProjectId, null, now));
            await db.SaveChangesAsync(ct);
            await ChangeNotice.NotifyAsync(db, ChangeKind.Operation, id, operation.ProjectId, ct);
            await ChangeNotice.WakeWorkersAsync(db, ct);
        }
        await transaction.CommitAsync(ct);
        return await db.Operations.AsNoTracking().Where(o => o.Id == id).Select(OperationRow.From(db)).SingleAsync(ct);
    }

    /// <summary>Where a machine is, is the operators' to say, in whatever project; everything else is the project's own.</summary>
    static bool IsForOperators(OperationKind kind) => kind is OperationKind.Migrate or OperationKind.Rehome;

    static async Task<Refusal?> RefuseCancelAsync(PortalDbContext db, Actor actor, Operation operation, CancellationToken ct) => !IsForOperators(operation.Kind)
        ? await db.RefuseUnlessMemberAsync(actor, operation.ProjectId, "operation", "cancel this operation", ct)
        : await db.RoleInAsync(actor, operation.ProjectId, ct) is null ? new NotFound("operation")
        : actor.RefuseUnless(PlatformRoles.Operator, "cancel this move");

    static async Task<IReadOnlyList<OperationDetails>> DetailsAsync(PortalDbContext db, Actor actor, IQueryable<Operation> some, CancellationToken ct)
    {
        var rows = await some.OrderBy(o => o.CreatedAt).Take(ListQuery.MostRows).Select(OperationRow.From(db)).ToListAsync(ct);
        var attempts = await some.Select(o => new { o.Id, o.Attempts }).ToDictionaryAsync(o => o.Id, o => o.Attempts, ct);
        var ids = rows.ConvertAll(o => o.Id);
        var steps = (await db.OperationSteps.AsNoTracking().Where(s => ids.Contains(s.OperationId)).OrderBy(s => s.Ordinal).ToListAsync(ct))
            .ToLookup(s => s.OperationId, s => new StepRow(s.Ordinal, s.Name, s.State, s.Detail, s.StartedAt, s.EndedAt));
        var writable = actor.IsAdmin ? null : (await db.ProjectMembers.Where(m => m.UserId == actor.UserId && m.Role != ProjectRole.Viewer).Select(m => m.ProjectId).ToListAsync(ct)).ToHashSet();
        return [.. rows.Select(o => new OperationDetails(o, [.. steps[o.Id]], attempts.GetValueOrDefault(o.Id),
            o.CanCancel && (IsForOperators(o.Kind) ? actor.IsOperator : writable is null || writable.Contains(o.ProjectId))))];
    }
}
