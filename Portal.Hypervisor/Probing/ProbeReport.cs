namespace Portal.Hypervisor.Probing;

/// <summary>What a probe measured, in the terms used everywhere.</summary>
/// <param name="IntervalMs">Time between requests, ms.</param>
/// <param name="Sent">Requests sent.</param>
/// <param name="Answered">Requests answered.</param>
/// <param name="Lost">Requests without a reply within 5 s, or late and overtaken by a hundred younger ones when the probe ended; those a held-up sender left out are not among them, only in the grids below.</param>
/// <param name="Late">Requests answered after more than 1 s.</param>
/// <param name="Duplicates">Requests answered more than once.</param>
/// <param name="BlackoutMs">Longest gap between consecutive reply arrivals, less the interval, ms: see <see cref="ProbeArithmetic"/>.</param>
/// <param name="BlackoutStartMs">Arrival before that gap, ms.</param>
/// <param name="BlackoutEndMs">Arrival after that gap, ms.</param>
/// <param name="LostAt1HzMean">Pings a person pinging once a second loses, averaged over every phase of the one-second grid.</param>
/// <param name="LostAt1HzWorst">The worst phase of that grid.</param>
/// <param name="LostAt10HzMean">The same at ten a second.</param>
/// <param name="LostAt10HzWorst">The worst phase at ten a second.</param>
/// <param name="MedianRttMs">Median round trip, ms.</param>
/// <param name="Valid">False when the sender was held up and the figures prove nothing.</param>
/// <param name="Invalid">Why not valid; null when valid.</param>
public sealed record ProbeReport(
    double IntervalMs, int Sent, int Answered, int Lost, int Late, int Duplicates,
    double BlackoutMs, double BlackoutStartMs, double BlackoutEndMs,
    double LostAt1HzMean, int LostAt1HzWorst, double LostAt10HzMean, int LostAt10HzWorst,
    double MedianRttMs, bool Valid, string? Invalid)
{
    /// <summary>How the guest was asked.</summary>
    public ProbeKind Kind { get; init; }
}
