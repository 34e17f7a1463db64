using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;

namespace Portal.Domain;

/// <summary>
/// Pages of a list that is sorted by something few values of which exist, such as the name of a row's host: the groups are counted and sorted,
/// and only those that a page lies in are read. So nothing of the size of the list is sorted, and the total comes with it.
/// </summary>
static class GroupedPages
{
    /// <summary>The identifiers of a page and how many rows there are.</summary>
    /// <param name="rows">The list.</param>
    /// <param name="key">What the rows of a group have in common.</param>
    /// <param name="within">Whether a row is in one of some groups.</param>
    /// <param name="member">A row's group and identifier; by that those of a group are sorted.</param>
    /// <param name="name">What groups are sorted by; null last.</param>
    /// <param name="query">Which page, in which direction.</param>
    /// <param name="ct">Gives up.</param>
    public static async Task<(IReadOnlyList<Guid> Ids, int Total)> PageByGroupAsync<T, TKey>(this IQueryable<T> rows, Expression<Func<T, TKey>> key, Func<IReadOnlyList<TKey>, Expression<Func<T, bool>>> within,
        Expression<Func<T, Member<TKey>>> member, Func<TKey, string?> name, ListQuery query, CancellationToken ct)
    {
        var groups = await rows.GroupBy(key).Select(g => new Group<TKey>(g.Key, g.Count())).ToListAsync(ct);
        var sorted = groups.OrderBy(g => name(g.Key) is null).ThenBy(g => name(g.Key), StringComparer.Ordinal).ToList();
        if (query.Descending)
            sorted.Reverse();
        var (ids, skip, next) = (new List<Guid>(), query.SafeSkip, 0);
        while (next < sorted.Count && skip >= sorted[next].Count)
            skip -= sorted[next++].Count;
        // The page begins within one group, may hold any number whole, and ends within another: at most three reads.
        while (next < sorted.Count && ids.Count < query.SafeTake)
        {
            var left = query.SafeTake - ids.Count;
            var some = skip > 0 || sorted[next].Count > left ? [sorted[next]] : Whole(sorted, next, left);
            var keys = some.Select(g => g.Key).ToList();
            var members = rows.Where(within(keys)).Select(member);
            var read = await (query.Descending ? members.OrderByDescending(m => m.Id) : members.OrderBy(m => m.Id)).Skip(skip).Take(left).ToListAsync(ct);
            ids.AddRange(read.OrderBy(m => keys.IndexOf(m.Key)).Select(m => m.Id));
            (skip, next) = (0, next + some.Count);
        }
        return (ids, groups.Sum(g => g.Count));
    }

    static List<Group<TKey>> Whole<TKey>(List<Group<TKey>> sorted, int from, int most)
    {
        var some = new List<Group<TKey>>();
        foreach (var group in sorted.Skip(from).TakeWhile(group => (most -= group.Count) >= 0))
            some.Add(group);
        return some;
    }

    /// <summary>A row of a group.</summary>
    internal sealed class Member<TKey>
    {
        /// <summary>Its group.</summary>
        public TKey Key { get; init; } = default!;

        /// <summary>Itself.</summary>
        public Guid Id { get; init; }
    }

    sealed record Group<TKey>(TKey Key, int Count);
}
