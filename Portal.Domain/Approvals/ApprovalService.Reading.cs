using Microsoft.EntityFrameworkCore;
using Portal.Domain.Hosts;
using Portal.Domain.Projects;
using Portal.Domain.Requests;

namespace Portal.Domain.Approvals;

/// <content>The queue, and what a decision would do.</content>
public sealed partial class ApprovalService
{
    const int MostSimilar = 5;
    const int MostDecisions = 100;

    /// <summary>Requests that wait for a decision, oldest first, at most <see cref="ListQuery.MostRows"/>.</summary>
    public async Task<Result<Page<RequestView>>> QueueAsync(Actor actor, CancellationToken ct)
    {
        if (actor.RefuseUnlessAdmin("decide requests") is { } refusal)
            return refusal;
        await using var db = await contexts.CreateDbContextAsync(ct);
        var waiting = db.Requests.Where(r => r.Status == RequestStatus.Waiting);
        var total = await waiting.CountAsync(ct);
        var views = await db.Views(waiting.OrderBy(r => r.SubmittedAt).ThenBy(r => r.Id).Take(ListQuery.MostRows)).ToListAsync(ct);
        return new Page<RequestView>([.. views.OrderBy(r => r.SubmittedAt).ThenBy(r => r.Id)], total);
    }

    /// <summary>What approving a request that waits would do to its project's quota and to every host.</summary>
    public async Task<Result<ApprovalPreview>> PreviewAsync(Actor actor, Guid requestId, CancellationToken ct)
    {
        if (actor.RefuseUnlessAdmin("decide requests") is { } refusal)
            return refusal;
        await using var db = await contexts.CreateDbContextAsync(ct);
        var request = await db.Requests.AsNoTracking().SingleOrDefaultAsync(r => r.Id == requestId, ct);
        if (request is null)
            return new NotFound("request");
        if (request.Status != RequestStatus.Waiting)
            return await db.DecidedAsync(request, ct);

        var view = await db.ViewAsync(requestId, ct);
        var all = Placing.Forecast(await HostRooms.ReadAsync(db, ct), await WaitingSizesAsync(db, ct));
        // Only a new machine goes to a host: everything else stays where it is.
        var (size, choice) = request.Terms is CreateTerms create ? (create.Size, Placing.Choose(await HostRooms.ReadAsync(db, ct), create.Size).Host) : (null, null);
        return new ApprovalPreview(view, QuotaEffect.OfReserved((await QuotaBooks.SheetAsync(db, view.ProjectId, request.RequesterId, ct)).Lines, request.Holds),
            [.. all.Hosts.Select(host => EffectOn(host, choice, size))], all.Unplaced, await SimilarAsync(db, request, ct), await NetworkAsync(db, request, ct),
            await actions.For(request.Kind).ProblemsAsync(db, request, ct));
    }

    /// <summary>How long a decision took of late: the median of the last hundred; null before the first.</summary>
    public async Task<TimeSpan?> MedianDecisionAsync(Actor actor, CancellationToken ct)
    {
        if (!actor.IsAdmin)
            return null;
        await using var db = await contexts.CreateDbContextAsync(ct);
        var decided = await db.Requests.Where(r => r.DecidedAt != null && r.Status != RequestStatus.Withdrawn)
            .OrderByDescending(r => r.DecidedAt).Take(MostDecisions).Select(r => new { r.SubmittedAt, r.DecidedAt }).ToListAsync(ct);
        var took = decided.Select(r => r.DecidedAt!.Value - r.SubmittedAt).Order().ToList();
        return took.Count == 0 ? null : took[took.Count / 2];
    }

    static async Task<string?> NetworkAsync(PortalDbContext db, Request request, CancellationToken ct) => await (
        from machine in db.Machines
        join network in db.Networks on machine.NetworkId equals network.Id
        where machine.Id == request.MachineId
        select network.Name + ", " + network.Cidr).SingleOrDefaultAsync(ct);

    static HostEffect EffectOn(HostForecast host, HostRoom? chosen, MachineSize? size)
    {
        var isChosen = chosen?.Id == host.Host.Id;
        var ifAll = host.Host with { VcpusTaken = host.Host.VcpusTaken + host.VcpusWaiting, MemoryTakenMib = host.Host.MemoryTakenMib + host.MemoryWaitingMib };
        return new HostEffect(host.Host, isChosen, isChosen && size is not null ? host.Host.With(size) : host.Host, ifAll);
    }

    static async Task<IReadOnlyList<MachineSize>> WaitingSizesAsync(PortalDbContext db, CancellationToken ct) => await (
        from request in db.Requests
        join machine in db.Machines on request.MachineId equals machine.Id
        where request.Status == RequestStatus.Waiting && request.Kind == RequestKind.Create
        orderby request.SubmittedAt, request.Id
        select new MachineSize(machine.Vcpus, machine.MemoryMib, machine.DiskGib)).ToListAsync(ct);

    /// <summary>Decided requests of the same kind and flavor: of the same project and image first, then the newest.</summary>
    static async Task<IReadOnlyList<RequestView>> SimilarAsync(PortalDbContext db, Request request, CancellationToken ct)
    {
        var ids = await db.Requests.Where(r => r.Id != request.Id && r.Kind == request.Kind && r.FlavorId == request.FlavorId && r.Status != RequestStatus.Waiting && r.Status != RequestStatus.Withdrawn)
            .OrderByDescending(r => r.ProjectId == request.ProjectId).ThenByDescending(r => r.ImageId == request.ImageId).ThenByDescending(r => r.DecidedAt).ThenByDescending(r => r.Id)
            .Take(MostSimilar).Select(r => r.Id).ToListAsync(ct);
        var views = await db.Views(db.Requests.Where(r => ids.Contains(r.Id))).ToDictionaryAsync(r => r.Id, ct);
        return [.. ids.Select(id => views[id])];
    }
}
