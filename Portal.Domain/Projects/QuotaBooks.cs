using Microsoft.EntityFrameworkCore;

namespace Portal.Domain.Projects;

/// <summary>
/// Changes what is held of a project's limits, in the caller's transaction: one conditional update per limit, always in the order of
/// <see cref="Order"/>, so that two transactions can wait for each other but never in a circle, and the limit is met exactly.
/// </summary>
static class QuotaBooks
{
    /// <summary>The one order in which rows are taken.</summary>
    public static IReadOnlyList<QuotaResource> Order { get; } = [QuotaResource.Machines, QuotaResource.Vcpus, QuotaResource.MemoryMib, QuotaResource.DiskGib, QuotaResource.Addresses, QuotaResource.Snapshots];

    /// <summary>Holds amounts for a request of a member of the project. On a refusal the caller rolls back: limits before the refused one were already taken.</summary>
    public static async Task<Refusal?> ReserveAsync(PortalDbContext db, Guid projectId, Guid holderId, QuotaAmounts amounts, CancellationToken ct)
    {
        foreach (var resource in Order)
        {
            var asked = amounts.Of(resource);
            if (asked <= 0)
                continue;
            while (await TakeAsync(db, projectId, resource, asked, ct) == 0)
            {
                // The row is locked before its figures are told, so they are those the refusal rests on; room that came free meanwhile is taken.
                var line = await LockAsync(db, projectId, resource, ct) ?? new QuotaLine(resource, 0, 0, 0);
                if (line.Left < asked)
                    return new QuotaExceeded(line, asked);
            }
        }
        return null;
    }

    /// <summary>Gives back what a request held: it was denied, withdrawn, or its machine could not be made.</summary>
    public static Task ReleaseReservedAsync(PortalDbContext db, Guid projectId, Guid holderId, QuotaAmounts amounts, CancellationToken ct) => MoveAsync(db, projectId, holderId, amounts, used: 0, reserved: -1, ct);

    /// <summary>Turns what a request held into what a machine uses: the machine was made.</summary>
    public static Task UseReservedAsync(PortalDbContext db, Guid projectId, Guid holderId, QuotaAmounts amounts, CancellationToken ct) => MoveAsync(db, projectId, holderId, amounts, used: 1, reserved: -1, ct);

    /// <summary>Gives back what a machine used: it is gone.</summary>
    public static Task ReleaseUsedAsync(PortalDbContext db, Guid projectId, Guid holderId, QuotaAmounts amounts, CancellationToken ct) => MoveAsync(db, projectId, holderId, amounts, used: -1, reserved: 0, ct);

    /// <summary>Every limit of a project, in order; a limit that was never set is none at all: 0.</summary>
    public static async Task<IReadOnlyList<QuotaLine>> ReadAsync(PortalDbContext db, Guid projectId, CancellationToken ct)
    {
        var lines = await db.Quotas.AsNoTracking().Where(q => q.ProjectId == projectId)
            .Select(q => new QuotaLine(q.Resource, q.Limit, q.Used, q.Reserved)).ToDictionaryAsync(q => q.Resource, ct);
        return [.. Order.Select(resource => lines.GetValueOrDefault(resource) ?? new QuotaLine(resource, 0, 0, 0))];
    }

    static Task<int> TakeAsync(PortalDbContext db, Guid projectId, QuotaResource resource, long asked, CancellationToken ct) => db.Quotas
        .Where(q => q.ProjectId == projectId && q.Resource == resource && q.Used + q.Reserved + asked <= q.Limit)
        .ExecuteUpdateAsync(set => set.SetProperty(q => q.Reserved, q => q.Reserved + asked), ct);

    static async Task<QuotaLine?> LockAsync(PortalDbContext db, Guid projectId, QuotaResource resource, CancellationToken ct)
    {
        var name = resource.ToString();
        var rows = await db.Quotas.FromSql($"select * from quotas where project_id = {projectId} and resource = {name} for no key update")
            .AsNoTracking().Select(q => new QuotaLine(q.Resource, q.Limit, q.Used, q.Reserved)).ToListAsync(ct);
        return rows.SingleOrDefault();
    }

    static async Task MoveAsync(PortalDbContext db, Guid projectId, Guid holderId, QuotaAmounts amounts, int used, int reserved, CancellationToken ct)
    {
        foreach (var resource in Order)
        {
            var amount = amounts.Of(resource);
            if (amount == 0)
                continue;
            var rows = await db.Quotas.Where(q => q.ProjectId == projectId && q.Resource == resource)
                .ExecuteUpdateAsync(set => set.SetProperty(q => q.Used, q => q.Used + (used * amount)).SetProperty(q => q.Reserved, q => q.Reserved + (reserved * amount)), ct);
            // Below zero the database's own check refuses; a missing row would let the books drift in silence.
            if (rows != 1)
                throw new InvalidOperationException($"Project {projectId} holds {amount} of {resource} but has no limit of that kind.");
        }
    }
}
