namespace Portal.Hypervisor.Migrations;

/// <summary>What earlier moves between the same two hosts taught.</summary>
/// <param name="BytesPerSecond">Bandwidth of the memory stream, set-up included.</param>
/// <param name="FixedBlackoutMs">What a switchover costs beyond the last pages, ms.</param>
/// <param name="TouchedBytes">Memory the guest had touched, as last measured; null: all of it.</param>
/// <param name="DirtyBytesPerSecond">How fast the guest rewrites memory; null: not known.</param>
/// <param name="Moves">How many moves this was learned from.</param>
public sealed record RouteHistory(double BytesPerSecond, double FixedBlackoutMs, long? TouchedBytes, double? DirtyBytesPerSecond, int Moves)
{
    /// <summary>Weight of the newest move: the last few count, for networks and hosts change.</summary>
    private const double Newest = 0.3;

    /// <summary>Adds one finished live move to what is known of its route. Moves that measured nothing teach nothing.</summary>
    public static RouteHistory? Learn(RouteHistory? before, Measured measured)
    {
        ArgumentNullException.ThrowIfNull(measured);
        if (measured is not { Bytes: > 0, TotalSeconds: > 0, Probe: { Valid: true, BlackoutMs: var blackout } })
            return before;
        var bandwidth = measured.Bytes / measured.TotalSeconds;
        return before is null
            ? new RouteHistory(bandwidth, blackout, TouchedBytes: null, DirtyBytesPerSecond: null, Moves: 1)
            : before with
            {
                BytesPerSecond = Mix(before.BytesPerSecond, bandwidth),
                FixedBlackoutMs = Mix(before.FixedBlackoutMs, blackout),
                Moves = before.Moves + 1,
            };
    }

    private static double Mix(double old, double newest) => (old * (1 - Newest)) + (newest * Newest);
}
