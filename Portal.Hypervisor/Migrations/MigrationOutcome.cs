using Portal.Hypervisor.Probing;

namespace Portal.Hypervisor.Migrations;

/// <summary>How a move ended.</summary>
public enum MigrationVerdict
{
    /// <summary>The machine runs at the destination.</summary>
    Moved,
    /// <summary>The move failed; the machine runs at the source as before.</summary>
    Stayed,
    /// <summary>The move was cancelled; the machine runs at the source as before.</summary>
    Cancelled,
    /// <summary>Both hosts answer and neither runs the machine.</summary>
    Lost,
    /// <summary>A host that may run the machine does not answer; nothing was resumed.</summary>
    Ambiguous,
}

/// <summary>The end of a move.</summary>
/// <param name="Verdict">Where the machine is.</param>
/// <param name="Message">What happened, what it did to the machine, what to do.</param>
/// <param name="Measured">What was measured, of a move that was taken back too; null when nothing was begun, or nothing is known.</param>
/// <param name="Predicted">What was predicted; null when it never came to that.</param>
public sealed record MigrationOutcome(MigrationVerdict Verdict, string Message, Measured? Measured, Predicted? Predicted);

/// <summary>What a move is expected to be.</summary>
/// <param name="TotalSeconds">Until the guest runs at the destination with all of its memory, s.</param>
/// <param name="BlackoutMsLow">Least blackout, ms.</param>
/// <param name="BlackoutMsHigh">Most, ms.</param>
/// <param name="Converges">Whether copying outruns the guest's writes.</param>
/// <param name="Bytes">Bytes to be sent.</param>
/// <param name="PauseMs">The hypervisor's part of the blackout, ms.</param>
/// <param name="ConvergenceMs">The rest of it, ms.</param>
public sealed record Predicted(double TotalSeconds, double BlackoutMsLow, double BlackoutMsHigh, bool Converges, long Bytes, double PauseMs, double ConvergenceMs)
{
    /// <summary>Disks to be copied before memory, at most, bytes; 0 where both hosts see the same store.</summary>
    public long DiskBytes { get; init; }
}

/// <summary>What a move was.</summary>
/// <param name="TotalSeconds">Until the guest ran at the destination with all of its memory, or was known to run on at the source, s.</param>
/// <param name="TeardownSeconds">What the source still needed after that, s.</param>
/// <param name="PauseMs">The hypervisor's own downtime, ms; null: not reported.</param>
/// <param name="Probe">What the guest's users felt; null without a probe.</param>
/// <param name="ConvergenceMs">
/// Blackout less pause, ms: the part others hide. Never below 0: libvirt's pause counts some hand-over of control that no ping meets.
/// </param>
/// <param name="Bytes">Bytes sent.</param>
/// <param name="Iterations">Passes over memory.</param>
/// <param name="GuestAnswers">Whether the guest answered the probe at the end.</param>
/// <param name="DirtyBytesPerSecond">How fast the guest wrote while it was copied, as the hypervisor last said; null: it did not.</param>
public sealed record Measured(
    double TotalSeconds, double TeardownSeconds, double? PauseMs, ProbeReport? Probe, double? ConvergenceMs,
    long Bytes, int Iterations, bool GuestAnswers, double? DirtyBytesPerSecond = null)
{
    /// <summary>Bytes of disks that were copied; 0 where both hosts see the same store.</summary>
    public long DiskBytes { get; init; }

    /// <summary>How long the disks were copied before memory followed, s.</summary>
    public double DiskSeconds { get; init; }
}
