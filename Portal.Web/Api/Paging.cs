using Microsoft.AspNetCore.Mvc;
using Portal.Domain;

namespace Portal.Web.Api;

/// <summary>The query every list takes: what to look for, how to order, which part.</summary>
/// <param name="Search">Text to look for.</param>
/// <param name="Sort">Field to order by; '-' before it for descending.</param>
/// <param name="Skip">Rows to leave out from the start.</param>
/// <param name="Take">Rows to return, at most 200; 50 when not said.</param>
public sealed record Paging([FromQuery] string? Search, [FromQuery] string? Sort, [FromQuery] int? Skip, [FromQuery] int? Take)
{
    /// <summary>Most rows one call returns.</summary>
    public const int Most = 200;

    /// <summary>Reads the list query; every other query parameter is a filter by the field of its name.</summary>
    public ListQuery ToQuery(HttpRequest request)
    {
        string[] own = ["search", "sort", "skip", "take"];
        var filters = request.Query
            .Where(pair => !own.Contains(pair.Key, StringComparer.OrdinalIgnoreCase) && pair.Value.Count == 1)
            .ToDictionary(pair => pair.Key, pair => pair.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        return new ListQuery(Search, Sort, Math.Max(0, Skip ?? 0), Math.Clamp(Take ?? 50, 1, Most), filters);
    }
}
