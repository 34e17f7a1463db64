using Microsoft.EntityFrameworkCore;
using Portal.Domain.Approvals;
using Portal.Domain.Catalog;
using Portal.Domain.Hosts;
using Portal.Domain.Policies;
using Portal.Domain.Projects;
using Portal.Domain.Scoping;

namespace Portal.Domain.Requests;

/// <content>Lists, details, and what a draft would do.</content>
public sealed partial class RequestService
{
    /// <summary>
    /// Requests of the projects the actor may see, newest first. Sorts: <c>submitted machine requester project status decided</c>.
    /// Filters: <c>status kind</c> (one or several, by commas), <c>rule</c> (a rule's name), <c>project machine</c> (ids), <c>requester</c>
    /// (id, or <c>me</c>). Search looks at machine, requester, project, and why.
    /// </summary>
    public async Task<Page<RequestView>> ListAsync(Actor actor, ListQuery query, CancellationToken ct)
    {
        await using var db = await contexts.ForAsync(actor, ct);
        var requests = db.Requests.AsQueryable();
        if (query.EnumFilter<RequestStatus>("status") is { } statuses)
            requests = requests.Where(r => statuses.Contains(r.Status));
        if (query.EnumFilter<RequestKind>("kind") is { } kinds)
            requests = requests.Where(r => kinds.Contains(r.Kind));
        if (query.Filter("rule") is { } rule)
            requests = requests.Where(r => r.RuleName == rule);
        if (query.IdFilter("machine") is { } about)
            requests = requests.Where(r => r.MachineId == about);
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

    /// <summary>A request with its timeline; <see cref="NotFound"/> when it is none of the actor's concern.</summary>
    public async Task<Result<RequestDetails>> GetAsync(Actor actor, Guid requestId, CancellationToken ct)
    {
        await using var db = await contexts.ForAsync(actor, ct);
        var view = await db.Views(db.Requests.Where(r => r.Id == requestId)).SingleOrDefaultAsync(ct);
        if (view is null || await RequestAccess.OfAsync(db, actor, view, time.GetUtcNow(), ct) is not { } access)
            return new NotFound("request");
        var held = view.Kind != RequestKind.Create ? null : await db.Machines.Where(m => m.Id == view.MachineId)
            .Select(m => new HeldForMachine(m.Address.ToString(), db.Networks.Where(n => n.Id == m.NetworkId).Select(n => n.Name).Single(), m.SshKey)).SingleAsync(ct);
        var key = RequestKinds.OperationKey(view.Kind, view.Id);
        var operation = key is null ? null : await db.Operations.AsNoTracking().Where(o => o.MachineId == view.MachineId && o.IdempotencyKey == key)
            .OrderByDescending(o => o.CreatedAt).FirstOrDefaultAsync(ct);
        var comments = await (from c in db.RequestComments.AsNoTracking()
                              join author in db.Users on c.AuthorId equals author.Id
                              where c.RequestId == requestId
                              orderby c.WrittenAt, c.Id
                              select new RequestEvent(c.WrittenAt, "Comment", Accounts.User.NameOf(author.DisplayName, author.UserName), c.Text, RequestEventTone.Comment)).ToListAsync(ct);
        var replacedBy = await db.Requests.Where(r => r.ReplacesId == requestId).OrderByDescending(r => r.SubmittedAt).Select(r => (Guid?)r.Id).FirstOrDefaultAsync(ct);
        var waits = view.Status == RequestStatus.Waiting;
        var note = waits ? await db.Requests.Where(r => r.Id == requestId).Select(r => r.Note).SingleAsync(ct) : null;
        var mine = access.Role is { } role && MayWithdraw(actor, view.RequesterId, role);
        return new RequestDetails(view, held, RequestTimeline.Of(view, await db.DecisionsOf(requestId).ToListAsync(ct), operation, comments), operation?.Id,
            MayWithdraw: waits && mine, access.MayDecide, access.MayWrite, MayResubmit: mine && IsReplaceable(view.Status), replacedBy, note);
    }

    /// <summary>What a draft of any kind would do to the quota, what would be refused, and what policy would say, as things are now. Holds nothing.</summary>
    /// <param name="actor">Who would ask.</param>
    /// <param name="draft">What for.</param>
    /// <param name="ct">Gives up.</param>
    /// <param name="replaces">A request that the draft would stand in place of: what that one holds counts as free.</param>
    public async Task<Result<DraftPreview>> PreviewAnyAsync(Actor actor, Draft draft, CancellationToken ct, Guid? replaces = null)
    {
        if (draft is RequestDraft create)
        {
            var made = await PreviewAsync(actor, create, replaces, ct);
            return made.IsOk ? new DraftPreview(RequestKind.Create, create.ProjectId, create.MachineName.Trim(), null, made.Value.Quota, made.Value.Refusals, made.Value.Policy, []) : made.Refusal;
        }

        await using var db = await contexts.CreateDbContextAsync(ct);
        var action = (ChangeAction)actions.For(draft);
        // Tried out and never committed: the old request goes on waiting.
        await using var tried = replaces is null ? null : await db.Database.BeginTransactionAsync(ct);
        if (replaces is { } old && await MakeWayAsync(db, actor, old, draft, action.Kind, time.GetUtcNow(), ct) is { } cannot)
            return cannot;
        var look = await action.LookAsync(db, actor, draft, time.GetUtcNow(), ct);
        if (!look.IsOk)
            return look.Refusal;
        var seen = look.Value;
        var refusals = new List<Refusal>(seen.Refusals);
        if (Texts.CheckProse("why", draft.Why?.Trim(), DraftCheck.MostWhy) is { } badWhy)
            refusals.Add(badWhy);
        refusals.AddRange(QuotaRules.Judge(await QuotaBooks.SheetAsync(db, seen.ProjectId, seen.HolderId, ct), seen.Takes));
        var policy = await policies.DecideAsync(db, seen.Facts, ct);
        if (policy.Outcome == PolicyOutcome.Refuse)
            refusals.Add(new RefusedByPolicy(policy.RuleName, policy.Reason));
        return new DraftPreview(action.Kind, seen.ProjectId, seen.Subject, seen.Terms, seen.Quota, refusals, policy, seen.Parts);
    }

    /// <summary>The names of the rules that decided about requests the actor may see, for the filter of the list.</summary>
    public async Task<IReadOnlyList<string>> RulesAsync(Actor actor, CancellationToken ct)
    {
        await using var db = await contexts.ForAsync(actor, ct);
        return await db.Requests.Where(r => r.RuleName != "").Select(r => r.RuleName).Distinct().Order().Take(ListQuery.MostRows).ToListAsync(ct);
    }

    /// <summary>What a draft would do to the quota, and everything that would be refused, as things are now. Holds nothing.</summary>
    public Task<Result<RequestPreview>> PreviewAsync(Actor actor, RequestDraft draft, CancellationToken ct) => PreviewAsync(actor, draft, null, ct);

    /// <inheritdoc cref="PreviewAsync(Actor, RequestDraft, CancellationToken)"/>
    /// <param name="actor">Who would ask.</param>
    /// <param name="draft">What for.</param>
    /// <param name="replaces">A request that the draft would stand in place of: what that one holds counts as free.</param>
    /// <param name="ct">Gives up.</param>
    public async Task<Result<RequestPreview>> PreviewAsync(Actor actor, RequestDraft draft, Guid? replaces, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        await using var tried = replaces is null ? null : await db.Database.BeginTransactionAsync(ct);
        if (replaces is { } old && await MakeWayAsync(db, actor, old, draft, RequestKind.Create, time.GetUtcNow(), ct) is { } cannot)
            return cannot;
        var place = await db.PlaceInAsync(actor, draft.ProjectId, ct);
        if (MayAsk(actor, place) is { } forbidden)
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
        var policy = await policies.DecideAsync(db, CreateAction.FactsOf(actor, place?.Role, draft, size, takes ?? QuotaAmounts.None, quota.Lines, held: false, check.Lease.Resolve(draft.LeaseDays)), ct);
        if (policy.Outcome == PolicyOutcome.Refuse)
            refusals.Add(new RefusedByPolicy(policy.RuleName, policy.Reason));
        var levels = policy.Outcome == PolicyOutcome.Ask
            ? await LevelPeople.DescribeAsync(db, policy.Levels, draft.ProjectId, actor.UserId, policy.MayDecideOwn, time.GetUtcNow(), ct) : [];
        return new RequestPreview(QuotaEffect.OfNew(quota.Lines, takes), refusals, await CatalogService.FlavorsAsync(db, quota, ct), check.NameFree, await LikelyHostAsync(db, size, ct), policy, check.Lease)
        {
            Levels = levels, Currency = (await policies.ReadAsync(db, ct)).Prices is { IsSet: true } prices ? prices.Currency : null,
        };
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
