using System.Globalization;

namespace Portal.Hypervisor.Migrations;

/// <summary>
/// Watches a copy: reads the job's statistics ten times a second, tells progress, and applies
/// <see cref="DowntimePolicy"/>. Of a live move only while the guest runs: a question asked during its pause prolongs it.
/// </summary>
internal sealed class CopyWatch(MoveEnds ends, MigrationPlan plan, Timeline timeline, Bulletin bulletin)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private double _percent;
    private DowntimeState _downtime = DowntimeState.Begin(plan.Options.FirstDowntimeMs);

    /// <summary>The last statistics read while the job ran.</summary>
    public JobStatistics? Last { get; private set; }

    /// <summary>Runs until told to stop, or the host cannot be asked any more.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using var tick = new PeriodicTimer(Interval);
        try
        {
            while (await tick.WaitForNextTickAsync(stop))
            {
                if (plan.Mode == MigrationMode.Live && ends.Suspended.IsCompleted)
                    return;
                if (await ends.Source.CallAsync(connection => JobCalls.Read(connection, plan.Machine), stop) is { } statistics)
                    await ObserveAsync(statistics, stop);
            }
        }
        catch (OperationCanceledException)
        {
            // The copy is over.
        }
        catch (LibvirtException e)
        {
            bulletin.Decide("The source no longer says how far the copy is.", e.Message);
        }
    }

    /// <summary>Tells the job's final figures.</summary>
    public void Conclude(JobStatistics statistics)
    {
        _percent = 100;
        Tell(statistics);
    }

    private async Task ObserveAsync(JobStatistics statistics, CancellationToken stop)
    {
        Last = statistics;
        Tell(statistics);
        if (plan.Mode == MigrationMode.QuickDirect && ends.Suspended.IsCompleted && statistics is { RemainingBytes: 0, ProcessedBytes: > 0 })
            bulletin.Enter(MigrationPhase.SwitchOver, Describe());
        if (plan.Mode != MigrationMode.Live || ends.Suspended.IsCompleted)
            return;
        var observation = new CopyObservation(timeline.Now, statistics.RemainingBytes, statistics.BytesPerSecond, IterationOf(statistics));
        (_downtime, var decision) = DowntimePolicy.Observe(_downtime, observation, plan.Options.LastDowntimeMs);
        if (decision is null)
            return;
        if (decision.RaiseTo is { } limit)
            await ends.Source.CallAsync(connection => JobCalls.SetMaxDowntime(connection, plan.Machine, limit), stop);
        bulletin.Decide(decision.Text, decision.Figures);
    }

    private int IterationOf(JobStatistics statistics) => Math.Max(statistics.Iteration, ends.Iteration);

    private void Tell(JobStatistics statistics)
    {
        if (statistics.TotalBytes <= 0)
            return;
        // Later passes send pages again: what is left goes up and down, how far the move has come does not.
        _percent = Math.Max(_percent, 100.0 * (statistics.TotalBytes - statistics.RemainingBytes) / statistics.TotalBytes);
        bulletin.Report(new MigrationProgress(
            statistics.TotalBytes, statistics.RemainingBytes, statistics.ProcessedBytes, statistics.BytesPerSecond,
            statistics.DirtyBytesPerSecond, IterationOf(statistics), statistics.DowntimeMs, Math.Round(_percent, 1)));
    }

    /// <summary>The figures that explain a copy that did not come to its end.</summary>
    public string Describe() => Last is not { } last ? "no statistics" : string.Create(CultureInfo.InvariantCulture,
        $"{last.RemainingBytes / 1048576.0:0} MiB left after {IterationOf(last)} passes; the guest writes {last.DirtyBytesPerSecond / 1048576.0:0} MiB/s and the network carries {last.BytesPerSecond / 1048576.0:0} MiB/s");
}
