namespace Portal.Hypervisor.Migrations;

/// <summary>How memory gets from one host to the other.</summary>
internal abstract class Transfer(MigrationPlan plan, MoveEnds ends, Findings findings, Bulletin bulletin)
{
    /// <summary>Beyond the copy itself, a call may need this long for set-up and teardown.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan Again = TimeSpan.FromMilliseconds(100);

    protected MigrationPlan Plan => plan;

    protected Findings Findings => findings;

    protected MoveEnds Ends => ends;

    protected Bulletin Bulletin => bulletin;

    /// <summary>The way a move's memory takes.</summary>
    public static Transfer Of(MigrationPlan plan, MoveEnds ends, Findings findings, Bulletin bulletin, CancellationToken abandon) => plan.Mode == MigrationMode.QuickSaved
        ? new SavedTransfer(plan, ends, findings, bulletin, abandon)
        : new StreamTransfer(plan, ends, findings, bulletin);

    /// <summary>Longest a transfer's call may block; the brake acts before that.</summary>
    protected TimeSpan CallDeadline => findings.CopyDeadline(plan.Options) + Margin;

    /// <summary>Whether the guest can go on at the destination before its memory has arrived.</summary>
    public virtual bool CanPostCopy => false;

    /// <summary>Carries the machine over; fails with what libvirt says.</summary>
    public abstract Task RunAsync();

    /// <summary>The hypervisor's own figure for the pause, ms; null: it has none.</summary>
    public virtual Task<double?> PauseMsAsync(JobStatistics? statistics, double resumed) => Task.FromResult(statistics?.DowntimeMs);

    /// <summary>
    /// Asks libvirt to abort, again until the call returns: a job that is only being set up cannot be aborted yet. Ends at
    /// the point of no return, when the guest runs at the destination.
    /// </summary>
    public virtual async Task AbortAsync(Task transfer)
    {
        using var tick = new PeriodicTimer(Again);
        while (!transfer.IsCompleted && !ends.Resumed.IsCompleted)
        {
            try
            {
                await ends.Source.CallAsync(connection => JobCalls.Abort(connection, plan.Machine), CancellationToken.None);
            }
            catch (LibvirtException e)
            {
                bulletin.Decide("The source did not stop the move when asked.", e.Message);
                if (e.IsConnectionLost)
                    return;
            }

            await Task.WhenAny(transfer, ends.Resumed, tick.WaitForNextTickAsync(CancellationToken.None).AsTask());
        }
    }
}
