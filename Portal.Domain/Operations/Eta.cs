namespace Portal.Domain.Operations;

/// <summary>How long an operation still takes, as far as known.</summary>
/// <param name="LeastSeconds">At least; null: only one figure is known.</param>
/// <param name="MostSeconds">At most, or about so long where only one figure is known; null: no end is in sight.</param>
public sealed record Eta(double? LeastSeconds, double? MostSeconds)
{
    /// <summary>About so long.</summary>
    public static Eta About(double seconds) => new(null, seconds);

    /// <summary>From its columns; null when nothing is known.</summary>
    public static Eta? Of(double? least, double? most) => least is null && most is null ? null : new(least, most);
}
