using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Portal.Domain.Audit;
using Portal.Domain.Projects;
using Portal.Domain.Requests;

namespace Portal.Domain.Approvals;

/// <summary>A request as somebody looked at it: a yes is meant for the level that was seen.</summary>
/// <param name="Id">The request.</param>
/// <param name="Level">The level it was at, counted from 0; null: whichever it is at.</param>
public sealed record SeenRequest(Guid Id, int? Level = null);

/// <summary>Decides requests: those whom the level asks do, whoever stands in for them, and admins.</summary>
public sealed partial class ApprovalService
{
    const int MostReason = 1000;

    readonly IDbContextFactory<PortalDbContext> contexts;
    readonly RequestActions actions;
    readonly Granting granting;
    readonly TimeProvider time;
    readonly ILogger<ApprovalService> log;

    internal ApprovalService(IDbContextFactory<PortalDbContext> contexts, RequestActions actions, Granting granting, TimeProvider time, ILogger<ApprovalService> log) =>
        (this.contexts, this.actions, this.granting, this.time, this.log) = (contexts, actions, granting, time, log);

    /// <summary>Says yes to requests at whichever level they are.</summary>
    public Task<IReadOnlyList<Decision>> ApproveAsync(Actor actor, IReadOnlyList<Guid> requestIds, string? reason, CancellationToken ct) => ApproveAsync(actor, Seen(requestIds), reason, ct);

    /// <summary>
    /// Says yes to requests, each on its own and in the order given. At the last level the request is carried out: for a machine, that it has
    /// a host with room and that the operation that makes it is in the ledger; before, the next level is asked.
    /// </summary>
    public Task<IReadOnlyList<Decision>> ApproveAsync(Actor actor, IReadOnlyList<SeenRequest> requests, string? reason, CancellationToken ct) =>
        DecideAsync(actor, requests, RefuseCall(actor, reason), (db, request, level) => SayAsync(db, actor, request, level, DecisionVerdict.Approve, Texts.Trimmed(reason), ct), ct);

    /// <summary>Turns requests down at whichever level they are.</summary>
    public Task<IReadOnlyList<Decision>> DenyAsync(Actor actor, IReadOnlyList<Guid> requestIds, string reason, CancellationToken ct) => DenyAsync(actor, Seen(requestIds), reason, ct);

    /// <summary>Turns requests down, each on its own, with a reason that the requester reads; what they held is free again. One no is enough.</summary>
    public Task<IReadOnlyList<Decision>> DenyAsync(Actor actor, IReadOnlyList<SeenRequest> requests, string reason, CancellationToken ct) =>
        DecideAsync(actor, requests, RefuseCall(actor, reason) ?? (Texts.Trimmed(reason) is null ? new InvalidText("reason", "A denial needs a reason.", "Say in a sentence why, and what would be granted.") : null),
            (db, request, level) => SayAsync(db, actor, request, level, DecisionVerdict.Deny, Texts.Trimmed(reason), ct), ct);

    async Task<Refusal?> SayAsync(PortalDbContext db, Actor actor, Request request, int? seen, DecisionVerdict verdict, string? reason, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var right = await DecisionRight.OfAsync(db, actor, request, now, ct);
        if (seen is { } level && level != request.Level && right.Refusal is not NotFound)
            return await PassedAsync(db, request, level, ct);
        if (right.Refusal is { } refusal)
            return refusal;
        db.Add(RequestDecision.Of(request, actor.IsSystem ? null : actor.UserId, right.For?.UserId, right.IsOverride, verdict, reason, now));
        if (verdict == DecisionVerdict.Deny)
        {
            await granting.DenyAsync(db, actor, request, reason ?? "", now, ct, right.For?.Name, right.IsOverride);
            return null;
        }

        foreach (var seat in right.Seats)
            seat.Say(actor.UserId);
        await db.SaveChangesAsync(ct);
        var isDone = right.IsOverride || request.Levels.Count <= request.Level || !request.Levels[request.Level].All
            || !await db.ApprovalSeats.AnyAsync(seat => seat.RequestId == request.Id && seat.SaidBy == null, ct);
        if (isDone && request.Level + 1 >= request.Levels.Count)
            return await granting.GrantAsync(db, actor, request, reason, now, ct, right.For?.Name, right.IsOverride);

        db.Add(AuditEvent.Of(actor, "request.approve-level", "request", request.Id, request.Subject, request.ProjectId,
            new { level = request.Level + 1, of = request.Levels.Count, isDone, reason, rule = request.RuleName, onBehalfOf = right.For?.Name, right.IsOverride }, now));
        if (isDone)
        {
            request.NextLevel(await Granting.NextEndAsync(db, request, now, ct));
            await granting.AskAsync(db, request, now, ct);
        }

        await db.SaveChangesAsync(ct);
        return null;
    }

