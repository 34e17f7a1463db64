using Portal.Domain.Audit;
using Portal.Domain.Requests;

namespace Portal.Domain.Approvals;

/// <summary>What a yes does, whoever says it; in the caller's transaction.</summary>
sealed class Granting(RequestActions actions)
{
    /// <summary>Decides the request and carries it out, or writes the operation that does. After a refusal the caller rolls back.</summary>
    public async Task<Refusal?> GrantAsync(PortalDbContext db, Actor actor, Request request, string? reason, DateTimeOffset now, CancellationToken ct)
    {
        request.Decide(RequestStatus.Approved, actor.UserId, reason, now);
        await db.SaveChangesAsync(ct);
        if (await actions.For(request.Kind).GrantAsync(db, actor, request, now, ct) is { } refusal)
            return refusal;
        db.Add(AuditEvent.Of(actor, "request.approve", "request", request.Id, request.Subject, request.ProjectId, new { reason }, now));
        await db.SaveChangesAsync(ct);
        return null;
    }

    /// <summary>Turns the request down; what it held is free again.</summary>
    public async Task DenyAsync(PortalDbContext db, Actor actor, Request request, string reason, DateTimeOffset now, CancellationToken ct)
    {
        request.Decide(RequestStatus.Denied, actor.UserId, reason, now);
        db.Add(AuditEvent.Of(actor, "request.deny", "request", request.Id, request.Subject, request.ProjectId, new { reason }, now));
        await db.SaveChangesAsync(ct);
        await actions.For(request.Kind).LetGoAsync(db, request, "The request was denied.", now, ct);
    }

    /// <summary>Tells those whom the level asks.</summary>
    public Task AskAsync(PortalDbContext db, Request request, DateTimeOffset now, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        return Task.CompletedTask;
    }
}
