using Microsoft.EntityFrameworkCore;
using Portal.Domain.Catalog;
using Portal.Domain.Hosts;
using Portal.Domain.Operations;
using Portal.Domain.Policies;
using Portal.Domain.Projects;

namespace Portal.Domain.Requests;

/// <content>Lists, details, and what a draft would do.</content>
public sealed partial class RequestService
{
    /// <summary>
    /// Requests of the projects the actor may see, newest first. Sorts: <c>submitted machine requester project status decided</c>.
    /// Filters: <c>status</c> (one or several, by commas), <c>project</c> (id), <c>requester</c> (id, or <c>me</c>). Search looks at
    /// machine, requester, project, and why.
    /// </summary>
    public async Task<Page<RequestView>> ListAsync(Actor actor, ListQuery query, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var seen = db.ProjectsSeenBy(actor);
        var requests = db.Requests.Where(r => seen.Contains(r.ProjectId));
        if (query.EnumFilter<RequestStatus>("status") is { } statuses)
            requests = requests.Where(r => statuses.Contains(r.Status));
        if (query.IdFilter("project") is { } project)
            requests = requests.Where(r => r.ProjectId == project);
        if (query.Filter("requester") is { } whose)
        {
            var requester = whose == "me" ? actor.UserId : query.IdFilter("requester");
            requests = requests.Where(r => r.RequesterId == requester);
        }
        if (query.LikePattern is { } like)
        {
            requests = requests.Where(r => EF.Functions.ILike(r.Subject, like, @"\") || EF.Functions.ILike(r.Why ?? "", like, @"\")
                || db.Users.Any(u => u.Id == r.RequesterId && (EF.Functions.ILike(u.DisplayName, like, @"\") || EF.Functions.ILike(u.UserName ?? "", like, @"\")))
                || db.Projects.Any(p => p.Id == r.ProjectId && EF.Functions.ILike(p.Name, like, @"\")));
        }

        var total = await requests.CountAsync(ct);
        var page = Sort(db, requests, query).ThenByDescending(r => r.Id).Skip(query.SafeSkip).Take(query.SafeTake);
        var ids = await page.Select(r => r.Id).ToListAsync(ct);
        var views = await db.Views(db.Requests.Where(r => ids.Contains(r.Id))).ToDictionaryAsync(r => r.Id, ct);
        // A request that vanished between the two reads is left out rather than shown half.
        return new Page<RequestView>([.. ids.Select(id => views.GetValueOrDefault(id)).OfType<RequestView>()], total);
    }

    /// <summary>A request with its timeline; <see cref="NotFound"/> when the actor may not see its project.</summary>
    public async Task<Result<RequestDetails>> GetAsync(Actor actor, Guid requestId, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var view = await db.Views(db.Requests.Where(r => r.Id == requestId)).SingleOrDefaultAsync(ct);
        if (view is null || await db.RoleInAsync(actor, view.ProjectId, ct) is not { } role)
            return new NotFound("request");
        var held = view.Kind != RequestKind.Create ? null : await db.Machines.Where(m => m.Id == view.MachineId)
            .Select(m => new HeldForMachine(m.Address.ToString(), db.Networks.Where(n => n.Id == m.NetworkId).Select(n => n.Name).Single(), m.SshKey)).SingleAsync(ct);
        var operation = await db.Operations.AsNoTracking().Where(o => o.MachineId == view.MachineId && o.Kind == OperationKind.Provision)
            .OrderByDescending(o => o.CreatedAt).FirstOrDefaultAsync(ct);
        var waits = view.Status == RequestStatus.Waiting;
        return new RequestDetails(view, held, RequestTimeline.Of(view, operation), operation?.Id,
            MayWithdraw: waits && MayWithdraw(actor, view.RequesterId, role), MayDecide: waits && actor.IsAdmin);
    }

    /// <summary>What a draft would do to the quota, and everything that would be refused, as things are now. Holds nothing.</summary>
    public async Task<Result<RequestPreview>> PreviewAsync(Actor actor, RequestDraft draft, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var role = await db.RoleInAsync(actor, draft.ProjectId, ct);
        if (MayAsk(actor, role) is { } forbidden)
            return forbidden;
        var check = await DraftCheck.RunAsync(db, draft, ct);
        var quota = await QuotaBooks.SheetAsync(db, draft.ProjectId, actor.UserId, ct);
        var size = check.Flavor?.Size;
        var refusals = new List<Refusal>(check.Refusals);
        var takes = size is null ? null : QuotaAmounts.OfMachine(size);
        if (takes is not null)
        {
            var broken = QuotaRules.Judge(quota, takes);
            var fits = broken.Count == 0 ? null : await QuotaFit.FindAsync(db, quota, takes, ct);
            refusals.AddRange(broken.Select(refusal => refusal.Offering(fits)));
        }
        if (check.Network is { } network && await AddressPool.FreeAsync(db, network, ct) == 0)
            refusals.Add(new NoFreeAddress(network.Name));
        var policy = await policies.DecideAsync(db, await CreateAction.FactsAsync(db, actor, role, draft, size, takes ?? QuotaAmounts.None, quota.Lines, held: false, ct), ct);
        if (policy.Outcome == PolicyOutcome.Refuse)
            refusals.Add(new RefusedByPolicy(policy.RuleName, policy.Reason));
        return new RequestPreview(QuotaEffect.OfNew(quota.Lines, takes), refusals, await CatalogService.FlavorsAsync(db, quota, ct), check.NameFree, await LikelyHostAsync(db, size, ct), policy);
    }

    static async Task<string?> LikelyHostAsync(PortalDbContext db, MachineSize? size, CancellationToken ct) =>
        size is null ? null : Placing.Choose(await HostRooms.ReadAsync(db, ct), size).Host?.Name;

    static IOrderedQueryable<Request> Sort(PortalDbContext db, IQueryable<Request> requests, ListQuery query) => query.SortField switch
    {
        "submitted" => requests.SortBy(r => r.SubmittedAt, query.Descending),
        "machine" => requests.SortBy(r => r.Subject, query.Descending),
        "status" => requests.SortBy(r => r.Status, query.Descending),
        "decided" => requests.SortBy(r => r.DecidedAt, query.Descending),
        "requester" => requests.SortBy(r => db.Users.Where(u => u.Id == r.RequesterId).Select(u => u.DisplayName).First(), query.Descending),
        "project" => requests.SortBy(r => db.Projects.Where(p => p.Id == r.ProjectId).Select(p => p.Name).First(), query.Descending),
        _ => requests.SortBy(r => r.SubmittedAt, descending: true),
    };
}
