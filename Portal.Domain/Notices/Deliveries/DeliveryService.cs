using Microsoft.EntityFrameworkCore;
using Portal.Domain.Accounts;
using Portal.Domain.Audit;
using Portal.Domain.Changes;
using Portal.Domain.Projects;

namespace Portal.Domain.Notices.Deliveries;

/// <summary>A delivery as its log shows it.</summary>
/// <param name="Id">Identifier, which the other side sees too.</param>
/// <param name="Channel">The way it goes.</param>
/// <param name="Target">The webhook's name, or the person's.</param>
/// <param name="WebhookId">The webhook, where it goes to one.</param>
/// <param name="ProjectId">The webhook's project.</param>
/// <param name="Kind">The kind of notice, or <c>Ping</c>.</param>
/// <param name="Title">What it says.</param>
/// <param name="Status">How far it is.</param>
/// <param name="Attempts">Tries so far.</param>
/// <param name="CreatedAt">When it was written.</param>
/// <param name="TriedAt">When the last try ended.</param>
/// <param name="NextAttemptAt">When it is tried next; null once it has ended.</param>
/// <param name="ResponseCode">What the other side answered.</param>
/// <param name="DurationMs">How long the last try took.</param>
/// <param name="LastError">What was wrong with it.</param>
public sealed record DeliveryView(Guid Id, DeliveryChannel Channel, string Target, Guid? WebhookId, Guid? ProjectId, string Kind, string Title, DeliveryStatus Status, int Attempts,
    DateTimeOffset CreatedAt, DateTimeOffset? TriedAt, DateTimeOffset? NextAttemptAt, int? ResponseCode, int? DurationMs, string? LastError);

/// <summary>The delivery has not ended: it is tried by itself.</summary>
public sealed record DeliveryUnderWay() : Refusal("delivery-under-way", "This delivery still waits for its next try.", "Wait for it, or look what is wrong at the other side.")
{
    /// <inheritdoc/>
    public override RefusalKind Kind => RefusalKind.Conflict;
}

