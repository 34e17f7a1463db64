using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Primitives;

namespace Portal.Web.Api;

/// <summary>A filter a list takes as a query parameter.</summary>
/// <param name="Name">The parameter.</param>
/// <param name="Values">Names it may hold, several with commas between; null when it holds an identifier or free text.</param>
/// <param name="IsId">Whether it holds an identifier.</param>
/// <param name="IsTime">Whether it holds a moment.</param>
sealed record ListFilter(string Name, IReadOnlyList<string>? Values = null, bool IsId = false, bool IsTime = false)
{
    public static ListFilter Time(string name) => new(name, IsTime: true);

    public static ListFilter Id(string name) => new(name, IsId: true);

    public static ListFilter Of<TEnum>(string name) where TEnum : struct, Enum => new(name, Enum.GetNames<TEnum>());
}

/// <summary>
/// What a list can be sorted and filtered by. A wrong name is refused: a filter that is silently left out would answer with everything.
/// </summary>
sealed record ListShape(IReadOnlyList<string> Sorts, IReadOnlyList<ListFilter> Filters)
{
    static readonly string[] Own = ["search", "sort", "skip", "take"];

    /// <summary>The query parameters that are none of every list's own.</summary>
    public static IEnumerable<KeyValuePair<string, StringValues>> FiltersOf(HttpRequest request) =>
        request.Query.Where(pair => !Own.Contains(pair.Key, StringComparer.OrdinalIgnoreCase));

    /// <summary>Why the query is refused, or null.</summary>
    public JsonHttpResult<Problem>? Refuse(HttpRequest request)
    {
        if (request.Query.Where(pair => Domain.Texts.HasControls(pair.Value.ToString())).Select(pair => pair.Key).FirstOrDefault() is { } garbled)
            return Bad(garbled, $"The parameter “{garbled}” holds a control character.", "Leave it out.");
        if (request.Query["sort"].ToString() is { Length: > 0 } sort && !Sorts.Contains(sort.TrimStart('-'), StringComparer.Ordinal))
            return Bad("sort", $"The list cannot be sorted by “{sort}”.", $"It sorts by {string.Join(", ", Sorts)}.");
        if (request.Query["skip"].ToString() is ['-', ..] skip)
            return Bad("skip", $"“{skip}” rows cannot be skipped.", "Give 0 or more.");
        if (int.TryParse(request.Query["take"], CultureInfo.InvariantCulture, out var take) && take is < 1 or > Domain.ListQuery.MostRows)
            return Bad("take", $"A page of {take} rows cannot be given.", $"Give 1 to {Domain.ListQuery.MostRows}, and “skip” for the next page.");
        foreach (var (name, value) in FiltersOf(request))
        {
            if (Filters.FirstOrDefault(f => string.Equals(f.Name, name, StringComparison.OrdinalIgnoreCase)) is not { } filter)
                return Bad(name, $"The list knows no parameter “{name}”.", $"It knows {string.Join(", ", Own.Concat(Filters.Select(f => f.Name)))}.");
            if (value.Count > 1)
                return Bad(name, $"The parameter “{name}” stands more than once.", "Put several values into one, with commas between.");
            if (filter.Values is { } known && value.ToString().Split(',', StringSplitOptions.TrimEntries).FirstOrDefault(v => !known.Contains(v, StringComparer.OrdinalIgnoreCase)) is { } unknown)
                return Bad(name, $"“{unknown}” is no value for {name}.", $"It knows {string.Join(", ", known)}.");
            if (filter.IsId && value.ToString() is not ("me" or "") && !Guid.TryParse(value, out _))
                return Bad(name, $"“{value}” is no identifier.", "Identifiers are UUIDs.");
            if (filter.IsTime && value.ToString() is { Length: > 0 } && !DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out _))
                return Bad(name, $"“{value}” is no moment.", "Give one as ISO 8601 says, such as 2026-11-24T15:00:00Z.");
        }
        return null;
    }

    static JsonHttpResult<Problem> Bad(string name, string detail, string advice) => Problems.Make(StatusCodes.Status400BadRequest, "invalid-parameter", detail, advice, name);
}

/// <summary>Puts a list's shape on its route.</summary>
static class ListRoutes
{
    /// <summary>Says what the list can be sorted and filtered by, and holds callers to it.</summary>
    public static RouteHandlerBuilder Lists(this RouteHandlerBuilder route, string[] sorts, params ListFilter[] filters)
    {
        var shape = new ListShape(sorts, filters);
        return route.WithMetadata(shape).AddEndpointFilter(async (context, next) => shape.Refuse(context.HttpContext.Request) ?? await next(context));
    }
}
