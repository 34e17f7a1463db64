using System.Globalization;
using Portal.Domain.Migrations;
using Portal.Domain.Migrations.History;
using Portal.Web.Controls;

namespace Portal.Web.Migrations.History;

/// <summary>What moves came to, in the words of the screen.</summary>
static class HistoryWords
{
    /// <summary>What moves are gathered by, as a choice.</summary>
    public static string Of(HistoryBy by) => by switch
    {
        HistoryBy.Mode => "Way of moving",
        HistoryBy.Route => "Route",
        HistoryBy.Policy => "Policy",
        HistoryBy.Machine => "Machine",
    };

    /// <summary>What a row's moves have in common.</summary>
    public static string Name(HistoryBy by, HistoryRow row) => by switch
    {
        HistoryBy.Mode => Enum.TryParse<MigrationMode>(row.Key, out var mode) ? Words.Of(mode) : row.Name,
        HistoryBy.Policy when row.Key == "-" => "No policy: not moved live",
        HistoryBy.Policy => Enum.TryParse<MigrationPolicy>(row.Key, out var policy) ? Words.Of(policy) : row.Name,
        HistoryBy.Route or HistoryBy.Machine => row.Name,
    };

    /// <summary>The list of exactly the moves behind a row; null where the list of moves cannot be narrowed to them.</summary>
    /// <param name="url">What they were gathered from.</param>
    /// <param name="by">By what they were gathered.</param>
    /// <param name="row">The row.</param>
    public static string? Link(ListUrl url, HistoryBy by, HistoryRow row) => by switch
    {
        HistoryBy.Mode => Moves(url).Filtered("mode", row.Key.ToLowerInvariant()).ToString(),
        HistoryBy.Policy when row.Key == "-" => null,
        HistoryBy.Policy => Moves(url).Filtered("policy", row.Key.ToLowerInvariant()).ToString(),
        HistoryBy.Machine => Moves(url).Filtered("machine", row.Key).ToString(),
        HistoryBy.Route => Moves(url).Filtered("route", row.Key).ToString(),
    };

    /// <summary>The list of exactly the moves behind a distribution.</summary>
    public static string Link(ListUrl url, BlackoutBand band) => Moves(url).Filtered("mode", band.Mode.ToString().ToLowerInvariant())
        .Filtered("memory", band.MemoryMib.ToString(CultureInfo.InvariantCulture)).Filtered("status", "moved").ToString();

    // The list of moves reaches back for ever unless it is told how far.
    static ListUrl Moves(ListUrl url) => (url with { Path = "/migrations", Sort = null }).Filtered("by", null)
        .Filtered("days", MoveHistory.Days(url.ToQuery()).ToString(CultureInfo.InvariantCulture));

    /// <summary>A share in whole per cent.</summary>
    public static string Share(double share) => Format.Unit(Math.Round(share * 100), "%");

    /// <summary>How many pings a one-second ping loses: <c>0.06</c>, <c>2.1</c>.</summary>
    public static string Pings(double pings) => pings.ToString(pings < 0.995 ? "0.00" : "0.0", CultureInfo.InvariantCulture);
}
