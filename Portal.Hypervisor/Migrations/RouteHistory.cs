namespace Portal.Hypervisor.Migrations;

/// <summary>What earlier moves between the same two hosts taught.</summary>
/// <param name="BytesPerSecond">Bandwidth of the memory stream, set-up included.</param>
/// <param name="FixedBlackoutMs">What a switchover costs beyond the last pages, ms.</param>
/// <param name="TouchedBytes">Memory the guest had touched, as last measured; null: all of it.</param>
/// <param name="DirtyBytesPerSecond">How fast the guest rewrites memory; null: not known.</param>
/// <param name="Moves">How many moves this was learned from.</param>
public sealed record RouteHistory(double BytesPerSecond, double FixedBlackoutMs, long? TouchedBytes, double? DirtyBytesPerSecond, int Moves);
