using Microsoft.EntityFrameworkCore;
using Portal.Domain.Changes;
using Portal.Domain.Scoping;

namespace Portal.Domain.Projects;

/// <summary>A project's limits, in the order of <see cref="QuotaResource"/>, each with the caller's own beside it where there is one.</summary>
/// <param name="ProjectId">The project.</param>
/// <param name="Lines">The limits.</param>
/// <param name="Caps">The largest a single machine may be.</param>
public sealed record ProjectQuota(Guid ProjectId, IReadOnlyList<QuotaLine> Lines, MachineCaps Caps);

/// <summary>Reads, sets and recounts limits and what is held of them.</summary>
public sealed partial class QuotaService(IDbContextFactory<PortalDbContext> contexts, TimeProvider time)
{
    /// <summary>A project's limits and what is held of them.</summary>
    public async Task<Result<ProjectQuota>> GetAsync(Actor actor, Guid projectId, CancellationToken ct)
    {
        await using var db = await contexts.ForAsync(actor, ct);
        if (await db.RoleInAsync(actor, projectId, ct) is null)
            return new NotFound("project");
        var sheet = await QuotaBooks.SheetAsync(db, projectId, actor.UserId, ct);
        return new ProjectQuota(projectId, sheet.Lines, sheet.Caps);
    }

    /// <summary>Tells owners whose days of grace are over since somebody last looked; returns of how many limits.</summary>
    public async Task<int> TellGraceOverAsync(CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await SoftLimits.TellOverAsync(db, time.GetUtcNow(), ct);
    }

    /// <summary>Lifts limits to figures that were granted, in the caller's transaction; one that is as high already stays. Who asks tells the audit trail.</summary>
    internal static async Task RaiseAsync(PortalDbContext db, Guid projectId, IReadOnlyDictionary<QuotaResource, long> to, DateTimeOffset now, CancellationToken ct)
    {
        await using (var batch = await db.BatchAsync(ct))
        {
            batch.Add(QuotaReading.Lock, projectId).Add("""
                insert into quotas as q (project_id, resource, most, used, reserved, grace_told)
                select $1, d.resource, d.most, 0, 0, false from unnest($2::text[], $3::bigint[]) d (resource, most)
                on conflict (project_id, resource) do update set most = greatest(q.most, excluded.most)
                """, projectId, to.Keys.Select(resource => resource.ToString()).ToArray(), to.Values.ToArray());
            // The limits' row version: whoever has them open to edit is told.
            batch.Add("""
                insert into quota_settings (project_id, grace_days, changed_by, changed_at) values ($1, $2, 'a granted request', $3)
                on conflict (project_id) do update set changed_by = excluded.changed_by, changed_at = excluded.changed_at
                """, projectId, Projects.QuotaSettings.UsualGraceDays, now);
            await batch.ExecuteNonQueryAsync(ct);
        }
        await ChangeNotice.NotifyAsync(db, ChangeKind.Project, projectId, projectId, ct);
    }
}
