using System.Diagnostics;
using Portal.Hypervisor.Hosts;

namespace Portal.Hypervisor.Migrations;

/// <summary>The time axis of one move: seconds, zero when the lead-in ends and the copy may begin.</summary>
internal sealed class Timeline(TimeSpan lead, TimeProvider time)
{
    /// <summary>Zero of the axis as a <see cref="Stopwatch"/> timestamp; the probe stamps its samples against it.</summary>
    public long Origin { get; } = Stopwatch.GetTimestamp() + (long)(lead.TotalSeconds * Stopwatch.Frequency);

    /// <summary>Now, s.</summary>
    public double Now => (Stopwatch.GetTimestamp() - Origin) / (double)Stopwatch.Frequency;

    /// <summary>When an event arrived, s, however late it is handled.</summary>
    public double Of(HostEvent arrived) => (arrived.Stamp - Origin) / (double)Stopwatch.Frequency;

    /// <summary>Waits for a moment, s.</summary>
    public Task UntilAsync(double seconds, CancellationToken cancellationToken)
        => Now < seconds ? Task.Delay(TimeSpan.FromSeconds(seconds - Now), time, cancellationToken) : Task.CompletedTask;
}
