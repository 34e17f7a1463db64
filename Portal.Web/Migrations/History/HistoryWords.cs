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

    /// <summary>The list of the moves behind a row; null where the list of moves cannot be narrowed to them.</summary>
    public static string? Link(HistoryBy by, HistoryRow row) => by switch
    {
        HistoryBy.Mode => $"/migrations?mode={row.Key.ToLowerInvariant()}",
        HistoryBy.Policy when row.Key != "-" => $"/migrations?policy={row.Key.ToLowerInvariant()}",
        HistoryBy.Machine => $"/migrations?machine={row.Key}",
        HistoryBy.Policy or HistoryBy.Route => null,
    };

    /// <summary>A share in whole per cent.</summary>
    public static string Share(double share) => Format.Unit(Math.Round(share * 100), "%");

    /// <summary>How many pings a one-second ping loses: <c>0.06</c>, <c>2.1</c>.</summary>
    public static string Pings(double pings) => pings.ToString(pings < 0.995 ? "0.00" : "0.0", CultureInfo.InvariantCulture);
}
