namespace Portal.Hypervisor.Migrations;

/// <summary>How much memory a guest wrote to within a window; a page written twice counts once.</summary>
/// <param name="Seconds">The window's length, s.</param>
/// <param name="BytesPerSecond">What was written in it, over its length.</param>
public sealed record WriteRate(double Seconds, double BytesPerSecond);

/// <summary>What could be seen of a running guest without its noticing.</summary>
/// <param name="MemoryBytes">Its memory.</param>
/// <param name="TouchedBytes">What its process holds of it; null: the driver does not say.</param>
/// <param name="Writes">How fast it writes, by window; empty where that could not be measured.</param>
public sealed record GuestSight(long MemoryBytes, long? TouchedBytes, IReadOnlyList<WriteRate> Writes)
{
    /// <summary>Disks that are to be copied with it, at most, bytes; 0 where both hosts see the same store.</summary>
    public long DiskBytes { get; init; }
}

/// <summary>What whoever ordered a move makes of the guest as it is right before it.</summary>
/// <param name="Predicted">What the move is expected to be.</param>
/// <param name="Refusal">Why it should not be made after all; null when it should.</param>
public sealed record Foresight(Predicted Predicted, string? Refusal);
