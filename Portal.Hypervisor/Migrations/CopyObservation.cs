namespace Portal.Hypervisor.Migrations;

/// <summary>What the copy looked like at one moment.</summary>
/// <param name="At">When, seconds since the copy began.</param>
/// <param name="RemainingBytes">Memory still to be sent.</param>
/// <param name="BytesPerSecond">Bandwidth; 0 until first measured.</param>
/// <param name="Iteration">Pass over memory, from 1.</param>
/// <param name="DirtyBytesPerSecond">How fast the guest rewrites memory; 0 until first measured.</param>
/// <param name="SlowedPercent">How much the hypervisor slows the guest's processors.</param>
/// <param name="SilentMs">How long the guest has not answered the probe, ms; null: nobody asks, or it never answered.</param>
internal sealed record CopyObservation(
    double At, long RemainingBytes, long BytesPerSecond, int Iteration, long DirtyBytesPerSecond = 0, int SlowedPercent = 0, double? SilentMs = null);
