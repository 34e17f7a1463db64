using Microsoft.EntityFrameworkCore;
using Portal.Domain.Scoping;

namespace Portal.Domain.Projects;

/// <summary>A project's limits, in the order of <see cref="QuotaResource"/>.</summary>
public sealed record ProjectQuota(Guid ProjectId, IReadOnlyList<QuotaLine> Lines);

/// <summary>Reads limits and what is held of them.</summary>
public sealed class QuotaService(IDbContextFactory<PortalDbContext> contexts)
{
    /// <summary>A project's limits and what is held of them.</summary>
    public async Task<Result<ProjectQuota>> GetAsync(Actor actor, Guid projectId, CancellationToken ct)
    {
        await using var db = await contexts.ForAsync(actor, ct);
        if (await db.RoleInAsync(actor, projectId, ct) is null)
            return new NotFound("project");
        return new ProjectQuota(projectId, await QuotaBooks.ReadAsync(db, projectId, ct));
    }
}
