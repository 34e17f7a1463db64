using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Portal.Domain.Approvals;
using Portal.Domain.Audit;
using Portal.Domain.Changes;
using Portal.Domain.Operations;
using Portal.Domain.Policies;
using Portal.Domain.Projects;

namespace Portal.Domain.Requests;

/// <summary>Takes requests, and lets who asked take them back.</summary>
public sealed partial class RequestService
{
    readonly IDbContextFactory<PortalDbContext> contexts;
    readonly TimeProvider time;
    readonly RequestActions actions;
    readonly PolicyBook policies;
    readonly Granting granting;

    internal RequestService(IDbContextFactory<PortalDbContext> contexts, TimeProvider time, RequestActions actions, PolicyBook policies, Granting granting) =>
        (this.contexts, this.time, this.actions, this.policies, this.granting) = (contexts, time, actions, policies, granting);

    /// <summary>
    /// Takes a request: what it needs is held for it from this moment, all in one transaction or none, and policy says what becomes of
    /// it. The same key with the same draft gives the request that was taken before; with another draft it is <see cref="KeyReused"/>.
    /// </summary>
    public Task<Result<RequestView>> SubmitAsync(Actor actor, Draft draft, string idempotencyKey, CancellationToken ct) => SubmitAsync(actor, draft, null, idempotencyKey, ct);

    /// <summary>
    /// Takes a changed draft in place of a request that was denied, withdrawn, could not be carried out, or still waits; one that waits
    /// is withdrawn in the same transaction, so that what it held is there for the new one.
    /// </summary>
    /// <param name="actor">Who asked before, or an owner of the project.</param>
    /// <param name="requestId">The request that is replaced.</param>
    /// <param name="draft">A draft of the same kind.</param>
    /// <param name="idempotencyKey">The caller's key for this call.</param>
    /// <param name="ct">Gives up.</param>
    public Task<Result<RequestView>> ResubmitAsync(Actor actor, Guid requestId, Draft draft, string idempotencyKey, CancellationToken ct) => SubmitAsync(actor, draft, requestId, idempotencyKey, ct);

    async Task<Result<RequestView>> SubmitAsync(Actor actor, Draft draft, Guid? replaces, string idempotencyKey, CancellationToken ct)
    {
        if (CallKey.Refuse(idempotencyKey) is { } noKey)
            return noKey;
        var why = Texts.Trimmed(draft.Why);
        var action = actions.For(draft);
        await using var db = await contexts.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);

