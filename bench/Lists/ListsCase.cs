using Portal.Domain;

namespace Portal.Bench.Lists;

/// <summary>One page of one list, as a person or a program asks for it.</summary>
/// <param name="List">machines, audit or approvals.</param>
/// <param name="Sort">By what, and in which direction.</param>
/// <param name="Search">What is searched for.</param>
/// <param name="Filters">Field and value.</param>
/// <param name="Place">first, middle, last or beyond.</param>
/// <param name="As">Whose list.</param>
sealed record ListsCase(string List, string Sort, string? Search, IReadOnlyDictionary<string, string> Filters, string Place, string As)
{
    public const string First = "first";

    /// <summary>The page that follows a row in the middle of a list that is not counted to there.</summary>
    public const string Beyond = "beyond";

    const int Take = 25;

    static readonly string[] Directions = ["", "-"];
    static readonly string[] Places = [First, "middle", "last"];

    public string Narrowing => string.Join("+", Filters.Keys.Concat(Search is null ? [] : [$"“{Search}”"]));

    public override string ToString() => $"{List} by {Sort}{(Narrowing.Length == 0 ? "" : $", {Narrowing}")}, {Place} page of {As}";

    /// <summary>Whether it is the same list, in whatever order and on whatever page.</summary>
    public bool Lists(ListsCase other) => (List, As, Search) == (other.List, other.As, other.Search) && ReferenceEquals(Filters, other.Filters);

    /// <summary>The query; how many rows there are says where the middle and the end of them is.</summary>
    public ListQuery Query(ListsSpot spot) => spot.After is { } row
        ? new(Search, Sort, 0, Take, new Dictionary<string, string>(Filters) { ["after"] = row.ToString() })
        : new(Search, Sort, Skip(spot.Total), Take, Filters);

    public int Skip(int total) => Place switch { First or Beyond => 0, "middle" => total / 2, _ => Math.Max(0, (total - 1) / Take * Take) };

    /// <summary>Every order, in both directions, with every way to narrow, on the first, the middle and the last page.</summary>
    public static IEnumerable<ListsCase> Of(string list, string @as, IEnumerable<string> sorts, IEnumerable<(string? Search, (string Field, string Value)[] Filters)> narrowings) =>
        from narrowing in narrowings
        let filters = narrowing.Filters.ToDictionary(f => f.Field, f => f.Value)
        from sort in sorts
        from direction in Directions
        from place in list == "audit" ? Places.Append(Beyond) : Places
        select new ListsCase(list, direction + sort, narrowing.Search, filters, place, @as);
}
