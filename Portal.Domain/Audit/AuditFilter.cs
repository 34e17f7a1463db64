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
        var descending = Descends(query) != turned;
        var sorted = query.SortField switch
        {
            "actor" => events.SortBy(e => e.ActorName, descending),
            "action" => events.SortBy(e => e.Action, descending),
            "subject" => events.SortBy(e => e.SubjectName, descending),
            _ => events.SortBy(e => e.At, descending),
        };
        return descending ? sorted.ThenByDescending(e => e.Id) : sorted.ThenBy(e => e.Id);
    }

    /// <summary>Only those that follow an event in the order, or with <paramref name="turned"/> precede it: the order's index is entered there, however deep that is.</summary>
    public static IQueryable<AuditEvent> Beyond(IQueryable<AuditEvent> events, AuditEvent place, ListQuery query, bool turned)
    {
        // Values of the query's own, so that one plan serves every place.
        var (id, at, who, what, on) = (place.Id, place.At, place.ActorName, place.Action, place.SubjectName);
        return (query.SortField, Descends(query) != turned) switch
        {
            ("actor", true) => events.Where(e => EF.Functions.LessThan(ValueTuple.Create(e.ActorName, e.Id), ValueTuple.Create(who, id))),
            ("actor", false) => events.Where(e => EF.Functions.GreaterThan(ValueTuple.Create(e.ActorName, e.Id), ValueTuple.Create(who, id))),
            ("action", true) => events.Where(e => EF.Functions.LessThan(ValueTuple.Create(e.Action, e.Id), ValueTuple.Create(what, id))),
            ("action", false) => events.Where(e => EF.Functions.GreaterThan(ValueTuple.Create(e.Action, e.Id), ValueTuple.Create(what, id))),
            ("subject", true) => events.Where(e => EF.Functions.LessThan(ValueTuple.Create(e.SubjectName, e.Id), ValueTuple.Create(on, id))),
            ("subject", false) => events.Where(e => EF.Functions.GreaterThan(ValueTuple.Create(e.SubjectName, e.Id), ValueTuple.Create(on, id))),
            (_, true) => events.Where(e => EF.Functions.LessThan(ValueTuple.Create(e.At, e.Id), ValueTuple.Create(at, id))),
            (_, false) => events.Where(e => EF.Functions.GreaterThan(ValueTuple.Create(e.At, e.Id), ValueTuple.Create(at, id))),
        };
    }

    static bool Descends(ListQuery query) => query.SortField is "actor" or "action" or "subject" or "at" ? query.Descending : true;
}
