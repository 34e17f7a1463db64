using Microsoft.EntityFrameworkCore;
using Portal.Domain.Notices;

namespace Portal.Domain.Projects;

/// <summary>Soft figures: since when they are passed, and who is told.</summary>
static class SoftLimits
{
    /// <summary><see cref="QuotaRules.SoftSince"/> for a row <c>q</c> of <c>quotas</c>, in SQL; <c>$5</c> is now.</summary>
    public static string Since(string held) => $"case when {Passed(held)} then coalesce(q.soft_since, $5) end";

    /// <summary>Whether the soft figure of a row <c>q</c> is passed, in SQL.</summary>
    public static string Passed(string held) => $"coalesce({held} > q.soft, false)";

    /// <summary>Tells the project's owners of soft figures that amounts pass now and did not before.</summary>
    public static async Task TellPassedAsync(PortalDbContext db, Guid projectId, QuotaSheet before, QuotaAmounts more, DateTimeOffset now, CancellationToken ct)
    {
        var passed = before.Lines.Where(line => line.Held <= line.Soft && line.Held + more.Of(line.Resource) > line.Soft).ToList();
        if (passed.Count == 0)
            return;
        var (name, graceDays, owners) = await AboutAsync(db, projectId, ct);
        foreach (var line in passed)
        {
            var ends = now.AddDays(graceDays);
            await NoticeBoard.TellAsync(db, new Notice(NoticeKind.QuotaPassed,
                $"{name} passed its soft limit of {QuotaWords.Amount(line.Resource, line.Soft ?? 0)}",
                $"Up to {QuotaWords.Amount(line.Resource, line.Limit)} can be held until {ends.UtcDateTime:yyyy-MM-dd HH:mm} UTC; after that nothing more is taken until less than the soft limit is held.",
                $"/projects/{projectId}/quota", projectId, projectId), owners, now, ct);
        }
    }

    /// <summary>Tells owners that days of grace are over, each time once, however many portals look; returns of how many limits.</summary>
    public static async Task<int> TellOverAsync(PortalDbContext db, DateTimeOffset now, CancellationToken ct)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var over = await db.Quotas.FromSql($"""
            update quotas q set grace_told = true where (q.project_id, q.resource) in (
                select o.project_id, o.resource from quotas o left join quota_settings s on s.project_id = o.project_id
                where o.soft_since is not null and not o.grace_told and o.soft_since + coalesce(s.grace_days, {QuotaSettings.UsualGraceDays}) * interval '1 day' <= {now}
                order by o.project_id, o.resource for no key update of o skip locked)
            returning *
            """).IgnoreQueryFilters().AsNoTracking().ToListAsync(ct);
        foreach (var quota in over)
        {
            var (name, _, owners) = await AboutAsync(db, quota.ProjectId, ct);
            await NoticeBoard.TellAsync(db, new Notice(NoticeKind.QuotaPassed,
                $"{name} has no days of grace left for {QuotaWords.Amount(quota.Resource, quota.Soft ?? 0)}",
                $"{QuotaWords.Amount(quota.Resource, quota.Used + quota.Reserved)} are held. Nothing more is taken until less than the soft limit is.",
                $"/projects/{quota.ProjectId}/quota", quota.ProjectId, quota.ProjectId), owners, now, ct);
        }
        await transaction.CommitAsync(ct);
        return over.Count;
    }

    static async Task<(string Name, int GraceDays, IReadOnlyList<Guid> Owners)> AboutAsync(PortalDbContext db, Guid projectId, CancellationToken ct)
    {
        var about = await db.Projects.Where(p => p.Id == projectId).Select(p => new
        {
            p.Name,
            Grace = db.QuotaSettings.Where(s => s.ProjectId == p.Id).Select(s => (int?)s.GraceDays).SingleOrDefault(),
            Owners = db.ProjectMembers.Where(m => m.ProjectId == p.Id && m.Role == ProjectRole.Owner).Select(m => m.UserId).ToList(),
        }).SingleAsync(ct);
        return (about.Name, about.Grace ?? QuotaSettings.UsualGraceDays, about.Owners);
    }
}
