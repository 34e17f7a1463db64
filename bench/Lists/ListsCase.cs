using Portal.Domain;

namespace Portal.Bench.Lists;

/// <summary>One page of one list, as a person or a program asks for it.</summary>
/// <param name="List">machines, audit or approvals.</param>
/// <param name="Sort">By what, and in which direction.</param>
/// <param name="Search">What is searched for.</param>
/// <param name="Filters">Field and value.</param>
/// <param name="Place">first, middle or last.</param>
/// <param name="As">Whose list: admin, member, or as whom requests are decided.</param>
sealed record ListsCase(string List, string Sort, string? Search, IReadOnlyDictionary<string, string> Filters, string Place, string As)
{
    const int Take = 25;

    static readonly string[] Directions = ["", "-"];
    static readonly string[] Places = ["first", "middle", "last"];

    public string Narrowing => string.Join("+", Filters.Keys.Concat(Search is null ? [] : [$"“{Search}”"]));

    public override string ToString() => $"{List} by {Sort}{(Narrowing.Length == 0 ? "" : $", {Narrowing}")}, {Place} page{(As == "admin" ? "" : $" of a {As}")}";

    /// <summary>The query; how many rows there are says where the middle and the end of them is.</summary>
    public ListQuery Query(int total) => new(Search, Sort, Place switch { "first" => 0, "middle" => total / 2, _ => Math.Max(0, (total - 1) / Take * Take) }, Take, Filters);

    public string Address(int total)
    {
        var query = Query(total);
        var parts = Filters.Select(f => (f.Key, f.Value)).Concat([("sort", Sort), ("skip", $"{query.Skip}"), ("take", $"{Take}")]).Concat(Search is null ? [] : [("search", Search)]);
        return $"{List}?{string.Join('&', parts.Select(p => $"{p.Item1}={Uri.EscapeDataString(p.Item2)}"))}";
    }

    /// <summary>Every order, in both directions, with every way to narrow, on the first, the middle and the last page.</summary>
    public static IEnumerable<ListsCase> Of(string list, string @as, IEnumerable<string> sorts, IEnumerable<(string? Search, (string Field, string Value)[] Filters)> narrowings) =>
        from narrowing in narrowings
        from sort in sorts
        from direction in Directions
        from place in Places
        select new ListsCase(list, direction + sort, narrowing.Search, narrowing.Filters.ToDictionary(f => f.Field, f => f.Value), place, @as);
}
