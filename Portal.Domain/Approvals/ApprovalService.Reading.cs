using Microsoft.EntityFrameworkCore;
using Portal.Domain.Accounts;
using Portal.Domain.Hosts;
using Portal.Domain.Policies;
using Portal.Domain.Projects;
using Portal.Domain.Requests;

namespace Portal.Domain.Approvals;

/// <content>The queue, and what a decision would do.</content>
public sealed partial class ApprovalService
{
    const int MostSimilar = 5;
    const int MostDecisions = 100;

    /// <summary>The oldest requests that wait for the actor, at most <see cref="ListQuery.MostRows"/>.</summary>
    public Task<Result<Page<RequestView>>> QueueAsync(Actor actor, CancellationToken ct) => QueueAsync(actor, new ListQuery(Take: ListQuery.MostRows), ct);

    /// <summary>
    /// Requests that wait for the actor's decision, oldest first; an admin's are all that wait. Sorts: <c>submitted subject project requester rule
    /// expires</c>. Filters: <c>project</c> and <c>requester</c> (id), <c>kind</c>, <c>rule</c> (its name), <c>asked</c> (<c>me</c>: only where
    /// an admin is asked too). Search looks at subject, requester, project, rule and why.
    /// </summary>
    public async Task<Result<Page<RequestView>>> QueueAsync(Actor actor, ListQuery query, CancellationToken ct)
    {
        if (!actor.IsSomebody())
            return new NotAllowed("decide requests", "an account");
        await using var db = await contexts.CreateDbContextAsync(ct);
        var waiting = await WaitingAsync(db, actor, query.Filter("asked") == "me", ct);
        if (query.IdFilter("project") is { } project)
            waiting = waiting.Where(r => r.ProjectId == project);
        if (query.IdFilter("requester") is { } requester)
            waiting = waiting.Where(r => r.RequesterId == requester);
        if (query.EnumFilter<RequestKind>("kind") is { } kinds)
            waiting = waiting.Where(r => kinds.Contains(r.Kind));
        if (query.Filter("rule") is { } rule)
            waiting = waiting.Where(r => r.RuleName == rule);
        if (query.LikePattern is { } like)
        {
            waiting = waiting.Where(r => EF.Functions.ILike(r.Subject, like, @"\") || EF.Functions.ILike(r.Why ?? "", like, @"\") || EF.Functions.ILike(r.RuleName, like, @"\")
                || db.Users.Any(u => u.Id == r.RequesterId && (EF.Functions.ILike(u.DisplayName, like, @"\") || EF.Functions.ILike(u.UserName ?? "", like, @"\")))
                || db.Projects.Any(p => p.Id == r.ProjectId && EF.Functions.ILike(p.Name, like, @"\")));
        }

        // Who is asked is worked out once: counting first and reading a page then would do it twice.
        var all = await Sort(db, waiting, query).ThenBy(r => r.Id).Select(r => r.Id).ToListAsync(ct);
        var ids = all.Skip(query.SafeSkip).Take(query.SafeTake).ToList();
        var views = await db.Views(db.Requests.Where(r => ids.Contains(r.Id))).ToDictionaryAsync(r => r.Id, ct);
        return new Page<RequestView>([.. ids.Select(id => views.GetValueOrDefault(id)).OfType<RequestView>()], all.Count);
    }

    /// <summary>What the actor's queue is like, whatever it is filtered by, and what it can be filtered by.</summary>
    public async Task<QueueFacts> FactsAsync(Actor actor, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        // Who is asked is worked out once, and everything told from what came of it.
        var waiting = !actor.IsSomebody() ? [] : await (await WaitingAsync(db, actor, onlyAsked: false, ct)).OrderBy(r => r.SubmittedAt)
            .Select(r => new { r.SubmittedAt, r.RuleName, r.RequesterId, r.ProjectId }).ToListAsync(ct);
        if (waiting is not [var oldest, ..])
            return new QueueFacts(await MayBeAskedAsync(db, actor, ct), 0, null, null, await MedianAsync(db, ct), [], [], []);
        var rules = waiting.Select(r => r.RuleName).Distinct().Order(StringComparer.Ordinal).Take(ListQuery.MostRows).ToList();
        var (people, places) = (waiting.Select(r => r.RequesterId).Distinct().ToList(), waiting.Select(r => r.ProjectId).Distinct().ToList());
        var requesters = await db.Users.Where(u => people.Contains(u.Id))
            .OrderBy(u => u.DisplayName).ThenBy(u => u.Id).Take(ListQuery.MostRows).Select(u => new PersonView(u.Id, User.NameOf(u.DisplayName, u.UserName), u.UserName ?? "")).ToListAsync(ct);
        var projects = await db.Projects.Where(p => places.Contains(p.Id)).OrderBy(p => p.Name).Take(ListQuery.MostRows)
            .Select(p => new NamedThing(p.Id, p.Name)).ToListAsync(ct);
        return new QueueFacts(true, waiting.Count, oldest.SubmittedAt, waiting[waiting.Count / 2].SubmittedAt, await MedianAsync(db, ct), rules, requesters, projects);
    }

    /// <summary>Whether the actor is somebody who may be asked, and how many requests wait for him: for the way to the queue.</summary>
    public async Task<(bool MayBeAsked, int Waiting)> CountAsync(Actor actor, CancellationToken ct)
    {
        if (!actor.IsSomebody())
            return (false, 0);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var count = await (await WaitingAsync(db, actor, onlyAsked: false, ct)).CountAsync(ct);
        return (count > 0 || await MayBeAskedAsync(db, actor, ct), count);
    }

    /// <summary>What approving a request that waits would do to its project's quota and to every host; for those who may decide it or would if it were not their own.</summary>
    public async Task<Result<ApprovalPreview>> PreviewAsync(Actor actor, Guid requestId, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var request = await db.Requests.AsNoTracking().SingleOrDefaultAsync(r => r.Id == requestId, ct);
        if (request is null || !actor.IsSomebody())
            return new NotFound("request");
        var now = time.GetUtcNow();
        if (request.Status != RequestStatus.Waiting)
            return await OverAsync(db, actor, request, now, ct);
        var right = await DecisionRight.OfAsync(db, actor, request, now, ct);
        if (right.Refusal is NotFound or NotAllowed)
            return right.Refusal;

        var view = await db.ViewAsync(requestId, ct);
        var rooms = await HostRooms.ReadAsync(db, ct);
        var all = Placing.Forecast(rooms, await WaitingSizesAsync(db, ct));
        // Only a new machine goes to a host: everything else stays where it is.
        var (size, choice) = request.Terms is CreateTerms create ? (create.Size, Placing.Choose(rooms, create.Size).Host) : (null, null);
        // A machine counts for who first asked for it, whoever asks for more.
        var holder = request.Kind == RequestKind.Resize ? await db.Machines.Where(m => m.Id == request.MachineId).Select(m => m.CreatedBy).SingleAsync(ct) : request.RequesterId;
        return new ApprovalPreview(view, QuotaEffect.OfReserved((await QuotaBooks.SheetAsync(db, view.ProjectId, holder, ct)).Lines, request.Holds),
            [.. all.Hosts.Select(host => EffectOn(host, choice, size))], all.Unplaced, await SimilarAsync(db, request, ct), await NetworkAsync(db, request, ct),
            await actions.For(request.Kind).ProblemsAsync(db, request, ct), await LevelsAsync(db, request, now, ct), await db.DecisionsOf(requestId).ToListAsync(ct),
            request.Note, right.Refusal, right.For?.Name, right.IsOverride);
    }

    /// <summary>How long a decision took of late: the median of the last hundred; null before the first.</summary>
    public async Task<TimeSpan?> MedianDecisionAsync(Actor actor, CancellationToken ct)
    {
        if (!actor.IsSomebody())
            return null;
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await MedianAsync(db, ct);
    }

    /// <summary>Whether the actor may decide a request that waits.</summary>
    internal static async Task<bool> MayDecideAsync(PortalDbContext db, Actor actor, Guid requestId, DateTimeOffset now, CancellationToken ct) =>
        await db.Requests.AsNoTracking().SingleOrDefaultAsync(r => r.Id == requestId && r.Status == RequestStatus.Waiting, ct) is { } request
        && (await DecisionRight.OfAsync(db, actor, request, now, ct)).Refusal is null;

    static async Task<TimeSpan?> MedianAsync(PortalDbContext db, CancellationToken ct)
    {
        // What the portal decided at once says nothing of how long people take.
        var decided = await db.Requests.Where(r => r.DecidedAt != null && r.Status != RequestStatus.Withdrawn && r.DecidedBy != Guid.Empty)
            .OrderByDescending(r => r.DecidedAt).Take(MostDecisions).Select(r => new { r.SubmittedAt, r.DecidedAt }).ToListAsync(ct);
        var took = decided.Select(r => r.DecidedAt!.Value - r.SubmittedAt).Order().ToList();
        return took.Count == 0 ? null : took[took.Count / 2];
    }

    async Task<IQueryable<Request>> WaitingAsync(PortalDbContext db, Actor actor, bool onlyAsked, CancellationToken ct) => actor.IsAdmin && !onlyAsked
        ? db.Requests.Where(r => r.Status == RequestStatus.Waiting)
        : await DecisionRight.WaitingForAsync(db, actor, time.GetUtcNow(), ct);

    async Task<bool> MayBeAskedAsync(PortalDbContext db, Actor actor, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        return actor.IsApprover || await db.ProjectMembers.AnyAsync(m => m.UserId == actor.UserId && m.Role == ProjectRole.Owner, ct)
            || await db.ApprovalSeats.AnyAsync(s => s.UserId == actor.UserId, ct) || await db.Delegations.AnyAsync(d => d.ToUserId == actor.UserId && d.EndsAt > now, ct);
    }

    static async Task<IReadOnlyList<LevelView>> LevelsAsync(PortalDbContext db, Request request, DateTimeOffset now, CancellationToken ct)
    {
        var levels = await LevelPeople.DescribeAsync(db, request.Levels, request.ProjectId, request.RequesterId, request.MayDecideOwn, now, ct);
        if (request.Level >= levels.Count)
            return levels;
        // Who of the level has said yes stands at its seats.
        var said = await db.ApprovalSeats.Where(s => s.RequestId == request.Id && s.SaidBy != null)
            .Select(s => new { Asked = new Approver(s.Kind, s.UserId, s.Role), By = db.Users.Where(u => u.Id == s.SaidBy).Select(u => User.NameOf(u.DisplayName, u.UserName)).SingleOrDefault() }).ToListAsync(ct);
        var asked = request.Levels[request.Level].Approvers;
        var seats = levels[request.Level].Seats.Select((seat, n) => seat with { SaidBy = said.FirstOrDefault(s => s.Asked == asked[n])?.By });
        return [.. levels.Select((level, n) => n == request.Level ? level with { Seats = [.. seats] } : level)];
    }

    static IOrderedQueryable<Request> Sort(PortalDbContext db, IQueryable<Request> requests, ListQuery query) => query.SortField switch
    {
        "submitted" => requests.SortBy(r => r.SubmittedAt, query.Descending),
        "subject" => requests.SortBy(r => r.Subject, query.Descending),
        "rule" => requests.SortBy(r => r.RuleName, query.Descending),
        "expires" => requests.SortBy(r => r.ExpiresAt ?? DateTimeOffset.MaxValue, query.Descending),
        "requester" => requests.SortBy(r => db.Users.Where(u => u.Id == r.RequesterId).Select(u => u.DisplayName).First(), query.Descending),
        "project" => requests.SortBy(r => db.Projects.Where(p => p.Id == r.ProjectId).Select(p => p.Name).First(), query.Descending),
        _ => requests.SortBy(r => r.SubmittedAt, descending: false),
    };

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
