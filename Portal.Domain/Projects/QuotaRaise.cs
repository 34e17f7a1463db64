using Microsoft.EntityFrameworkCore;

namespace Portal.Domain.Projects;

/// <summary>What became of one limit.</summary>
/// <param name="Resource">Of what.</param>
/// <param name="Before">The limit before.</param>
/// <param name="After">The limit now.</param>
sealed record RaisedLimit(QuotaResource Resource, long Before, long After);

/// <summary>Raises limits, in the caller's transaction.</summary>
static class QuotaRaise
{
    /// <summary>Each limit is at least as high as asked afterwards; one that is higher by now stays as it is.</summary>
    public static async Task<IReadOnlyList<RaisedLimit>> RaiseAsync(PortalDbContext db, Guid projectId, IReadOnlyDictionary<QuotaResource, long> to, CancellationToken ct)
    {
        var raised = new List<RaisedLimit>();
        foreach (var resource in QuotaBooks.Order.Where(to.ContainsKey))
        {
            var name = resource.ToString();
            var row = (await db.Quotas.FromSql($"select * from quotas where project_id = {projectId} and resource = {name} for no key update").AsNoTracking().ToListAsync(ct)).SingleOrDefault();
            var most = to[resource];
            if (row is null)
                db.Add(Quota.Create(projectId, resource, most));
            else
                await db.Quotas.Where(q => q.ProjectId == projectId && q.Resource == resource && q.Limit < most).ExecuteUpdateAsync(set => set.SetProperty(q => q.Limit, most), ct);
            raised.Add(new RaisedLimit(resource, row?.Limit ?? 0, Math.Max(row?.Limit ?? 0, most)));
        }
        await db.SaveChangesAsync(ct);
        return raised;
    }
}
