using Microsoft.EntityFrameworkCore;
using Portal.Domain.Changes;

namespace Portal.Domain.Notices;

/// <summary>What a person was told. Everybody sees and marks their own, whatever their roles.</summary>
public sealed class NoticeService(IDbContextFactory<PortalDbContext> contexts, TimeProvider time)
{
    /// <summary>The number of unread notices and the newest ones.</summary>
    public async Task<NoticeSummary> SummaryAsync(Actor actor, int latest, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var unread = await db.Notices.CountAsync(n => n.UserId == actor.UserId && n.ReadAt == null, ct);
        var newest = await ViewsOf(db, db.Notices.Where(n => n.UserId == actor.UserId).OrderByDescending(n => n.CreatedAt).ThenByDescending(n => n.Id).Take(latest)).ToListAsync(ct);
        return new(unread, newest);
    }

    /// <summary>
    /// The actor's notices, newest first. Sorts: <c>at kind title project</c>. Filters: <c>kind</c>, <c>read</c> (<c>yes</c> or <c>no</c>),
    /// <c>project</c> (id). Search looks at title and text.
    /// </summary>
    public async Task<Page<NoticeView>> ListAsync(Actor actor, ListQuery query, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var mine = db.Notices.Where(n => n.UserId == actor.UserId);
        if (query.LikePattern is { } like)
            mine = mine.Where(n => EF.Functions.ILike(n.Title, like, @"\") || EF.Functions.ILike(n.Body ?? "", like, @"\"));
        if (query.EnumFilter<NoticeKind>("kind") is { } kinds)
            mine = mine.Where(n => kinds.Contains(n.Kind));
        if (query.IdFilter("project") is { } project)
            mine = mine.Where(n => n.ProjectId == project);
        mine = query.Filter("read") switch
        {
            "yes" => mine.Where(n => n.ReadAt != null),
            "no" => mine.Where(n => n.ReadAt == null),
            _ => mine,
        };
        var total = await mine.CountAsync(ct);
        var sorted = query.SortField switch
        {
            "kind" => mine.SortBy(n => n.Kind, query.Descending),
            "title" => mine.SortBy(n => n.Title, query.Descending),
            "project" => mine.SortBy(n => db.Projects.Where(p => p.Id == n.ProjectId).Select(p => p.Name).SingleOrDefault(), query.Descending),
            "at" => mine.SortBy(n => n.CreatedAt, query.Descending),
            _ => mine.OrderByDescending(n => n.CreatedAt),
        };
        var items = await ViewsOf(db, sorted.ThenByDescending(n => n.Id).Skip(query.SafeSkip).Take(query.SafeTake)).ToListAsync(ct);
        return new(items, total);
    }

    /// <summary>Marks some of the actor's notices read; somebody else's are left alone. Gives how many were unread before.</summary>
    public Task<int> ReadAsync(Actor actor, IReadOnlyCollection<Guid> ids, CancellationToken ct) => MarkAsync(actor, n => n.Where(one => ids.Contains(one.Id)), ct);

    /// <summary>Marks all of the actor's notices read. Gives how many were unread before.</summary>
    public Task<int> ReadAllAsync(Actor actor, CancellationToken ct) => MarkAsync(actor, n => n, ct);

    async Task<int> MarkAsync(Actor actor, Func<IQueryable<NoticeEntry>, IQueryable<NoticeEntry>> which, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        await using var db = await contexts.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var count = await which(db.Notices.Where(n => n.UserId == actor.UserId && n.ReadAt == null)).ExecuteUpdateAsync(set => set.SetProperty(n => n.ReadAt, now), ct);
        if (count > 0)
            await ChangeNotice.NotifyAsync(db, ChangeKind.Notice, actor.UserId, null, ct);
        await transaction.CommitAsync(ct);
        return count;
    }

    static IQueryable<NoticeView> ViewsOf(PortalDbContext db, IQueryable<NoticeEntry> notices) => notices.Select(n => new NoticeView(n.Id, n.Kind, n.Title, n.Body, n.Link, n.SubjectId,
        n.ProjectId, db.Projects.Where(p => p.Id == n.ProjectId).Select(p => p.Name).SingleOrDefault(), n.CreatedAt, n.ReadAt));
}
