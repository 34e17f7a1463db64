namespace Portal.Domain.Migrations;

/// <summary>Figures of which some count more than others.</summary>
static class Weighted
{
    /// <summary>The value below which a share of the weight lies, by linear interpolation between the middles of the weights; null of nothing.</summary>
    public static double? Quantile(IEnumerable<(double Value, double Weight)> some, double q)
    {
        var sorted = some.Where(s => s.Weight > 0 && double.IsFinite(s.Value)).OrderBy(s => s.Value).ToList();
        if (sorted.Count == 0)
            return null;
        var aim = q * sorted.Sum(s => s.Weight);
        double below = 0, middle = 0, value = sorted[0].Value;
        foreach (var (next, weight) in sorted)
        {
            var at = below + weight / 2;
            if (at >= aim)
                return at > middle && below > 0 ? value + (next - value) * Math.Clamp((aim - middle) / (at - middle), 0, 1) : next;
            (below, middle, value) = (below + weight, at, next);
        }
        return value;
    }
}
