using Microsoft.EntityFrameworkCore;
using Portal.Domain.Accounts;
using Portal.Domain.Projects;

namespace Portal.Domain.Audit;

/// <summary>One line of the audit trail.</summary>
/// <param name="Id">Identifier.</param>
/// <param name="At">When.</param>
/// <param name="ActorId">Who; <see cref="Guid.Empty"/> is the portal itself.</param>
/// <param name="ActorName">That person's name then.</param>
/// <param name="Action">What, e.g. <c>request.approve</c>.</param>
/// <param name="SubjectKind">On what kind of thing.</param>
/// <param name="SubjectId">On which.</param>
/// <param name="SubjectName">Its name then.</param>
/// <param name="ProjectId">In which project, where it belongs to one.</param>
/// <param name="ProjectName">That project's name now.</param>
/// <param name="Detail">More about it: a JSON object.</param>
/// <param name="RemoteAddress">From where.</param>
public sealed record AuditEntry(Guid Id, DateTimeOffset At, Guid ActorId, string ActorName, string Action, string SubjectKind, Guid SubjectId, string SubjectName, Guid? ProjectId, string? ProjectName, string Detail, string? RemoteAddress);

/// <summary>Reads the audit trail; it is written beside each change.</summary>
public sealed class AuditService(IDbContextFactory<PortalDbContext> contexts)
{
    /// <summary>
    /// The trail, newest first. Sorts: <c>at actor action subject</c>. Filters: <c>action</c>, <c>actor</c> (id), <c>subject</c> (id),
    /// <c>kind</c>, <c>project</c> (id), <c>from</c> and <c>to</c> (moments; the second is left out itself). Search looks at who, what and on what.
    /// </summary>
    public async Task<Result<Page<AuditEntry>>> ListAsync(Actor actor, ListQuery query, CancellationToken ct)
    {
        if (actor.RefuseUnless(PlatformRoles.Auditor, "read the audit trail") is { } refusal)
            return refusal;
        await using var db = await contexts.CreateDbContextAsync(ct);
        var events = db.AuditEvents.AsNoTracking();
        if (query.LikePattern is { } like)
            events = events.Where(e => EF.Functions.ILike(e.ActorName, like, @"\") || EF.Functions.ILike(e.Action, like, @"\") || EF.Functions.ILike(e.SubjectName, like, @"\"));
        if (query.Filter("action") is { } action)
            events = events.Where(e => e.Action == action);
        if (query.Filter("kind") is { } kind)
            events = events.Where(e => e.SubjectKind == kind);
        if (query.IdFilter("actor") is { } who)
            events = events.Where(e => e.ActorId == who);
        if (query.IdFilter("subject") is { } subject)
            events = events.Where(e => e.SubjectId == subject);
        if (query.IdFilter("project") is { } project)
            events = events.Where(e => e.ProjectId == project);
        if (query.TimeFilter("from") is { } from)
            events = events.Where(e => e.At >= from);
        if (query.TimeFilter("to", never: DateTimeOffset.MinValue) is { } to)
            events = events.Where(e => e.At < to);

        var sorted = query.SortField switch
        {
            "actor" => events.SortBy(e => e.ActorName, query.Descending),
            "action" => events.SortBy(e => e.Action, query.Descending),
            "subject" => events.SortBy(e => e.SubjectName, query.Descending),
            "at" => events.SortBy(e => e.At, query.Descending),
            _ => events.SortBy(e => e.At, descending: true),
        };
        var total = await events.CountAsync(ct);
        var items = await sorted.ThenByDescending(e => e.Id).Skip(query.SafeSkip).Take(query.SafeTake)
            .Select(e => new AuditEntry(e.Id, e.At, e.ActorId, e.ActorName, e.Action, e.SubjectKind, e.SubjectId, e.SubjectName, e.ProjectId,
                db.Projects.Where(p => p.Id == e.ProjectId).Select(p => p.Name).SingleOrDefault(), e.Detail, e.RemoteAddress))
            .ToListAsync(ct);
        return new Page<AuditEntry>(items, total);
    }
}
