namespace Portal.Bench;

/// <summary>One measured figure beside what a user would run instead.</summary>
/// <param name="Name">What was measured, as a person would say it.</param>
/// <param name="Value">This product's median unless the name says otherwise.</param>
/// <param name="Unit">Unit of <paramref name="Value"/> and <paramref name="Baseline"/>.</param>
/// <param name="Baseline">The plain alternative's figure from the same run; null where there is none.</param>
/// <param name="Target">The target in words, e.g. <c>ratio ≤ 0.5</c>.</param>
/// <param name="Met">Whether the target was met in this run.</param>
sealed record Figure(string Name, double Value, string Unit, double? Baseline, string Target, bool Met)
{
    /// <summary>Value over baseline.</summary>
    public double? Ratio => Baseline is > 0 ? Value / Baseline : null;

    public static Figure RatioAtMost(string name, double value, string unit, double baseline, double limit) =>
        new(name, value, unit, baseline, $"ratio ≤ {limit}", value <= limit * baseline);

    public static Figure AtMost(string name, double value, string unit, double limit) =>
        new(name, value, unit, null, $"≤ {limit} {unit}", value <= limit);

    public static Figure AtLeast(string name, double value, string unit, double? baseline, double limit) =>
        new(name, value, unit, baseline, $"≥ {limit} {unit}", value >= limit);
}
