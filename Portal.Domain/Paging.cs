using System.Text;
using System.Text.Json.Serialization;

namespace Portal.Domain;

/// <summary>One page of a list and how many there are in all.</summary>
/// <param name="Items">The rows.</param>
/// <param name="Total">How many there are.</param>
/// <param name="AtLeast">Whether counting stopped there: there are more than <paramref name="Total"/>, which is as far as the list can be paged by number.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, int Total, bool AtLeast = false)
{
    /// <summary>Whether more rows follow this page; said by lists that can be paged past where counting stopped.</summary>
    [JsonIgnore]
    public bool Follows { get; init; }
}

/// <summary>A list that is not counted to its end is not paged by number past where counting stopped.</summary>
public sealed record ListTooDeep(int Skip, int Counted) : Refusal("list-too-deep",
    string.Create(System.Globalization.CultureInfo.InvariantCulture, $"This list is counted to {Counted:N0}; what follows after {Skip:N0} is past that."),
    "Narrow it with a filter or a longer search, sort it the other way round to read it from its end, or read on after the last row you have: 'after' with its id.", "skip");

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

    /// <summary>
    /// The search text as a pattern for <c>LIKE</c> over lines of small letters, such that an index of trigrams always narrows it: three letters or
    /// digits in a row are looked for anywhere, less only at the beginning of a line. Null when nothing is searched for; empty, which fits nothing,
    /// when there is neither letter nor digit to begin with.
    /// </summary>
    internal string? TrigramPattern
    {
        get
        {
            if (LikePattern is not { } like)
                return null;
            like = like.ToLowerInvariant();
            var run = 0;
            if (like.Any(letter => (run = char.IsLetterOrDigit(letter) ? run + 1 : 0) == 3))
                return like;
            return char.IsLetterOrDigit(like[1]) ? "%\n" + like[1..] : "";
        }
    }

    // PostgreSQL takes no NUL and no half of a character in a text, and nothing that is searched holds a control character.
    static string Printable(string text) => string.Concat(text.EnumerateRunes().Where(rune => !Rune.IsControl(rune) && rune != Rune.ReplacementChar));
}
