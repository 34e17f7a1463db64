using System.Globalization;
using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;

namespace Portal.Domain;

/// <summary>What every list does with a <see cref="ListQuery"/>.</summary>
public static class Sorting
{
    /// <summary>Sorts by one key in either direction; add a last key so that pages never overlap.</summary>
    public static IOrderedQueryable<T> SortBy<T, TKey>(this IQueryable<T> rows, Expression<Func<T, TKey>> key, bool descending) =>
        descending ? rows.OrderByDescending(key) : rows.OrderBy(key);

    /// <summary>How many rows there are, counted no further than <paramref name="most"/>, and whether there are more.</summary>
    public static async Task<(int Count, bool More)> CountUpToAsync<T>(this IQueryable<T> rows, int most, CancellationToken ct)
    {
        var count = await rows.Select(_ => 1).Take(most + 1).CountAsync(ct);
        return (Math.Min(count, most), count > most);
    }

    /// <summary>A filter that holds an identifier. Text that is none finds nothing, rather than everything.</summary>
    public static Guid? IdFilter(this ListQuery query, string field) =>
        query.Filter(field) is not { } text ? null : Guid.TryParse(text, out var id) ? id : Guid.AllBitsSet;

    /// <summary>A filter that holds a moment: ISO 8601, UTC where it does not say. Text that is none stands for <paramref name="never"/>: it finds nothing, rather than everything.</summary>
    public static DateTimeOffset? TimeFilter(this ListQuery query, string field, DateTimeOffset? never = null) =>
        query.Filter(field) is not { } text ? null
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at) ? at
        : never ?? DateTimeOffset.MaxValue;

    /// <summary>A filter that holds identifiers separated by commas; what is none is left out. Null when it is not set.</summary>
    public static IReadOnlyList<Guid>? IdsFilter(this ListQuery query, string field) =>
        query.Filter(field)?.Split(',', StringSplitOptions.TrimEntries).Select(text => Guid.TryParse(text, out var id) ? id : (Guid?)null).OfType<Guid>().ToList();

    /// <summary>A filter that holds one name or several separated by commas of an enum; unknown names are left out. Null when it is not set.</summary>
    public static IReadOnlyList<TEnum>? EnumFilter<TEnum>(this ListQuery query, string field) where TEnum : struct, Enum =>
        query.Filter(field) is not { } text
            ? null
            : [.. Enum.GetValues<TEnum>().Where(value => text.Split(',', StringSplitOptions.TrimEntries).Contains(value.ToString(), StringComparer.OrdinalIgnoreCase))];
}
