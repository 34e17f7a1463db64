namespace Portal.Hypervisor.Migrations;

/// <summary>What earlier moves between the same two hosts taught.</summary>
/// <param name="BytesPerSecond">Bandwidth of the memory stream, set-up included.</param>
/// <param name="PauseMs">The hypervisor's pause of a live move, ms: handing over costs that much, however few pages are left.</param>
/// <param name="ConvergenceMs">What users feel beyond the pause, ms.</param>
/// <param name="TouchedBytes">Memory the guest had touched, as last measured; null: all of it.</param>
/// <param name="DirtyBytesPerSecond">How fast the guest rewrites memory; null: not known.</param>
/// <param name="Moves">How many moves this was learned from.</param>
public sealed record RouteHistory(double BytesPerSecond, double PauseMs, double ConvergenceMs, long? TouchedBytes, double? DirtyBytesPerSecond, int Moves)
{
    /// <summary>Used before the first move on a route: pause and convergence seen in the lab, and half of what a 1 Gbit/s network carries.</summary>
    public static RouteHistory Unknown { get; } = new(60e6, PauseMs: 40, ConvergenceMs: 10, TouchedBytes: null, DirtyBytesPerSecond: null, Moves: 0);
}
