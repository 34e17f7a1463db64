namespace Portal.Domain.Evacuations;

/// <summary>From which host to which a machine goes.</summary>
/// <param name="From">Where it leaves.</param>
/// <param name="To">Where it arrives.</param>
public sealed record Route(Guid From, Guid To)
{
    /// <summary>Whether the host is one of the two ends.</summary>
    public bool Touches(Guid host) => From == host || To == host;

    /// <summary>Whether the other goes between the same two hosts, in whatever direction: they share a link.</summary>
    public bool SharesLinkWith(Route other) => Touches(other.From) && Touches(other.To);
}

/// <summary>How many moves go on at once. Moves that others ordered count too: a host and a link do not care who uses them.</summary>
/// <param name="PerHost">With an end on one host.</param>
/// <param name="PerLink">Between the same two hosts.</param>
/// <param name="Fleet">In all.</param>
public sealed record EvacuationLimits(int PerHost = 2, int PerLink = 2, int Fleet = 4)
{
    /// <summary>The most that may be asked for of each.</summary>
    public const int Most = 16;

    /// <summary>What goes without being told: two moves share a host, so that one winds down while the next copies, and no more crowd its network.</summary>
    public static EvacuationLimits Usual { get; } = new();

    /// <summary>Whether one more move may begin beside those under way.</summary>
    public bool Allow(IReadOnlyCollection<Route> underWay, Route next) =>
        underWay.Count < Fleet
        && underWay.Count(route => route.Touches(next.From)) < PerHost
        && underWay.Count(route => route.Touches(next.To)) < PerHost
        && underWay.Count(route => route.SharesLinkWith(next)) < PerLink;

    /// <summary>Why the limits make no sense, or null.</summary>
    public InvalidText? Check() => Refuse("perHost", PerHost) ?? Refuse("perLink", PerLink) ?? Refuse("fleet", Fleet);

    static InvalidText? Refuse(string field, int value) =>
        value is >= 1 and <= Most ? null : new InvalidText(field, $"{value} moves at once make no sense.", $"Give 1 to {Most}.");
}
