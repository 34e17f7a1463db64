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
    public async Task<Result<RequestView>> SubmitAsync(Actor actor, Draft draft, string idempotencyKey, CancellationToken ct)
    {
        if (CallKey.Refuse(idempotencyKey) is { } noKey)
            return noKey;
        var why = string.IsNullOrWhiteSpace(draft.Why) ? null : draft.Why.Trim();
        var action = actions.For(draft);
        await using var db = await contexts.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);

        // Calls with the same key go one after the other, so that the second finds what the first did.
        await db.Database.ExecuteSqlAsync($"select pg_advisory_xact_lock(hashtextextended({actor.UserId.ToString() + idempotencyKey}, 0))", ct);
        var fingerprint = SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes<object>(draft, Json.Options));
        if (await db.Requests.SingleOrDefaultAsync(r => r.RequesterId == actor.UserId && r.IdempotencyKey == idempotencyKey, ct) is { } before)
            return before.Fingerprint.AsSpan().SequenceEqual(fingerprint) ? await db.ViewAsync(before.Id, ct) : new KeyReused(idempotencyKey);
        if (DraftCheck.CheckText("why", why, DraftCheck.MostWhy) is { } badWhy)
            return badWhy;

        var now = time.GetUtcNow();
        var prepared = await action.PrepareAsync(db, actor, draft, now, ct);
        if (!prepared.IsOk)
            return prepared.Refusal;
        var asked = prepared.Value;
        var policy = await policies.DecideAsync(db, asked.Facts, ct);
        if (policy.Outcome == PolicyOutcome.Refuse)
            return new RefusedByPolicy(policy.RuleName, policy.Reason);
        var request = Request.Submit(actor.UserId, action.Kind, asked, policy, why, idempotencyKey, fingerprint, now);
        db.Add(request);
        db.Add(AuditEvent.Of(actor, "request.submit", "request", request.Id, request.Subject, request.ProjectId, new { kind = request.Kind, terms = request.Terms, rule = policy.RuleName }, now));
        await db.SaveChangesAsync(ct);
        if (policy.Outcome != PolicyOutcome.Approve)
            await granting.AskAsync(db, request, now, ct);
        else if (await granting.GrantAsync(db, Actor.System, request, policy.Reason ?? $"The rule “{policy.RuleName}” approves this at once.", now, ct) is { } cannot)
            return cannot;
        await NotifyAsync(db, request, ct);
        var view = await db.ViewAsync(request.Id, ct);
        await transaction.CommitAsync(ct);
        return view;
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

        var now = time.GetUtcNow();
        request.Withdraw(now);
        db.Add(AuditEvent.Of(actor, "request.withdraw", "request", request.Id, request.Subject, request.ProjectId, null, now));
        await db.SaveChangesAsync(ct);
        await actions.For(request.Kind).LetGoAsync(db, request, "The request was withdrawn.", now, ct);
        await NotifyAsync(db, request, ct);
        var view = await db.ViewAsync(requestId, ct);
        await transaction.CommitAsync(ct);
        return view;
    }

    /// <summary>Whether somebody with that role in the project may take the request back.</summary>
    internal static bool MayWithdraw(Actor actor, Guid requesterId, ProjectRole role) =>
        actor.IsAdmin || role == ProjectRole.Owner || (role != ProjectRole.Viewer && requesterId == actor.UserId);

    /// <summary>Tells of a request and of what it holds.</summary>
    internal static async Task NotifyAsync(PortalDbContext db, Request request, CancellationToken ct)
    {
        await ChangeNotice.NotifyAsync(db, ChangeKind.Request, request.Id, request.ProjectId, ct);
        if (request.MachineId is { } machine)
            await ChangeNotice.NotifyAsync(db, ChangeKind.Machine, machine, request.ProjectId, ct);
        await ChangeNotice.NotifyAsync(db, ChangeKind.Project, request.ProjectId, request.ProjectId, ct);
    }

    internal static async Task<Refusal?> MayAskAsync(PortalDbContext db, Actor actor, Guid projectId, CancellationToken ct)
    {
        if (actor.IsSystem)
            return new NotAllowed("ask for a machine", "a person's account");
        // A preview has no transaction, and holds nothing.
        if (db.Database.CurrentTransaction is not null)
            await db.KeepOpenAsync(projectId, ct);
        return await db.RefuseUnlessMemberAsync(actor, projectId, "project", "ask for machines in this project", ct);
    }
}