/// <summary>The log of what went out. Admins and auditors read all of it, a project's owners what went to its webhooks.</summary>
public sealed class DeliveryService(IDbContextFactory<PortalDbContext> contexts, TimeProvider time)
{
    /// <summary>
    /// Deliveries, newest first. Sorts: <c>at status tries tried duration</c>. Filters: <c>webhook</c> (id), <c>channel</c>, <c>status</c>,
    /// <c>kind</c>. Search looks at what it says, at whom it goes to and at what was wrong.
    /// </summary>
    public async Task<Page<DeliveryView>> ListAsync(Actor actor, ListQuery query, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var rows = SeenBy(db, actor);
        if (query.IdFilter("webhook") is { } webhook)
            rows = rows.Where(d => d.WebhookId == webhook);
        if (query.EnumFilter<DeliveryChannel>("channel") is { } channels)
            rows = rows.Where(d => channels.Contains(d.Channel));
        if (query.EnumFilter<DeliveryStatus>("status") is { } statuses)
            rows = rows.Where(d => statuses.Contains(d.Status));
        var views = ViewsOf(db, rows);
        if (query.Filter("kind") is { } kind)
            views = views.Where(d => d.Kind == kind);
        if (query.LikePattern is { } like)
            views = views.Where(d => EF.Functions.ILike(d.Title, like, @"\") || EF.Functions.ILike(d.Target, like, @"\") || EF.Functions.ILike(d.LastError ?? "", like, @"\"));
        var total = await views.CountAsync(ct);
        var sorted = query.SortField switch
        {
            "status" => views.SortBy(d => d.Status, query.Descending),
            "tries" => views.SortBy(d => d.Attempts, query.Descending),
            "tried" => views.SortBy(d => d.TriedAt, query.Descending),
            "duration" => views.SortBy(d => d.DurationMs, query.Descending),
            "at" => views.SortBy(d => d.CreatedAt, query.Descending),
            _ => views.OrderByDescending(d => d.CreatedAt),
        };
        var items = await sorted.ThenByDescending(d => d.Id).Skip(query.SafeSkip).Take(query.SafeTake).ToListAsync(ct);
        return new([.. items.Select(d => new DeliveryView(d.Id, d.Channel, d.Target, d.WebhookId, d.ProjectId, d.Kind, d.Title, d.Status, d.Attempts, d.CreatedAt, d.TriedAt,
            d.Status == DeliveryStatus.Queued ? d.NextAttemptAt : null, d.ResponseCode, d.DurationMs, d.LastError))], total);
    }

    /// <summary>Sends what ended once more, under the same identifier: from then on it is tried as if it were new.</summary>
    public async Task<Result<Done>> RedeliverAsync(Actor actor, Guid id, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        await using var db = await contexts.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var row = await SeenBy(db, actor).AsNoTracking().SingleOrDefaultAsync(d => d.Id == id, ct);
        if (row is null)
            return new NotFound("delivery");
        var hook = row.WebhookId is { } webhook ? await db.Webhooks.AsNoTracking().SingleAsync(h => h.Id == webhook, ct) : null;
        if (!actor.IsAdmin && (hook?.ProjectId is not { } project || await db.RoleInAsync(actor, project, ct) != ProjectRole.Owner))
            return new NotAllowed("send this again", "the role admin, or owner of the webhook's project");
        if (hook is null && !await db.Outlets.AnyAsync(o => o.Channel == DeliveryChannel.Email && o.IsOn, ct))
            return new InvalidText("channel", "E-mail is switched off.", "Name a mail server in the portal's settings first.");
        var again = await db.Deliveries.Where(d => d.Id == id && d.Status != DeliveryStatus.Queued).ExecuteUpdateAsync(set => set.SetProperty(d => d.Status, DeliveryStatus.Queued)
            .SetProperty(d => d.NextAttemptAt, now).SetProperty(d => d.GiveUpAt, now + Backoff.GiveUpAfter).SetProperty(d => d.ClaimedUntil, (DateTimeOffset?)null), ct);
        if (again == 0)
            return new DeliveryUnderWay();
        db.Add(AuditEvent.Of(actor, "delivery.again", "delivery", id, row.Payload.Title.Cut(200), hook?.ProjectId, new { row.Channel, Webhook = hook?.Name }, now));
        await db.SaveChangesAsync(ct);
        if (hook is not null)
            await ChangeNotice.NotifyAsync(db, ChangeKind.Webhook, hook.Id, hook.ProjectId, ct);
        await WakeAsync(db, ct);
        await transaction.CommitAsync(ct);
        return Done.Value;
    }

    /// <summary>Wakes those who send when the caller's transaction commits.</summary>
    internal static Task WakeAsync(PortalDbContext db, CancellationToken ct) => db.Database.ExecuteSqlAsync($"select pg_notify({ChangeNotice.DeliveryChannel}, '')", ct);

    static IQueryable<Delivery> SeenBy(PortalDbContext db, Actor actor) => actor.Holds(PlatformRoles.Auditor)
        ? db.Deliveries
        : db.Deliveries.Where(d => db.Webhooks.Any(h => h.Id == d.WebhookId && db.ProjectMembers.Any(m => m.ProjectId == h.ProjectId && m.UserId == actor.UserId && m.Role == ProjectRole.Owner)));

    static IQueryable<Row> ViewsOf(PortalDbContext db, IQueryable<Delivery> rows) => rows.Select(d => new Row
    {
        Id = d.Id, Channel = d.Channel, WebhookId = d.WebhookId, Status = d.Status, Attempts = d.Attempts, CreatedAt = d.CreatedAt, TriedAt = d.TriedAt,
        NextAttemptAt = d.NextAttemptAt, ResponseCode = d.ResponseCode, DurationMs = d.DurationMs, LastError = d.LastError,
        Kind = d.PayloadKind, Title = d.PayloadTitle,
        ProjectId = db.Webhooks.Where(h => h.Id == d.WebhookId).Select(h => h.ProjectId).SingleOrDefault(),
        Target = db.Webhooks.Where(h => h.Id == d.WebhookId).Select(h => h.Name).SingleOrDefault() ?? db.Users.Where(u => u.Id == d.UserId).Select(u => User.NameOf(u.DisplayName, u.UserName)).SingleOrDefault() ?? "",
    });

    sealed class Row
    {
        public Guid Id { get; init; }
        public DeliveryChannel Channel { get; init; }
        public string Target { get; init; } = "";
        public Guid? WebhookId { get; init; }
        public Guid? ProjectId { get; init; }
        public string Kind { get; init; } = "";
        public string Title { get; init; } = "";
        public DeliveryStatus Status { get; init; }
        public int Attempts { get; init; }
        public DateTimeOffset CreatedAt { get; init; }
        public DateTimeOffset? TriedAt { get; init; }
        public DateTimeOffset NextAttemptAt { get; init; }
        public int? ResponseCode { get; init; }
        public int? DurationMs { get; init; }
        public string? LastError { get; init; }
    }
}
