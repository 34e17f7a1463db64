namespace Portal.Domain.Migrations;

/// <summary>Learns from receipts what a route costs; knows no database.</summary>
public static class RouteArithmetic
{
    /// <summary>What measured moves came to; null when there are none. Invalid probes count for times and bytes, not for silence.</summary>
    public static RouteHistory? Learn(IReadOnlyList<Measurement> moves)
    {
        if (moves.Count == 0)
            return null;
        var valid = moves.Where(m => m.ProbeInvalid is null).ToList();
        var blackouts = Sorted(valid.Select(m => m.BlackoutMs));
        return new RouteHistory(moves.Count, Quantile(Sorted(moves.Select(m => (double?)m.TotalSeconds)), 0.5)!.Value,
            Quantile(blackouts, 0.1), Quantile(blackouts, 0.5), Quantile(blackouts, 0.9),
            Quantile(Sorted(moves.Select(m => m.PauseMs)), 0.5), Quantile(Sorted(valid.Select(m => m.ConvergenceMs)), 0.5),
            Quantile(Sorted(moves.Where(m => m.TotalSeconds > 0).Select(m => (double?)(m.Bytes / m.TotalSeconds))), 0.5) ?? 0,
            (long)Quantile(Sorted(moves.Select(m => (double?)m.Bytes)), 0.5)!.Value);
    }

    /// <summary>A quantile by linear interpolation between neighbours; null of nothing.</summary>
    internal static double? Quantile(IReadOnlyList<double> sorted, double q)
    {
        if (sorted.Count == 0)
            return null;
        var place = q * (sorted.Count - 1);
        var below = (int)Math.Floor(place);
        var above = Math.Min(below + 1, sorted.Count - 1);
        return sorted[below] + ((sorted[above] - sorted[below]) * (place - below));
    }

    static List<double> Sorted(IEnumerable<double?> values)
    {
        var sorted = values.OfType<double>().ToList();
        sorted.Sort();
        return sorted;
    }
}
