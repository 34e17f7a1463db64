namespace Portal.Hypervisor.Migrations;

/// <summary>The hypervisor's own statistics of a running move.</summary>
/// <param name="TotalBytes">Memory to be moved.</param>
/// <param name="RemainingBytes">Memory still to be sent.</param>
/// <param name="ProcessedBytes">Bytes sent so far, pages sent again included.</param>
/// <param name="BytesPerSecond">Bandwidth now.</param>
/// <param name="DirtyBytesPerSecond">How fast the guest rewrites memory; null until first measured.</param>
/// <param name="Iteration">Pass over memory, from 1; 0 before the first.</param>
/// <param name="ExpectedDowntimeMs">Pause the hypervisor expects if it switched now, ms; null: not said.</param>
/// <param name="Percent">How far, 0 to 100.</param>
public sealed record MigrationProgress(
    long TotalBytes, long RemainingBytes, long ProcessedBytes, long BytesPerSecond, long? DirtyBytesPerSecond,
    int Iteration, double? ExpectedDowntimeMs, double Percent)
{
    /// <summary>Disks to be copied; 0 where both hosts see the same store.</summary>
    public long DiskTotalBytes { get; init; }

    /// <summary>What is left of them. Memory follows when nothing is.</summary>
    public long DiskRemainingBytes { get; init; }
}
