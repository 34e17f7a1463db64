using Microsoft.EntityFrameworkCore;
using Portal.Domain.Accounts;
using Portal.Domain.Audit;
using Portal.Domain.Changes;
using Portal.Domain.Notices.Deliveries;
using Portal.Domain.Projects;

namespace Portal.Domain.Webhooks;

/// <summary>Webhooks: those of the platform are the admins', those of a project its owners' too. Auditors read them; for others there are none.</summary>
public sealed class WebhookService(IDbContextFactory<PortalDbContext> contexts, WebhookSecrets secrets, WebhookTargets targets, TimeProvider time)
{
    /// <summary>The most webhooks of one project, and of the platform.</summary>
    public const int Most = 20;

    /// <summary>The longest time both secrets count after a rotation.</summary>
    public static readonly TimeSpan LongestOverlap = TimeSpan.FromDays(7);

    /// <summary>The webhooks the actor may see, by name. Sorts: <c>name project changed enabled</c>. Filters: <c>project</c> (id), <c>enabled</c> (<c>yes</c>, <c>no</c>). Search looks at name and address.</summary>
    public async Task<Page<WebhookView>> ListAsync(Actor actor, ListQuery query, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var hooks = SeenBy(db, actor);
        if (query.LikePattern is { } like)
            hooks = hooks.Where(h => EF.Functions.ILike(h.Name, like, @"\") || (EF.Functions.ILike(h.Url, like, @"\") && !(actor.IsAuditor && !actor.IsAdmin)));
        if (query.IdFilter("project") is { } project)
            hooks = hooks.Where(h => h.ProjectId == project);
        hooks = query.Filter("enabled") switch
        {
            "yes" => hooks.Where(h => h.IsEnabled),
            "no" => hooks.Where(h => !h.IsEnabled),
            _ => hooks,
        };
        var total = await hooks.CountAsync(ct);
        var sorted = query.SortField switch
        {
            "project" => hooks.SortBy(h => db.Projects.Where(p => p.Id == h.ProjectId).Select(p => p.Name).SingleOrDefault(), query.Descending),
            "changed" => hooks.SortBy(h => h.ChangedAt, query.Descending),
            "enabled" => hooks.SortBy(h => h.IsEnabled, query.Descending),
            "name" => hooks.SortBy(h => h.Name, query.Descending),
            _ => hooks.OrderBy(h => h.Name),
        };
        return new(await ViewsAsync(db, actor, sorted.ThenBy(h => h.Id).Skip(query.SafeSkip).Take(query.SafeTake), ct), total);
    }

    /// <summary>One webhook.</summary>
    public async Task<Result<WebhookView>> GetAsync(Actor actor, Guid id, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await ViewAsync(db, actor, id, ct) is { } view ? view : new NotFound("webhook");
    }

    /// <summary>Whether the actor may make webhooks anywhere, and where: the projects it owns, and for an admin the whole platform too.</summary>
    public async Task<bool> MayMakeAsync(Actor actor, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return actor.IsAdmin || await db.ProjectMembers.AnyAsync(m => m.UserId == actor.UserId && m.Role == ProjectRole.Owner, ct);
    }

    /// <summary>Makes a webhook. Its secret is in the answer and never again.</summary>
    public async Task<Result<NewWebhookSecret>> CreateAsync(Actor actor, Guid? projectId, WebhookDraft draft, CancellationToken ct)
    {
        // The keys may have to be read first, by a connection of their own: not while others wait for the lock below with all of them.
        var (secret, kept) = secrets.New();
        await using var db = await contexts.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        if (await RefuseAsync(db, actor, projectId, "project", ct) is { } refusal)
            return refusal;
        var sound = WebhookRules.Check(draft, targets);
        if (!sound.IsOk)
            return sound.Refusal;
        // One at a time: of two that are made at once, the second counts the first.
        await db.Database.ExecuteSqlAsync($"select pg_advisory_xact_lock(hashtextextended({"portal webhooks " + projectId}, 0))", ct);
        if (await db.Webhooks.CountAsync(h => h.ProjectId == projectId, ct) >= Most)
            return new TooManyWebhooks(Most);
        var now = time.GetUtcNow();
        var hook = Webhook.Create(projectId, actor, kept, now);
        hook.Describe(sound.Value.Name, sound.Value.Url, sound.Value.Kinds, sound.Value.IsEnabled, actor, now);
        db.Add(hook);
        await WriteAsync(db, actor, hook, "webhook.create", new { After = WebhookRules.Told(hook) }, now, ct);
        var view = (await ViewAsync(db, actor, hook.Id, ct))!;
        await transaction.CommitAsync(ct);
        return new NewWebhookSecret(view, secret);
    }

    /// <summary>Changes a webhook; <paramref name="version"/> is that of the view it was changed on.</summary>
    public Task<Result<WebhookView>> ChangeAsync(Actor actor, Guid id, uint version, WebhookDraft draft, CancellationToken ct) => WithAsync<WebhookView>(actor, id, async (db, hook, now) =>
    {
        var sound = WebhookRules.Check(draft, targets);
        if (!sound.IsOk)
            return sound.Refusal;
        if (hook.Version != version)
            return new ChangedMeanwhile("This webhook", hook.ChangedByName, hook.ChangedAt, null, WebhookRules.Differences(hook, sound.Value));
        var before = WebhookRules.Told(hook);
        hook.Describe(sound.Value.Name, sound.Value.Url, sound.Value.Kinds, sound.Value.IsEnabled, actor, now);
        await WriteAsync(db, actor, hook, "webhook.change", new { Before = before, After = WebhookRules.Told(hook) }, now, ct);
        return (await ViewAsync(db, actor, id, ct))!;
    }, ct);

    /// <summary>Gives a webhook a new secret. Until the overlap ends, calls are signed with both.</summary>
    public Task<Result<NewWebhookSecret>> RotateAsync(Actor actor, Guid id, TimeSpan overlap, CancellationToken ct) => WithAsync<NewWebhookSecret>(actor, id, async (db, hook, now) =>
    {
        if (overlap < TimeSpan.Zero || overlap > LongestOverlap)
            return new InvalidText("overlap", $"Both secrets can count for at most {LongestOverlap.Days} days.", "Choose a shorter time.");
        var (secret, kept) = secrets.New();
        hook.Rotate(kept, now + overlap, actor, now);
        await WriteAsync(db, actor, hook, "webhook.rotate", new { BothCountUntil = now + overlap }, now, ct);
        return new NewWebhookSecret((await ViewAsync(db, actor, id, ct))!, secret);
    }, ct);

    /// <summary>Removes a webhook with its log; what waits for it is not sent.</summary>
    public Task<Result<Done>> DeleteAsync(Actor actor, Guid id, CancellationToken ct) => WithAsync<Done>(actor, id, async (db, hook, now) =>
    {
        db.Remove(hook);
        await WriteAsync(db, actor, hook, "webhook.delete", new { Before = WebhookRules.Told(hook) }, now, ct);
        return Done.Value;
    }, ct);

    /// <summary>Calls a webhook for a test, whatever kinds it wants and whether or not it is switched on. Gives the delivery.</summary>
    public Task<Result<Guid>> PingAsync(Actor actor, Guid id, CancellationToken ct) => WithAsync<Guid>(actor, id, async (db, hook, now) =>
    {
        var payload = new DeliveryPayload(DeliveryPayload.Ping, now, $"A test of “{hook.Name}” by {actor.Name}", null, $"/webhooks/{hook.Id}", hook.Id, hook.ProjectId);
        var delivery = Delivery.ToWebhook(hook.Id, payload, now);
        db.Add(delivery);
        await WriteAsync(db, actor, hook, "webhook.ping", null, now, ct);
        await DeliveryService.WakeAsync(db, ct);
        return delivery.Id;
    }, ct);

    async Task<Result<T>> WithAsync<T>(Actor actor, Guid id, Func<PortalDbContext, Webhook, DateTimeOffset, Task<Result<T>>> act, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var hook = (await db.Webhooks.FromSql($"select *, xmin from webhooks where id = {id} for no key update").ToListAsync(ct)).SingleOrDefault();
        if (hook is null || !await SeenBy(db, actor).AnyAsync(h => h.Id == id, ct))
            return new NotFound("webhook");
        if (await RefuseAsync(db, actor, hook.ProjectId, "webhook", ct) is { } refusal)
            return refusal;
        var result = await act(db, hook, time.GetUtcNow());
        if (result.IsOk)
            await transaction.CommitAsync(ct);
        return result;
    }

    static async Task WriteAsync(PortalDbContext db, Actor actor, Webhook hook, string action, object? detail, DateTimeOffset now, CancellationToken ct)
    {
        db.Add(AuditEvent.Of(actor, action, "webhook", hook.Id, hook.Name, hook.ProjectId, detail, now));
        await db.SaveChangesAsync(ct);
        await ChangeNotice.NotifyAsync(db, ChangeKind.Webhook, hook.Id, hook.ProjectId, ct);
    }

    static async Task<Refusal?> RefuseAsync(PortalDbContext db, Actor actor, Guid? projectId, string thing, CancellationToken ct)
    {
        if (projectId is not { } project)
            return actor.RefuseUnlessAdmin("look after webhooks of the whole platform");
        return await db.RoleInAsync(actor, project, ct) switch
        {
            null => new NotFound(thing),
            ProjectRole.Owner => null,
            _ => new NotAllowed("look after this project’s webhooks", "the role owner in this project"),
        };
    }

    static IQueryable<Webhook> SeenBy(PortalDbContext db, Actor actor) => actor.Holds(PlatformRoles.Auditor)
        ? db.Webhooks
        : db.Webhooks.Where(h => db.ProjectMembers.Any(m => m.ProjectId == h.ProjectId && m.UserId == actor.UserId && m.Role == ProjectRole.Owner));

    async Task<WebhookView?> ViewAsync(PortalDbContext db, Actor actor, Guid id, CancellationToken ct) => (await ViewsAsync(db, actor, SeenBy(db, actor).Where(h => h.Id == id), ct)).SingleOrDefault();

    async Task<List<WebhookView>> ViewsAsync(PortalDbContext db, Actor actor, IQueryable<Webhook> hooks, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var rows = await hooks.AsNoTracking().Select(h => new
        {
            Hook = h,
            Project = db.Projects.Where(p => p.Id == h.ProjectId).Select(p => p.Name).SingleOrDefault(),
            Waiting = db.Deliveries.Count(d => d.WebhookId == h.Id && d.Status == DeliveryStatus.Queued),
            Last = db.Deliveries.Where(d => d.WebhookId == h.Id).OrderByDescending(d => d.CreatedAt).Select(d => new { d.Status, d.CreatedAt }).FirstOrDefault(),
            Owns = db.ProjectMembers.Any(m => m.ProjectId == h.ProjectId && m.UserId == actor.UserId && m.Role == ProjectRole.Owner),
        }).ToListAsync(ct);
        return rows.ConvertAll(r =>
        {
            var (hook, may) = (r.Hook, actor.IsAdmin || r.Owns);
            return new WebhookView(hook.Id, hook.ProjectId, r.Project, hook.Name, may ? hook.Url : WebhookRules.OriginOf(hook.Url), hook.NoticeKinds, hook.IsEnabled,
                hook.OldSecretUntil > now ? hook.OldSecretUntil : null, hook.ChangedByName, hook.ChangedAt, r.Waiting, r.Last?.Status, r.Last?.CreatedAt, may, hook.Version);
        });
    }
}
