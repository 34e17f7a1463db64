using System.Globalization;
using Portal.Domain;

namespace Portal.Web.Audit;

/// <summary>
/// The stretch of time an audit list shows, as its address says it: <c>within=24h</c> up to now, or <c>within=days</c> with the days
/// <c>from</c> and <c>to</c>, both included, in UTC like every exact time on the pages.
/// </summary>
public static class AuditTime
{
    /// <summary>The parameter for a stretch up to now.</summary>
    public const string Within = "within";

    /// <summary>Its value for days of one's own.</summary>
    public const string Days = "days";

    /// <summary>The choices.</summary>
    public static IReadOnlyList<(string Value, string Text)> Choices { get; } =
        [("1h", "Last hour"), ("24h", "Last 24 hours"), ("7d", "Last 7 days"), ("30d", "Last 30 days"), (Days, "Between two days")];

    /// <summary>The query with what the address says put into moments.</summary>
    public static ListQuery Apply(ListQuery query, DateTimeOffset now)
    {
        var filters = new Dictionary<string, string>(query.Filters ?? new Dictionary<string, string>(), StringComparer.Ordinal);
        filters.Remove("from");
        filters.Remove("to");
        if (query.Filter(Within) is Days)
        {
            if (Day(query.Filter("from")) is { } first)
                filters["from"] = Moment(first);
            if (Day(query.Filter("to")) is { } last)
                filters["to"] = Moment(last.AddDays(1));
        }
        else if (Length(query.Filter(Within)) is { } length)
        {
            filters["from"] = Moment(now - length);
        }

        return query with { Filters = filters };
    }

    private static TimeSpan? Length(string? choice) => choice switch
    {
        "1h" => TimeSpan.FromHours(1),
        "24h" => TimeSpan.FromHours(24),
        "7d" => TimeSpan.FromDays(7),
        "30d" => TimeSpan.FromDays(30),
        _ => null,
    };

    private static DateTimeOffset? Day(string? text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day < DateOnly.MaxValue
            ? new DateTimeOffset(day, TimeOnly.MinValue, TimeSpan.Zero)
            : null;

    private static string Moment(DateTimeOffset at) => at.ToString("O", CultureInfo.InvariantCulture);
}
