using Microsoft.AspNetCore.Mvc;
using Portal.Domain;

namespace Portal.Web.Api;

/// <summary>The query every list takes: what to look for, how to order, which part.</summary>
/// <param name="Search">Text to look for.</param>
/// <param name="Sort">Field to order by; '-' before it for descending.</param>
/// <param name="Skip">Rows to leave out from the start.</param>
/// <param name="Take">Rows to return; <see cref="Usual"/> when not said.</param>
public sealed record Paging([FromQuery] string? Search, [FromQuery] string? Sort, [FromQuery] int? Skip, [FromQuery] int? Take)
{
    /// <summary>Rows returned when the caller does not say.</summary>
    public const int Usual = 50;

    /// <summary>The query; every other query parameter is a filter by the field of its name.</summary>
    public ListQuery ToQuery(HttpRequest request) => new(Search, Sort, Skip ?? 0, Take ?? Usual,
        ListShape.FiltersOf(request).ToDictionary(pair => pair.Key, pair => pair.Value.ToString(), StringComparer.OrdinalIgnoreCase));
}