    static async Task<LevelPassed> PassedAsync(PortalDbContext db, Request request, int level, CancellationToken ct) =>
        new(level, (await db.DecisionsOf(request.Id).ToListAsync(ct)).LastOrDefault(said => said.Level == level)?.Who, request.Level);

    /// <summary>
    /// One transaction per request: what refuses one of several holds up none of the others. When the database breaks off in between, what
    /// was decided is told, and the rest as undecided; when it does so at the first, there is nothing to tell and the fault goes on.
    /// Every other fault goes on too: it is the portal's own, and nobody may take it for an outage.
    /// </summary>
    async Task<IReadOnlyList<Decision>> DecideAsync(Actor actor, IReadOnlyList<SeenRequest> requests, Refusal? refusal, Func<PortalDbContext, Request, int?, Task<Refusal?>> decide, CancellationToken ct)
    {
        var decisions = new List<Decision>();
        var ids = requests.DistinctBy(seen => seen.Id).ToList();
        if (refusal is not null)
            return ids.ConvertAll(seen => new Decision(seen.Id, null, refusal));
        foreach (var (id, level) in ids)
        {
            try
            {
                decisions.Add(await DecideOneAsync(actor, id, (db, request) => decide(db, request, level), ct));
            }
            catch (Exception fault) when (DatabaseClash.Is(fault))
            {
                log.LogWarning("The decision on {Request} was undone by PostgreSQL for another change of the same rows", id);
                decisions.Add(new Decision(id, null, new NotDecided("another change of the same things was made at the same moment")));
            }
            catch (Exception fault) when (decisions.Count > 0 && DatabaseLoss.Is(fault) && !ct.IsCancellationRequested)
            {
                log.LogError(fault, "The decisions on {Left} of {All} requests were not taken", ids.Count - decisions.Count, ids.Count);
                decisions.AddRange(ids.Skip(decisions.Count).ToList().ConvertAll(left => new Decision(left.Id, null, new NotDecided("the database broke off before"))));
                break;
            }
        }

        return decisions;
    }

    async Task<Decision> DecideOneAsync(Actor actor, Guid id, Func<PortalDbContext, Request, Task<Refusal?>> decide, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var request = await db.LockRequestAsync(id, ct);
        if (request is null)
            return new Decision(id, null, new NotFound("request"));
        if (request.Status != RequestStatus.Waiting)
            return new Decision(id, null, await OverAsync(db, actor, request, time.GetUtcNow(), ct));
        if (await decide(db, request) is { } refusal)
            return new Decision(id, null, refusal);
        await RequestService.NotifyAsync(db, request, ct);
        var view = await db.ViewAsync(id, ct);
        try
        {
            await transaction.CommitAsync(ct);
        }
        catch (Exception fault) when (DatabaseLoss.Is(fault) && !ct.IsCancellationRequested)
        {
            log.LogError(fault, "Whether the decision on {Request} was taken is not known", id);
            return new Decision(id, null, new MayBeDecided());
        }

        return new Decision(id, view, null);
    }

    /// <summary>What somebody is told of a request that no longer waits: who decided it, or that there is none where it was never any of his concern.</summary>
    static async Task<Refusal> OverAsync(PortalDbContext db, Actor actor, Request request, DateTimeOffset now, CancellationToken ct) =>
        await db.RoleInAsync(actor, request.ProjectId, ct) is not null
        || await db.RequestDecisions.AnyAsync(d => d.RequestId == request.Id && d.UserId == actor.UserId, ct) || await DecisionRight.WasAskedAsync(db, actor, request, now, ct)
            ? await db.DecidedAsync(request, ct) : new NotFound("request");

    static Refusal? RefuseCall(Actor actor, string? reason) => actor.IsSomebody() ? Texts.CheckProse("reason", Texts.Trimmed(reason), MostReason) : new NotAllowed("decide requests", "an account");

    static IReadOnlyList<SeenRequest> Seen(IReadOnlyList<Guid> ids) => [.. ids.Select(id => new SeenRequest(id))];
}
