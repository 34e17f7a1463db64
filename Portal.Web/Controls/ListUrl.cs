using System.Collections.Immutable;
using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;
using Portal.Domain;

namespace Portal.Web.Controls;

/// <summary>
/// The state of a list as its address says it: search, sort, page and filters. Every change is a new address, so that the back button,
/// a bookmark and a link in a message all lead to the same list.
/// </summary>
/// <param name="Path">The page's path, such as <c>/machines</c>.</param>
/// <param name="Search">What is searched for; null for everything.</param>
/// <param name="Sort">The field, with <c>-</c> before it for descending; null for the page's own order.</param>
/// <param name="Number">The page, from 1.</param>
/// <param name="Filters">Every other parameter of the address.</param>
public sealed record ListUrl(string Path, string? Search, string? Sort, int Number, ImmutableSortedDictionary<string, string> Filters)
{
    /// <summary>Rows on a page.</summary>
    public const int PageSize = 25;

    // The row a page follows or precedes, where a list is not counted far enough to be paged by number; the number is what the pager says then.
    const string After = "after";
    const string Before = "before";

    // Nobody turns to a page this far by hand; it keeps a made-up address from overflowing the number of skipped rows.
    const int LastPage = 100_000;

    /// <summary>Reads a list's state from an address; what cannot be read counts as not said.</summary>
    public static ListUrl Read(string uri)
    {
        var address = new Uri(uri, UriKind.Absolute);
        var query = QueryHelpers.ParseQuery(address.Query);
        var rest = query.Where(p => p.Key is not ("q" or "sort" or "page") && !string.IsNullOrEmpty(p.Value[^1]))
            .ToImmutableSortedDictionary(p => p.Key, p => p.Value[^1]!, StringComparer.Ordinal);
        return new(address.AbsolutePath, Last("q"), Last("sort"), Page(), rest);

        string? Last(string name) => query.TryGetValue(name, out var values) && values[^1] is { Length: > 0 } text ? text : null;
        int Page() => int.TryParse(Last("page"), CultureInfo.InvariantCulture, out var n) ? Math.Clamp(n, 1, LastPage) : 1;
    }

    /// <summary>A filter's value; null when it is not set.</summary>
    public string? this[string filter] => Filters.GetValueOrDefault(filter);

    /// <summary>
    /// Whether anything narrows the list, so that an empty result means "none fits" rather than "none exists". The project does not: it
    /// says whose list this is.
    /// </summary>
    public bool IsNarrowed => Search is not null || Filters.Keys.Any(name => name is not ("project" or After or Before));

    /// <summary>The same list, searched; back on its first page.</summary>
    public ListUrl Searching(string? text) => OnPage(1) with { Search = string.IsNullOrWhiteSpace(text) ? null : text.Trim() };

    /// <summary>The same list with one filter set or, with null, removed; back on its first page.</summary>
    public ListUrl Filtered(string name, string? value)
    {
        var first = OnPage(1);
        return first with { Filters = string.IsNullOrEmpty(value) ? first.Filters.Remove(name) : first.Filters.SetItem(name, value) };
    }

    /// <summary>The same list sorted by a field; asked again, the other way round.</summary>
    public ListUrl SortedBy(string field) => OnPage(1) with { Sort = Sort == field ? "-" + field : field };

    /// <summary>Another page of the same list.</summary>
    public ListUrl OnPage(int number) => this with { Number = number, Filters = Filters.Remove(After).Remove(Before) };

    /// <summary>The next page, which follows the last row of this one.</summary>
    public ListUrl Following(Guid last) => OnPage(Number + 1).Beside(After, last);

    /// <summary>The page before, which precedes the first row of this one.</summary>
    public ListUrl Preceding(Guid first) => OnPage(Number - 1).Beside(Before, first);

    /// <summary>The list without search and filters, of the same project.</summary>
    public ListUrl Cleared() => this with { Search = null, Filters = Filters.RemoveRange(Filters.Keys.Where(name => name != "project")), Number = 1 };

    /// <summary>What a service is asked for.</summary>
    public ListQuery ToQuery() => new(Search, Sort, (Number - 1) * PageSize, PageSize, Filters);

    /// <summary>The address, with nothing in it that is the default.</summary>
    public override string ToString()
    {
        var parts = new List<KeyValuePair<string, string?>>();
        if (Search is not null)
            parts.Add(new("q", Search));
        parts.AddRange(Filters.Select(f => new KeyValuePair<string, string?>(f.Key, f.Value)));
        if (Sort is not null)
            parts.Add(new("sort", Sort));
        if (Number > 1)
            parts.Add(new("page", Number.ToString(CultureInfo.InvariantCulture)));
        return QueryHelpers.AddQueryString(Path, parts);
    }

    ListUrl Beside(string side, Guid row) => this with { Filters = Filters.SetItem(side, row.ToString()) };
}
