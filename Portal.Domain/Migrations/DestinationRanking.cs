using System.Globalization;
using Portal.Domain.Hosts;

namespace Portal.Domain.Migrations;

/// <summary>A host a machine could go to, with what ranks it.</summary>
/// <param name="Room">Its room.</param>
/// <param name="Predicted">What the move there would come to.</param>
/// <param name="Outlook">Whether it would keep the objective; null without one.</param>
/// <param name="Warnings">How many warnings were found.</param>
public sealed record RankedHost(HostRoom Room, Prediction Predicted, ObjectiveOutlook? Outlook, int Warnings);

/// <summary>Says which destination is best and what put each where it is; knows no database.</summary>
public static class DestinationRanking
{
    /// <summary>
    /// The best first: what keeps the objective before what does not, then fewer warnings, then the shorter silence, then more free memory. Silences
    /// that differ by less than a prediction can err count as the same, for else noise would decide, and not the room.
    /// </summary>
    public static IReadOnlyList<(RankedHost Host, string Why)> Rank(IEnumerable<RankedHost> hosts)
    {
        var all = hosts.ToList();
        if (all.Count == 0)
            return [];
        var least = all.Min(h => h.Predicted.MiddleMs);
        var ranked = all.OrderBy(Broken).ThenBy(h => h.Warnings).ThenBy(h => Longer(h, least)).ThenByDescending(h => h.Room.MemoryFreeMib).ThenBy(h => h.Room.Name, StringComparer.Ordinal).ToList();
        return [.. ranked.Select((host, n) => (host, n == 0 ? WhyBest(ranked, least) : WhyNot(ranked[0], host, least)))];
    }

    static int Broken(RankedHost host) => host.Outlook is ObjectiveOutlook.No or ObjectiveOutlook.Unlikely ? 1 : 0;

    static double Longer(RankedHost host, double least) => host.Predicted.MiddleMs - least <= Math.Max(20, least * 0.25) ? 0 : host.Predicted.MiddleMs;

    static string WhyBest(List<RankedHost> ranked, double least)
    {
        var best = ranked[0];
        if (ranked.Count == 1)
            return "the only one possible";
        if (Broken(best) < Broken(ranked[1]))
            return "keeps the objective";
        if (best.Warnings < ranked[1].Warnings)
            return "least speaks against it";
        return Longer(best, least) < Longer(ranked[1], least) ? "shortest silence" : "most room";
    }

    static string WhyNot(RankedHost best, RankedHost host, double least) =>
        Broken(host) > Broken(best) ? $"would likely break the objective: {ObjectiveRules.Range(host.Predicted)}"
        : host.Warnings > best.Warnings ? $"more speaks against it than against {best.Room.Name}"
        : Longer(host, least) > Longer(best, least) ? string.Create(CultureInfo.InvariantCulture, $"longer silence: about {host.Predicted.MiddleMs:0} ms instead of {best.Predicted.MiddleMs:0} ms")
        : host.Room.MemoryFreeMib == best.Room.MemoryFreeMib ? $"about the same silence and as much room as {best.Room.Name}"
        : $"about the same silence, less room: {Math.Max(0, host.Room.MemoryFreeMib)} MiB free instead of {Math.Max(0, best.Room.MemoryFreeMib)}";
}
