using Microsoft.EntityFrameworkCore;
using Portal.Domain.Migrations.History;

namespace Portal.Domain.Migrations;

/// <summary>What narrows a list of moves; one rule for the list and for the counts beside it.</summary>
static class MoveNarrowing
{
    /// <summary>The moves that a list's search and filters leave.</summary>
    /// <param name="rows">The moves.</param>
    /// <param name="query">What is asked for.</param>
    /// <param name="now">What <c>days</c> are counted back from; without that filter, moves of any time.</param>
    /// <param name="byStatus">Whether the filter by status counts: who counts by status leaves it out.</param>
    public static IQueryable<Migration> Narrow(this IQueryable<Migration> rows, ListQuery query, DateTimeOffset now, bool byStatus = true)
    {
        if (query.LikePattern is { } like)
            rows = rows.Where(m => EF.Functions.ILike(m.MachineName, like, @"\") || EF.Functions.ILike(m.SourceName, like, @"\") || EF.Functions.ILike(m.DestinationName, like, @"\"));
        if (byStatus && query.EnumFilter<MigrationStatus>("status") is { } statuses)
            rows = rows.Where(m => statuses.Contains(m.Status));
        if (query.EnumFilter<MigrationMode>("mode") is { } modes)
            rows = rows.Where(m => modes.Contains(m.Mode));
        if (query.IdFilter("machine") is { } machine)
            rows = rows.Where(m => m.MachineId == machine);
        if (query.IdFilter("project") is { } project)
            rows = rows.Where(m => m.ProjectId == project);
        if (query.IdFilter("host") is { } host)
            rows = rows.Where(m => m.SourceHostId == host || m.DestinationHostId == host);
        if (MoveRoute.Of(query) is { } route)
            rows = rows.Where(m => m.SourceHostId == route.From && m.DestinationHostId == route.To);
        if (query.Filter("days") is not null && now.AddDays(-MoveHistory.Days(query)) is var since)
            rows = rows.Where(m => m.EndedAt >= since);
        if (query.Filter("memory") is { } size)
            rows = rows.Where(m => m.MemoryMib.ToString() == size);
        if (query.Filter("policy") is { } policy)
            rows = Guid.TryParse(policy, out var made) ? rows.Where(m => m.PolicyId == made) : Enum.TryParse<MigrationPolicy>(policy, ignoreCase: true, out var builtIn) ? rows.Where(m => m.Policy == builtIn) : rows.Where(_ => false);
        return rows;
    }
}
