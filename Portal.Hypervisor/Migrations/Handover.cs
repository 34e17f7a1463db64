namespace Portal.Hypervisor.Migrations;

/// <summary>
/// The part of a move that changes something: copy, switch over, confirm, or undo. Whatever the calls return, the
/// machine is where the hosts say it is; the outcome follows from that alone.
/// </summary>
internal sealed class Handover(
    MigrationPlan plan, MoveEnds ends, Findings findings, Transfer transfer, CopyWatch watch, ProbeWatch probe, Timeline timeline, Bulletin bulletin, TimeProvider time,
    CancellationToken abandon)
{
    private string Here => plan.Source.Endpoint.Name;

    private string There => plan.Destination.Endpoint.Name;

    public async Task<MigrationOutcome> RunAsync(CancellationToken stop)
    {
        await watch.RememberLimitAsync();
        var began = timeline.Now;
        using var copying = new CancellationTokenSource();
        var watching = Task.WhenAll(watch.RunAsync(copying.Token), watch.ObeyAsync(copying.Token));
        var moving = transfer.RunAsync();
        var brake = BrakeAsync(moving, stop, copying.Token);
        var confirming = ConfirmAsync(moving);
        var failure = await FailureOf(moving);
        var returned = timeline.Now;
        await copying.CancelAsync();
        await Task.WhenAll(watching, brake);
        // Whoever holds the move now looks at the hosts: two must not mend one machine.
        abandon.ThrowIfCancellationRequested();
        if (failure is null)
            return await ArrivedAsync(began, returned, await confirming);
        return await RecoverAsync(began, returned, failure, await brake, confirming);
    }

    /// <summary>The call's failure, if it failed; faults of the portal itself go on up.</summary>
    private static async Task<LibvirtException?> FailureOf(Task moving)
    {
        try
        {
            await moving;
            return null;
        }
        catch (LibvirtException e)
        {
            return e;
        }
    }

    /// <summary>Stops the transfer when asked, or when it takes too long. Returns why it did; null when it did not.</summary>
    private async Task<string?> BrakeAsync(Task moving, CancellationToken stop, CancellationToken over)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, over, abandon);
        try
        {
            var late = LateAsync(either.Token);
            if (await Task.WhenAny(late, watch.GivenUp) == watch.GivenUp)
                return await ApplyBrakeAsync(moving, await watch.GivenUp);
            await late;
        }
        catch (OperationCanceledException) when (abandon.IsCancellationRequested || !stop.IsCancellationRequested || moving.IsCompleted)
        {
            return null;
        }
        catch (OperationCanceledException)
        {
            return await ApplyBrakeAsync(moving, "Cancelled on request.");
        }

        return await ApplyBrakeAsync(moving, $"The copy did not end within {findings.CopyDeadline(plan.Options).TotalSeconds:0} s ({watch.Describe()}).");
    }

    /// <summary>Completes when the copy took too long: disks have a time of their own, and memory has its own from when it follows them.</summary>
    private async Task LateAsync(CancellationToken stop)
    {
        var all = Task.Delay(findings.CopyDeadline(plan.Options), time, stop);
        await (findings.Storage is not null && await Task.WhenAny(all, watch.MemoryFollows) == watch.MemoryFollows ? Task.Delay(plan.Options.CopyDeadline, time, stop) : all);
    }

    private async Task<string> ApplyBrakeAsync(Task moving, string reason)
    {
        if (ends.Resumed.IsCompleted || watch.HasPostCopied)
        {
            bulletin.Decide("Too late to stop: the guest already runs at the destination.", reason);
            return reason;
        }

        bulletin.Decide("Stopping the move; the machine stays where it is if that is still possible.", reason);
        await transfer.AbortAsync(moving);
        return reason;
    }

    /// <summary>Follows the guest across: the moment it stops, the moment it runs, and whether it answers.</summary>
    private async Task<Confirmation> ConfirmAsync(Task moving)
    {
        if (await Task.WhenAny(ends.Suspended, ends.Resumed, moving) == ends.Suspended && plan.Mode.KeepsRunning())
            bulletin.Enter(MigrationPhase.SwitchOver, watch.Describe(), await ends.Suspended);
        await Task.WhenAny(ends.Resumed, moving);
        if (!ends.Resumed.IsCompleted && !moving.IsCompletedSuccessfully)
            return Confirmation.None;
        var resumed = ends.Resumed.IsCompletedSuccessfully ? await ends.Resumed : timeline.Now;
        bulletin.Enter(MigrationPhase.SwitchOver, watch.Describe(), resumed);
        bulletin.Enter(MigrationPhase.Confirm, $"the guest runs at {There}", resumed);
        var listener = new Listener(plan, ends, findings, probe, timeline, bulletin, time);
        return new Confirmation(resumed, await listener.ListenAsync(resumed), listener.Announced);
    }

    private async Task<MigrationOutcome> ArrivedAsync(double began, double returned, Confirmation confirmation)
    {
        var statistics = await FinalStatisticsAsync();
        if (statistics is not null)
            watch.Conclude(statistics);
        var report = await FinishProbeAsync(confirmation.ResumedAt);
        var pause = await transfer.PauseMsAsync(statistics, confirmation.ResumedAt);
        var complete = Math.Max(confirmation.ResumedAt, watch.FollowedAt ?? confirmation.ResumedAt);
        var measured = new Measured(
            complete - began, Math.Max(0, returned - complete), pause, report, report?.BlackoutMs - pause is { } rest ? Math.Max(0, rest) : null,
            (statistics ?? watch.Last)?.ProcessedBytes ?? 0, Math.Max(ends.Iteration, (statistics ?? watch.Last)?.Iteration ?? 0), confirmation.Answers, watch.DirtyBytesPerSecond)
        {
            DiskBytes = watch.DiskBytes, DiskSeconds = watch.DiskSeconds(began),
        };
        return new MigrationOutcome(MigrationVerdict.Moved, ArrivalMessage(measured, confirmation.Announced), measured, Predicted: null);
    }

    private string ArrivalMessage(Measured measured, int announced)
    {
        var followed = watch.HasPostCopied ? " It went on there before its memory, which has followed." : "";
        if (!probe.IsActive)
            return $"The machine runs at {There}.{followed} Nobody pinged it, so what its users felt is not known.";
        return measured.GuestAnswers
            ? $"The machine runs at {There} and answers; it was silent for {measured.Probe!.BlackoutMs:0} ms.{followed}"
            : $"The machine runs at {There} but does not answer pings, {(announced > 0 ? "though its address was announced again" : "and its address could not be announced again")}. Its memory arrived, its network did not: look at its console, then reset it there.";
    }

    /// <summary>The call failed: ask both hosts, mend, and say where the machine is.</summary>
    private async Task<MigrationOutcome> RecoverAsync(
        double began, double returned, LibvirtException failure, string? braked, Task<Confirmation> confirming)
    {
        bulletin.Enter(MigrationPhase.Undo, failure.Message);
        var settler = new Settler(plan.Machine, plan.Source, plan.Destination, time, mayMend: null, plan.Options.EncryptMemory, (text, figures) => bulletin.Decide(text, figures),
            new StreamPath(plan.StreamAddress, watch.LimitMibPerSecond));
        var settlement = await settler.SettleOrAbortAsync(watch.HasPostCopied ? plan.Options.RecoverDeadline : plan.Options.SettleDeadline, plan.Options.SettleDeadline, abandon);
        var why = braked ?? $"The move failed: {Reason(failure)}.";
        if (settlement is { Where: WhereItRuns.Destination, IsOff: true })
            return new MigrationOutcome(MigrationVerdict.Moved, $"{why} {Named(settlement.Explanation)} It lives there now; start it again, its disk is intact.", Measured: null, Predicted: null);
        if (settlement.Where == WhereItRuns.Destination)
        {
            var confirmation = await confirming is { ResumedAt: > double.NegativeInfinity } known ? known : new Confirmation(returned, probe.HasAnsweredSince(returned));
            var arrived = await ArrivedAsync(began, returned, confirmation);
            return arrived with { Message = $"{arrived.Message} ({why} {settlement.Explanation})" };
        }

        var verdict = settlement.Where switch
        {
            WhereItRuns.Source => braked is not null && braked.StartsWith("Cancelled", StringComparison.Ordinal) ? MigrationVerdict.Cancelled : MigrationVerdict.Stayed,
            WhereItRuns.Nowhere => MigrationVerdict.Lost,
            WhereItRuns.StillMoving or WhereItRuns.Unknown => MigrationVerdict.Ambiguous,
            WhereItRuns.Destination => MigrationVerdict.Moved,
        };
        var advice = verdict switch
        {
            MigrationVerdict.Lost => " Start it again; its disk is intact.",
            MigrationVerdict.Ambiguous when watch.HasPostCopied => " The portal looks again whenever it compares the hosts.",
            MigrationVerdict.Ambiguous => $" {(probe.HasAnsweredSince(returned) ? "It answers pings all the same." : "It does not answer pings.")} The portal asks again when the silent host is back.",
            MigrationVerdict.Stayed or MigrationVerdict.Cancelled or MigrationVerdict.Moved => "",
        };
        if (settlement.Where == WhereItRuns.Source)
            await watch.RestoreLimitsAsync();
        var measured = settlement.Where == WhereItRuns.Source ? await FeltAsync(began) : null;
        return new MigrationOutcome(verdict, $"{why} {Named(settlement.Explanation)}{advice}", measured, Predicted: null);
    }

    /// <summary>libvirt and QEMU speak of their own sockets where a link or a process is gone; people want to know where to look.</summary>
    private string Reason(LibvirtException failure)
    {
        var said = failure.Message.TrimEnd('.');
        if (failure.IsConnectionLost)
            return said;
        if (MoveFailure.IsDisconnected(said))
            return $"the connection between {Here} and {There} broke; see that libvirtd runs at {There} and the network between them is well ({said})";
        return MoveFailure.IsBrokenOff(said)
            ? $"the stream of its memory to {There} broke off, as it does when its process there dies or the network is cut ({said})"
            : said;
    }

    /// <summary>The machine is where it was: what its users felt until then, and whether they reach it.</summary>
    private async Task<Measured> FeltAsync(double began)
    {
        var settled = timeline.Now;
        var report = await FinishProbeAsync(settled);
        return new Measured(settled - began, TeardownSeconds: 0, PauseMs: null, report, ConvergenceMs: null,
            watch.Last?.ProcessedBytes ?? 0, Math.Max(ends.Iteration, watch.Last?.Iteration ?? 0), probe.HasAnsweredSince(settled), watch.DirtyBytesPerSecond)
        {
            DiskBytes = watch.DiskBytes, DiskSeconds = watch.DiskSeconds(began),
        };
    }

    /// <summary>An explanation with the hosts' names in it.</summary>
    private string Named(string explanation) =>
        explanation.Replace("The source", Here, StringComparison.Ordinal).Replace("the source", Here, StringComparison.Ordinal).Replace("the destination", There, StringComparison.Ordinal);

    /// <summary>The event carries the statistics; when it was missed, the destination keeps them.</summary>
    private async Task<JobStatistics?> FinalStatisticsAsync()
    {
        if (ends.JobEnded.IsCompletedSuccessfully)
            return await ends.JobEnded;
        try
        {
            return await ends.Destination.CallAsync(connection => JobCalls.Read(connection, plan.Machine, completed: true), CancellationToken.None);
        }
        catch (LibvirtException)
        {
            return null;
        }
    }

    private async Task<Probing.ProbeReport?> FinishProbeAsync(double resumed)
    {
        var tail = resumed + plan.Options.ProbeTail.TotalSeconds - timeline.Now;
        if (probe.IsActive && tail > 0)
            await Task.Delay(TimeSpan.FromSeconds(tail), time, CancellationToken.None);
        // A guest that went on before its memory may stand still at any time after.
        var isPauseKnown = !watch.HasPostCopied && ends is { Suspended.IsCompletedSuccessfully: true, Resumed.IsCompletedSuccessfully: true };
        return await probe.FinishAsync(isPauseKnown ? (await ends.Suspended, await ends.Resumed) : null);
    }

    /// <summary>When the guest ran at the destination, and whether it answered; nothing when it never got there.</summary>
    private readonly record struct Confirmation(double ResumedAt, bool Answers, int Announced = 0)
    {
        public static Confirmation None => new(double.NegativeInfinity, Answers: false);
    }
}
