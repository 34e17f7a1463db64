using System.Globalization;

namespace Portal.Hypervisor.Migrations;

/// <summary>
/// Watches a copy: reads the job's statistics ten times a second, tells progress, and does what <see cref="SwitchoverController"/>
/// decides. Of a guest that switches over it asks nothing: a question asked during its pause prolongs it.
/// </summary>
internal sealed class CopyWatch(MoveEnds ends, MigrationPlan plan, Findings findings, Transfer transfer, ProbeWatch probe, Timeline timeline, Bulletin bulletin)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly TaskCompletionSource<string> _givenUp = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SwitchoverRules _rules = SwitchoverRules.Of(plan.Mode, plan.Options, findings);
    private SwitchoverState _state = SwitchoverState.Begin(SwitchoverRules.Of(plan.Mode, plan.Options, findings));
    private (int Number, double Began) _pass;
    private double _percent;
    private bool _isHeld;
    private double? _memorySince;
    private (long Bytes, double At) _came;
    private bool _isBrokenOff;
    private readonly TaskCompletionSource _running = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _memoryFollows = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Kept _before = new(Limit: null);
    private bool _isSlowingBound;

    /// <summary>The last statistics read while the job ran.</summary>
    public JobStatistics? Last { get; private set; }

    /// <summary>
    /// How fast the guest wrote, as last said while the job ran; the final statistics have nothing of it. A short copy ends before the hypervisor says it:
    /// then what the first pass left, over its length. Null: not even that was seen.
    /// </summary>
    public double? DirtyBytesPerSecond { get; private set; }

    /// <summary>Completes when the disks are copied and memory follows.</summary>
    public Task MemoryFollows => _memoryFollows.Task;

    /// <summary>Why the policy gave the move up; never completes when it did not.</summary>
    public Task<string> GivenUp => _givenUp.Task;

    /// <summary>When memory was last seen to be left at the source of a guest that went on at the destination, s; null: it was not.</summary>
    public double? FollowedAt { get; private set; }

    /// <summary>Whether the guest was sent on before its memory: from then on the source must never run it again.</summary>
    public bool HasPostCopied { get; private set; }

    /// <summary>Bytes of disks copied so far.</summary>
    public long DiskBytes { get; private set; }

    /// <summary>How long disks were copied before memory followed, s, by when the copy began.</summary>
    public double DiskSeconds(double began) => DiskBytes == 0 ? 0 : Math.Max(0, (_memorySince ?? timeline.Now) - began);

    /// <summary>Whether the guest switches over now, or has.</summary>
    private bool IsSwitching => plan.Mode.KeepsRunning() && ends.Suspended.IsCompleted && !_isHeld;

    /// <summary>Runs until told to stop, or the host cannot be asked any more.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using var tick = new PeriodicTimer(Interval);
        try
        {
            while (await tick.WaitForNextTickAsync(stop))
            {
                if (IsSwitching && !HasPostCopied)
                    return;
                if (IsSwitching && !ends.Resumed.IsCompleted)
                    continue;
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

    /// <summary>The limit of the stream as it is now, MiB/s; null: none.</summary>
    public int? LimitMibPerSecond { get; private set; } = plan.Options.MaxMibPerSecond;

    /// <summary>Sets the limits that people ask for while the stream runs, and says who asked.</summary>
    public async Task ObeyAsync(CancellationToken stop)
    {
        if (plan.Limits is not { } limits)
            return;
        try
        {
            // A limit set while the job is only being set up would be overridden by the one it begins with.
            await _running.Task.WaitAsync(stop);
            await foreach (var limit in limits.ReadAllAsync(stop))
            {
                try
                {
                    var isPostCopy = HasPostCopied;
                    await ends.Source.CallAsync(connection => JobCalls.SetMaxSpeed(connection, plan.Machine, limit.MibPerSecond, isPostCopy), stop);
                    bulletin.Decide($"{limit.By} set the limit of the stream to {BandwidthLimit.Words(limit.MibPerSecond)}.", $"it was {BandwidthLimit.Words(LimitMibPerSecond)}{(IsCopyingDisks ? "; the copy of disks that is under way keeps that" : "")}");
                    LimitMibPerSecond = limit.MibPerSecond;
                }
                catch (LibvirtException e)
                {
                    bulletin.Decide($"{limit.By} asked for a limit of {BandwidthLimit.Words(limit.MibPerSecond)}, and the source did not take it.", e.Message);
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The copy is over.
        }
    }

    /// <summary>Remembers the limit that the machine's moves keep to without one of their own: libvirt takes that of a move for it.</summary>
    public async Task RememberLimitAsync()
    {
        try
        {
            _before = await ends.Source.CallAsync(connection => new Kept(JobCalls.MaxSpeed(connection, plan.Machine)), CancellationToken.None);
        }
        catch (LibvirtException)
        {
            // Then there is nothing to go back to; the move itself fails where the host is silent.
        }
    }

    /// <summary>
    /// A machine that stays keeps no limit that was only meant for this move: libvirt would hold its next move to it. What was there before
    /// comes back, be it an administrator's own (<c>virsh migrate-setspeed</c>).
    /// </summary>
    public async Task RestoreLimitsAsync()
    {
        try
        {
            if (_isSlowingBound)
                await ends.Source.CallAsync(connection => JobCalls.SetMostSlowing(connection, plan.Machine, SwitchoverController.MostSlowPercent), CancellationToken.None);
            if (_before.Limit is { } before)
                await ends.Source.CallAsync(connection => JobCalls.SetMaxSpeed(connection, plan.Machine, before, isPostCopy: false), CancellationToken.None);
        }
        catch (LibvirtException e)
        {
            bulletin.Decide($"This move's limits (of the stream {BandwidthLimit.Words(LimitMibPerSecond)}) may hold for the machine's next move, too: the source did not take them back.", e.Message);
        }
    }

    private bool IsCopyingDisks => Last is { DiskRemainingBytes: > 0 };

    /// <summary>Tells the job's final figures.</summary>
    public void Conclude(JobStatistics statistics)
    {
        _percent = 100;
        Tell(statistics);
    }

    private async Task ObserveAsync(JobStatistics statistics, CancellationToken stop)
    {
        Last = statistics;
        _running.TrySetResult();
        LearnWrites(statistics);
        Tell(statistics);
        // Disks go first, while the guest runs as ever; there is nothing to decide before memory follows.
        if (statistics.TotalBytes <= 0)
            return;
        _memorySince ??= timeline.Now;
        _memoryFollows.TrySetResult();
        if (HasPostCopied)
            await FollowAsync(statistics, stop);
        if (plan.Mode == MigrationMode.QuickDirect && ends.Suspended.IsCompleted && statistics is { RemainingBytes: 0, ProcessedBytes: > 0 })
            bulletin.Enter(MigrationPhase.SwitchOver, Describe());
        if (!plan.Mode.KeepsRunning() || ends.Suspended.IsCompleted)
            return;
        var now = timeline.Now;
        var observation = new CopyObservation(
            findings.Storage is null ? now : now - _memorySince.Value, statistics.RemainingBytes, statistics.BytesPerSecond, IterationOf(statistics), statistics.DirtyBytesPerSecond, statistics.SlowedPercent, probe.SilentMs(now));
        (_state, var decision) = SwitchoverController.Observe(_state, observation, _rules with { CanPostCopy = transfer.CanPostCopy });
        if (decision is null)
            return;
        bulletin.Decide(decision.Text, decision.Figures);
        await ActAsync(decision, stop);
    }

    private void LearnWrites(JobStatistics statistics)
    {
        var (now, pass) = (timeline.Now, IterationOf(statistics));
        if (statistics.DirtyBytesPerSecond > 0)
            DirtyBytesPerSecond = statistics.DirtyBytesPerSecond;
        else if (_pass.Number == 1 && pass == 2 && now > _pass.Began)
            DirtyBytesPerSecond = statistics.RemainingBytes / (now - _pass.Began);
        if (pass != _pass.Number)
            _pass = (pass, now);
    }

    private async Task ActAsync(SwitchoverDecision decision, CancellationToken stop)
    {
        switch (decision.Act)
        {
            case SwitchoverAct.Limit:
                await ends.Source.CallAsync(connection => JobCalls.SetMaxDowntime(connection, plan.Machine, decision.LimitMs), stop);
                break;
            case SwitchoverAct.Slow:
                await SlowAsync(decision.MostSlowedPercent, stop);
                break;
            case SwitchoverAct.PostCopy:
                await PostCopyAsync(stop);
                break;
            case SwitchoverAct.Pause:
                await HoldAsync(stop);
                break;
            case SwitchoverAct.GiveUp:
                _givenUp.TrySetResult($"{decision.Text.TrimEnd('.')} ({decision.Figures}).");
                break;
            case SwitchoverAct.Tell:
                break;
        }
    }

    private async Task SlowAsync(int mostPercent, CancellationToken stop)
    {
        try
        {
            await ends.Source.CallAsync(connection => JobCalls.SetMostSlowing(connection, plan.Machine, mostPercent), stop);
            _isSlowingBound = true;
        }
        catch (LibvirtException e) when (!e.IsConnectionLost)
        {
            bulletin.Decide("The source cannot slow the guest less.", e.Message);
        }
    }

    /// <summary>A dead link is noticed by TCP after a quarter of an hour; a guest that waits for its memory cannot wait that long.</summary>
    private async Task FollowAsync(JobStatistics statistics, CancellationToken stop)
    {
        var now = timeline.Now;
        if (statistics.RemainingBytes > 0)
            FollowedAt = now;
        if (statistics.ProcessedBytes != _came.Bytes || statistics.RemainingBytes == 0)
            _came = (statistics.ProcessedBytes, now);
        else if (findings.CanRecover && !_isBrokenOff && now - _came.At > plan.Options.StreamDeadline.TotalSeconds)
        {
            _isBrokenOff = true;
            bulletin.Decide("Nothing comes of the guest's memory: the stream is broken off, to be taken up again.",
                string.Create(CultureInfo.InvariantCulture, $"{now - _came.At:0} s, {statistics.RemainingBytes / 1048576.0:0} MiB left"));
            await ends.Source.CallAsync(connection => JobCalls.BreakPostCopy(connection, plan.Machine), stop);
        }
    }

    private async Task PostCopyAsync(CancellationToken stop)
    {
        // Set before it is done: whoever hears of the guest's pause must know that it may go on without its memory.
        HasPostCopied = true;
        try
        {
            await ends.Source.CallAsync(connection => JobCalls.StartPostCopy(connection, plan.Machine), stop);
        }
        catch (LibvirtException e) when (!e.IsConnectionLost)
        {
            HasPostCopied = false;
            bulletin.Decide("The source does not go post-copy; the guest is paused and the rest is sent.", e.Message);
            await HoldAsync(stop);
        }
    }

    private Task<bool> HoldAsync(CancellationToken stop)
    {
        _isHeld = true;
        return ends.Source.CallAsync(connection => Machines.DomainCalls.IfFound(connection, plan.Machine, Machines.DomainCalls.Suspend), stop);
    }

    private int IterationOf(JobStatistics statistics) => Math.Max(statistics.Iteration, ends.Iteration);

    private void Tell(JobStatistics statistics)
    {
        DiskBytes = Math.Max(DiskBytes, statistics.DiskProcessedBytes);
        // Before memory follows libvirt says nothing of it: all of it is left.
        var memory = statistics.TotalBytes > 0 ? statistics.TotalBytes : findings.MemoryBytes;
        var left = (statistics.TotalBytes > 0 ? statistics.RemainingBytes : memory) + statistics.DiskRemainingBytes;
        var total = memory + statistics.DiskTotalBytes;
        if (statistics.TotalBytes <= 0 && statistics.DiskTotalBytes <= 0)
            return;
        // Later passes send pages again: what is left goes up and down, how far the move has come does not.
        _percent = Math.Max(_percent, 100.0 * (total - left) / total);
        bulletin.Report(new MigrationProgress(
            memory, left - statistics.DiskRemainingBytes, statistics.ProcessedBytes, statistics.TotalBytes > 0 ? statistics.BytesPerSecond : statistics.DiskBytesPerSecond,
            // One that stands still writes nothing.
            plan.Mode.KeepsRunning() ? (long?)DirtyBytesPerSecond : 0, IterationOf(statistics), statistics.DowntimeMs, Math.Round(_percent, 1))
        {
            DiskTotalBytes = statistics.DiskTotalBytes, DiskRemainingBytes = statistics.DiskRemainingBytes,
        });
    }

    /// <summary>The limit that was there before the move.</summary>
    private sealed record Kept(ulong? Limit);

    /// <summary>The figures that explain a copy that did not come to its end.</summary>
    public string Describe() => Last is not { } last ? "no statistics" : string.Create(CultureInfo.InvariantCulture,
        $"{last.RemainingBytes / 1048576.0:0} MiB left after {IterationOf(last)} passes; {(DirtyBytesPerSecond is { } writes ? $"the guest writes {writes / 1048576.0:0} MiB/s" : "how much the guest writes is not known")} and the network carries {last.BytesPerSecond / 1048576.0:0} MiB/s");
}
