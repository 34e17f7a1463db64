using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Portal.Domain.Projects;
using Portal.Domain.Requests;

namespace Portal.Domain.Approvals;

/// <summary>Decides requests. Only admins do.</summary>
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

    /// <summary>
    /// Grants requests, each on its own and in the order given. A yes means that the machine has a host with room and that the operation
    /// that makes it is in the ledger; what the request holds stays held until the machine is made.
    /// </summary>
    public Task<IReadOnlyList<Decision>> ApproveAsync(Actor actor, IReadOnlyList<Guid> requestIds, string? reason, CancellationToken ct) =>
        DecideAsync(requestIds, RefuseCall(actor, "approve requests", reason), (db, request) => granting.GrantAsync(db, actor, request, Trim(reason), time.GetUtcNow(), ct), ct);

    /// <summary>Turns requests down, each on its own, with a reason that the requester reads; what they held is free again.</summary>
    public Task<IReadOnlyList<Decision>> DenyAsync(Actor actor, IReadOnlyList<Guid> requestIds, string reason, CancellationToken ct)
    {
        var refusal = RefuseCall(actor, "deny requests", reason)
            ?? (Trim(reason) is null ? new InvalidText("reason", "A denial needs a reason.", "Say in a sentence why, and what would be granted.") : null);
        return DecideAsync(requestIds, refusal, async (db, request) =>
        {
            await granting.DenyAsync(db, actor, request, Trim(reason) ?? "", time.GetUtcNow(), ct);
            return null;
        }, ct);
    }

    /// <summary>
    /// One transaction per request: what refuses one of several holds up none of the others. When the database breaks off in between, what
    /// was decided is told, and the rest as undecided; when it does so at the first, there is nothing to tell and the fault goes on.
    /// Every other fault goes on too: it is the portal's own, and nobody may take it for an outage.
    /// </summary>
    async Task<IReadOnlyList<Decision>> DecideAsync(IReadOnlyList<Guid> requestIds, Refusal? refusal, Func<PortalDbContext, Request, Task<Refusal?>> decide, CancellationToken ct)
    {
        var decisions = new List<Decision>();
        var ids = requestIds.Distinct().ToList();
        if (refusal is not null)
            return ids.ConvertAll(id => new Decision(id, null, refusal));
        foreach (var id in ids)
        {
            try
            {
                decisions.Add(await DecideOneAsync(id, decide, ct));
            }
            catch (Exception fault) when (DatabaseClash.Is(fault))
            {
                log.LogWarning("The decision on {Request} was undone by PostgreSQL for another change of the same rows", id);
                decisions.Add(new Decision(id, null, new NotDecided("another change of the same things was made at the same moment")));
            }
            catch (Exception fault) when (decisions.Count > 0 && DatabaseLoss.Is(fault) && !ct.IsCancellationRequested)
            {
                log.LogError(fault, "The decisions on {Left} of {All} requests were not taken", ids.Count - decisions.Count, ids.Count);
                decisions.AddRange(ids.Skip(decisions.Count).ToList().ConvertAll(left => new Decision(left, null, new NotDecided("the database broke off before"))));
                break;
            }
        }

        return decisions;
    }

    async Task<Decision> DecideOneAsync(Guid id, Func<PortalDbContext, Request, Task<Refusal?>> decide, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var request = await db.LockRequestAsync(id, ct);
        if (request is null)
            return new Decision(id, null, new NotFound("request"));
        if (request.Status != RequestStatus.Waiting)
            return new Decision(id, null, await db.DecidedAsync(request, ct));
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

    static Refusal? RefuseCall(Actor actor, string action, string? reason) => actor.RefuseUnlessAdmin(action) ?? DraftCheck.CheckText("reason", Trim(reason), MostReason);

    static string? Trim(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