        // Calls with the same key go one after the other, so that the second finds what the first did.
        var earlier = await TakeKeyAsync(db, actor, idempotencyKey, ct);
        var fingerprint = SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes<object>(draft, Json.Options));
        if (earlier is { } id && await db.Requests.SingleAsync(r => r.Id == id, ct) is var before)
            return before.Fingerprint.AsSpan().SequenceEqual(fingerprint) && before.ReplacesId == replaces ? await db.ViewAsync(before.Id, ct) : new KeyReused(idempotencyKey);
        if (Texts.CheckProse("why", why, DraftCheck.MostWhy) is { } badWhy)
            return badWhy;

        var now = time.GetUtcNow();
        // The rules in force are read before anything is held: from then on others may wait for what this holds.
        var rules = await policies.ReadAsync(db, ct);
        if (replaces is { } old && await MakeWayAsync(db, actor, old, draft, action.Kind, now, ct) is { } cannotReplace)
            return cannotReplace;
        var prepared = await action.PrepareAsync(db, actor, draft, now, ct);
        if (!prepared.IsOk)
            return prepared.Refusal;
        var asked = prepared.Value;
        var policy = rules.Decide(asked.Facts);
        if (policy.Outcome == PolicyOutcome.Refuse)
            return new RefusedByPolicy(policy.RuleName, policy.Reason);
        var request = Request.Submit(actor.UserId, action.Kind, asked, policy, why, idempotencyKey, fingerprint, now, replaces);
        db.Add(request);
        db.Add(AuditEvent.Of(actor, "request.submit", "request", request.Id, request.Subject, request.ProjectId, new { kind = request.Kind, terms = request.Terms, rule = policy.RuleName, replaces }, now));
        // Nothing here goes on after a clash, so nobody goes back to a savepoint.
        db.Database.AutoSavepointsEnabled = false;
        if (policy.Outcome == PolicyOutcome.Approve)
        {
            await db.SaveChangesAsync(ct);
            db.Database.AutoSavepointsEnabled = true;
            await granting.GrantAtOnceAsync(db, request, policy, now, ct);
            await NotifyAsync(db, request, ct);
        }
        else
        {
            // Written with the seats of those it asks.
            await granting.AskAsync(db, request, now, ct, Changes(request));
        }
        // The answer is read when others no longer wait for the project's rows.
        await transaction.CommitAsync(ct);
        return await db.ViewAsync(request.Id, ct);
    }

    /// <summary>Takes a request back while it waits: what it held is free again. Again is fine.</summary>
    public async Task<Result<RequestView>> WithdrawAsync(Actor actor, Guid requestId, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var request = await db.LockRequestAsync(requestId, ct);
        if (request is null || await db.RoleInAsync(actor, request.ProjectId, ct) is not { } role)
            return new NotFound("request");
        if (!MayWithdraw(actor, request.RequesterId, role))
            return new NotAllowed("withdraw this request", "being the one who asked, or owner of the project");
        if (request.Status == RequestStatus.Withdrawn)
            return await db.ViewAsync(requestId, ct);
        if (request.Status != RequestStatus.Waiting)
            return await db.DecidedAsync(request, ct);

        await WithdrawAsync(db, actor, request, "The request was withdrawn.", time.GetUtcNow(), ct);
        var view = await db.ViewAsync(requestId, ct);
        await transaction.CommitAsync(ct);
        return view;
    }

    /// <summary>Whether somebody with that role in the project may take the request back.</summary>
    internal static bool MayWithdraw(Actor actor, Guid requesterId, ProjectRole role) =>
        actor.IsAdmin || role == ProjectRole.Owner || (role != ProjectRole.Viewer && requesterId == actor.UserId);

    /// <summary>Tells of a request and of what it holds.</summary>
    internal static Task NotifyAsync(PortalDbContext db, Request request, CancellationToken ct) => ChangeNotice.NotifyAsync(db, Changes(request), ct);

    /// <summary>What pages show that a request changes.</summary>
    static List<Change> Changes(Request request)
    {
        var changes = new List<Change> { new(ChangeKind.Request, request.Id, request.ProjectId), new(ChangeKind.Project, request.ProjectId, request.ProjectId) };
        if (request.MachineId is { } machine)
            changes.Add(new(ChangeKind.Machine, machine, request.ProjectId));
        return changes;
    }

    /// <summary>Takes a key until the transaction ends, and gives the request that was submitted with it before.</summary>
    static async Task<Guid?> TakeKeyAsync(PortalDbContext db, Actor actor, string key, CancellationToken ct)
    {
        await using var batch = await db.BatchAsync(ct);
        batch.Add("select null::uuid from (select pg_advisory_xact_lock(hashtextextended($1, 0))) taken", actor.UserId.ToString() + key)
            .Add("select id from requests where requester_id = $1 and idempotency_key = $2", actor.UserId, key);
        await using var rows = await batch.ExecuteReaderAsync(ct);
        await rows.NextResultAsync(ct);
        return await rows.ReadAsync(ct) ? rows.GetGuid(0) : null;
    }

    internal static async Task<Refusal?> MayAskAsync(PortalDbContext db, Actor actor, Guid projectId, CancellationToken ct) =>
        MayAsk(actor, await db.PlaceInAsync(actor, projectId, ct));

    /// <summary>Null when somebody with that place in a project may ask for machines there.</summary>
    internal static Refusal? MayAsk(Actor actor, ProjectAccess.Place? place) => actor.IsSystem
        ? new NotAllowed("ask for a machine", "a person's account")
        : ProjectAccess.RefuseUnlessMember(place, "project", RequestKinds.Asking(RequestKind.Create));
}
