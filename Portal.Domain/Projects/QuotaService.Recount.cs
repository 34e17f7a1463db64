using Microsoft.EntityFrameworkCore;
using Portal.Domain.Audit;
using Portal.Domain.Changes;

namespace Portal.Domain.Projects;

/// <content>The books counted anew from what there is.</content>
public sealed partial class QuotaService
{
    /// <summary>Counts what a project and each person in it holds from machines and requests, tells where the books said something else, and puts them right. Submits to the project wait meanwhile.</summary>
    public async Task<Result<QuotaRecount>> RecountAsync(Actor actor, Guid projectId, CancellationToken ct)
    {
        if (actor.RefuseUnlessAdmin("recount what projects hold") is { } refusal)
            return refusal;
        await using var db = await contexts.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        if (await db.Projects.Where(p => p.Id == projectId).Select(p => p.Name).SingleOrDefaultAsync(ct) is not { } name)
            return new NotFound("project");
        await using (var batch = await db.BatchAsync(ct))
            await batch.Add(QuotaReading.Lock, projectId).ExecuteNonQueryAsync(ct);

        var truth = await QuotaTruth.CountAsync(db, projectId, ct);
        var drift = await DriftAsync(db, projectId, truth, ct);
        if (drift.Count > 0)
            await CorrectAsync(db, projectId, drift, ct);
        db.Add(AuditEvent.Of(actor, "quota.recount", "project", projectId, name, projectId, new { drift }, time.GetUtcNow()));
        await db.SaveChangesAsync(ct);
        await ChangeNotice.NotifyAsync(db, ChangeKind.Project, projectId, projectId, ct);
        await transaction.CommitAsync(ct);
        return new QuotaRecount(projectId, name, drift);
    }

    static async Task<IReadOnlyList<QuotaDrift>> DriftAsync(PortalDbContext db, Guid projectId, IReadOnlyDictionary<(Guid UserId, QuotaResource Resource), (long Used, long Reserved)> truth, CancellationToken ct)
    {
        var limits = await db.Quotas.AsNoTracking().Where(q => q.ProjectId == projectId).ToDictionaryAsync(q => q.Resource, ct);
        var members = await db.MemberQuotas.AsNoTracking().Where(q => q.ProjectId == projectId).ToDictionaryAsync(q => (q.UserId, q.Resource), ct);
        var ids = truth.Keys.Select(k => k.UserId).Union(members.Keys.Select(k => k.UserId)).ToList();
        var names = await db.Users.Where(u => ids.Contains(u.Id)).ToDictionaryAsync(u => u.Id, u => Accounts.User.NameOf(u.DisplayName, u.UserName), ct);
        var all = QuotaBooks.Order.Select(resource =>
        {
            var (books, held) = (limits.GetValueOrDefault(resource), truth.Where(t => t.Key.Resource == resource).Select(t => t.Value).ToList());
            return new QuotaDrift(null, null, resource, books?.Limit, books?.Used ?? 0, books?.Reserved ?? 0, held.Sum(h => h.Used), held.Sum(h => h.Reserved));
        }).Concat(truth.Keys.Union(members.Keys).Where(key => names.ContainsKey(key.UserId)).Select(key =>
        {
            var (books, held) = (members.GetValueOrDefault(key), truth.GetValueOrDefault(key));
            return new QuotaDrift(key.UserId, names[key.UserId], key.Resource, books?.Limit, books?.Used ?? 0, books?.Reserved ?? 0, held.Used, held.Reserved);
        }));
        return [.. all.Where(d => (d.BooksUsed, d.BooksReserved) != (d.Used, d.Reserved)).OrderBy(d => d.Name, StringComparer.OrdinalIgnoreCase).ThenBy(d => d.Resource)];
    }

    static async Task CorrectAsync(PortalDbContext db, Guid projectId, IReadOnlyList<QuotaDrift> drift, CancellationToken ct)
    {
        var (project, members) = (drift.Where(d => d.UserId is null).ToList(), drift.Where(d => d.UserId is not null).ToList());
        await using var batch = await db.BatchAsync(ct);
        // The truth may lie above a limit that was lowered; in this transaction alone the database takes it as it is.
        batch.Add("select set_config('portal.recount', 'on', true)");
        batch.Add($"""
            insert into quotas as q (project_id, resource, most, used, reserved, grace_told)
            select $1, d.resource, 0, d.used, d.reserved, false from unnest($2::text[], $3::bigint[], $4::bigint[]) d (resource, used, reserved)
            on conflict (project_id, resource) do update set used = excluded.used, reserved = excluded.reserved,
                soft_since = {SoftLimits.Since("excluded.used + excluded.reserved")}, grace_told = q.grace_told and {SoftLimits.Passed("excluded.used + excluded.reserved")}
            """, projectId, project.Select(d => d.Resource.ToString()).ToArray(), project.Select(d => d.Used).ToArray(), project.Select(d => d.Reserved).ToArray(), db.Now());
        batch.Add("""
            insert into member_quotas (project_id, user_id, resource, used, reserved)
            select $1, d.user_id, d.resource, d.used, d.reserved from unnest($2::uuid[], $3::text[], $4::bigint[], $5::bigint[]) d (user_id, resource, used, reserved)
            on conflict (project_id, user_id, resource) do update set used = excluded.used, reserved = excluded.reserved
            """, projectId, members.Select(d => d.UserId ?? Guid.Empty).ToArray(), members.Select(d => d.Resource.ToString()).ToArray(), members.Select(d => d.Used).ToArray(), members.Select(d => d.Reserved).ToArray());
        await batch.ExecuteNonQueryAsync(ct);
    }
}
