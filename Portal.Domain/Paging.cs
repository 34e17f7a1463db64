namespace Portal.Domain;

/// <summary>One page of a list and how many there are in all.</summary>
public sealed record Page<T>(IReadOnlyList<T> Items, int Total);

/// <summary>What a person sees of a list: everything of it stands in the page's URL.</summary>
/// <param name="Search">Free text; matched on the server, case-insensitively.</param>
/// <param name="Sort">A field's name; a leading <c>-</c> sorts descending. Unknown fields fall back to the list's own order.</param>
/// <param name="Skip">Rows to leave out first.</param>
/// <param name="Take">Rows wanted; held to 1–<see cref="MostRows"/>.</param>
/// <param name="Filters">Field → value; unknown fields are ignored.</param>
public sealed record ListQuery(string? Search = null, string? Sort = null, int Skip = 0, int Take = 25, IReadOnlyDictionary<string, string>? Filters = null)
{
    /// <summary>The most rows one page holds.</summary>
    public const int MostRows = 200;

    /// <summary>Rows to skip, never negative.</summary>
    public int SafeSkip => Math.Max(0, Skip);

    /// <summary>Rows to take, within 1–<see cref="MostRows"/>.</summary>
    public int SafeTake => Math.Clamp(Take, 1, MostRows);

    /// <summary>The field to sort by, without direction; null for the list's own order.</summary>
    public string? SortField => string.IsNullOrEmpty(Sort) ? null : Sort.TrimStart('-');

    /// <summary>Whether the sort descends.</summary>
    public bool Descending => Sort is ['-', ..];

    /// <summary>A filter's value, or null when it is not set.</summary>
    public string? Filter(string field) => Filters is not null && Filters.TryGetValue(field, out var value) && Printable(value) is { Length: > 0 } text ? text : null;

    /// <summary>The search text as an <c>ILIKE</c> pattern with its own wildcards taken literally (escape character <c>\</c>).</summary>
    public string? LikePattern => Printable(Search ?? "").Trim() is { Length: > 0 } text
        ? $"%{Literally(text)}%"
        : null;

    /// <summary>A text as an <c>ILIKE</c> pattern that fits nothing but itself, in whatever case.</summary>
    internal static string Literally(string text) => text.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("%", @"\%", StringComparison.Ordinal).Replace("_", @"\_", StringComparison.Ordinal);

    // PostgreSQL takes no NUL in a text, and nothing that is searched holds a control character.
    static string Printable(string text) => string.Concat(text.Where(letter => !char.IsControl(letter)));
}
