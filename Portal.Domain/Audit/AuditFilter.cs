using Microsoft.EntityFrameworkCore;

namespace Portal.Domain.Audit;

/// <summary>How the trail is narrowed and ordered.</summary>
static class AuditFilter
{
    /// <summary>What the query asks for, and whether that is less than everything.</summary>
    public static IQueryable<AuditEvent> Apply(IQueryable<AuditEvent> all, ListQuery query, out bool narrowed)
    {
        var events = all;
        if (query.TrigramPattern is { } pattern)
            events = pattern.Length == 0 ? events.Where(e => false) : events.Where(e => EF.Functions.Like(EF.Property<string>(e, AuditEventConfiguration.SearchText), pattern, @"\"));
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
        if (query.Filter("address")?.Trim() is { } address)
            events = events.Where(e => e.RemoteAddress == address);
        if (query.TimeFilter("from") is { } from)
            events = events.Where(e => e.At >= from);
        if (query.TimeFilter("to", never: DateTimeOffset.MinValue) is { } to)
            events = events.Where(e => e.At < to);
        narrowed = !ReferenceEquals(events, all);
        return events;
    }

    /// <summary>Those of one key stand in the order they were made in, turned with the key: one index serves both directions.</summary>
    public static IOrderedQueryable<AuditEvent> Sort(IQueryable<AuditEvent> events, ListQuery query, bool turned)
    {
        var descending = (query.SortField is "actor" or "action" or "subject" or "at" ? query.Descending : true) != turned;
        var sorted = query.SortField switch
        {
            "actor" => events.SortBy(e => e.ActorName, descending),
            "action" => events.SortBy(e => e.Action, descending),
            "subject" => events.SortBy(e => e.SubjectName, descending),
            _ => events.SortBy(e => e.At, descending),
        };
        return descending ? sorted.ThenByDescending(e => e.Id) : sorted.ThenBy(e => e.Id);
    }
}
