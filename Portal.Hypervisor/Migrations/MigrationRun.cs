using Microsoft.Extensions.Logging;
using Portal.Hypervisor.Machines;

namespace Portal.Hypervisor.Migrations;

/// <summary>One move from its check to its receipt.</summary>
internal sealed class MigrationRun
{
    private readonly MigrationPlan _plan;
    private readonly GuestGauge _gauge;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly CancellationToken _abandon;
    private readonly Timeline _timeline;
    private readonly Bulletin _bulletin;

    public MigrationRun(MigrationPlan plan, GuestGauge gauge, ILogger logger, TimeProvider time, CancellationToken abandon)
    {
        _plan = plan;
        _gauge = gauge;
        _logger = logger;
        _time = time;
        _abandon = abandon;
        _timeline = new Timeline(plan.Guest is null ? TimeSpan.Zero : plan.Options.ProbeLead, time);
        _bulletin = new Bulletin(_timeline);
    }

    public Bulletin Bulletin => _bulletin;

    private string Here => _plan.Source.Endpoint.Name;

    private string There => _plan.Destination.Endpoint.Name;

    /// <summary>Makes the move. Never throws: whatever happens, the last update is the outcome.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        MigrationOutcome outcome;
        try
        {
            _bulletin.Enter(MigrationPhase.Check, "");
            await using var probe = await ProbeWatch.StartAsync(_plan.Guest, _plan.Options.ProbeInterval, _timeline, _bulletin, _abandon);
            outcome = await MoveAsync(probe, stop);
        }
        catch (OperationCanceledException) when (_abandon.IsCancellationRequested)
        {
            _logger.LogInformation("The move of {Machine} from {Source} to {Destination} is left to whoever takes it over", _plan.Machine, Here, There);
            outcome = new MigrationOutcome(MigrationVerdict.Ambiguous, "The portal left the move as it was.", Measured: null, Predicted: null);
        }
        catch (Exception e)
        {
            _logger.LogError(e, "The move of {Machine} from {Source} to {Destination} broke off", _plan.Machine, Here, There);
            outcome = new MigrationOutcome(MigrationVerdict.Ambiguous,
                $"The portal itself failed during the move: {e.Message} Look at both hosts before anything else is done with the machine.", Measured: null, Predicted: null);
        }

        _gauge.Forget(_plan.Machine);
        _bulletin.Finish(outcome);
    }

    private async Task<MigrationOutcome> MoveAsync(ProbeWatch probe, CancellationToken stop)
    {
        Predicted? predicted = null;
        MoveEnds ends;
        Findings findings;
        StorageMove? storage = null;
        try
        {
            ends = await MoveEnds.OpenAsync(_plan, _timeline, stop);
        }
        catch (Exception e)
        {
            return Untouched(e, predicted);
        }

        await using (ends)
        {
            try
            {
                findings = await Preflight.CheckAsync(ends, _plan, _time.GetUtcNow(), stop);
                if (findings.Refusal is { } refusal)
                    return Untouched(MigrationVerdict.Stayed, refusal, predicted);
                storage = findings.Storage;
                var foresight = await ForetellAsync(findings, stop);
                predicted = foresight?.Predicted;
                if (foresight is { Refusal: { } unwise })
                    return Untouched(MigrationVerdict.Stayed, unwise, predicted);
                await PrepareAsync(ends, findings, probe, stop);
            }
            catch (Exception e)
            {
                await ClearAsync(MigrationVerdict.Stayed, storage);
                return Untouched(e, predicted);
            }

            _abandon.ThrowIfCancellationRequested();
            _bulletin.Enter(MigrationPhase.Copy, "ready");
            var plan = TakeLimits();
            var transfer = Transfer.Of(plan, ends, findings, _bulletin, _abandon);
            var watch = new CopyWatch(ends, plan, findings, transfer, probe, _timeline, _bulletin);
            var handover = new Handover(plan, ends, findings, transfer, watch, probe, _timeline, _bulletin, _time, _abandon);
            var result = await handover.RunAsync(stop);
            await ClearAsync(result.Verdict, storage);
            return result with { Predicted = predicted };
        }
    }

    /// <summary>Looks at the guest once more, while the probe's lead-in runs anyway.</summary>
    private async Task<Foresight?> ForetellAsync(Findings findings, CancellationToken stop)
    {
        _bulletin.Enter(MigrationPhase.Predict, $"{Here} and {There} can do it; {(findings.Storage is null ? "both see the same store" : "they share no store")}");
        if (findings.Storage is { } storage)
            _bulletin.Decide("The machine's disks are copied before its memory, since the hosts share no store.", $"{string.Join(", ", storage.Disks.Select(disk => disk.Volume))}: {storage.StreamBytes / 1048576.0:0} MiB at most");
        if (_plan.Options.Foretell is not { } foretell)
            return null;
        var sight = await SightAsync(stop) ?? new GuestSight(findings.MemoryBytes, findings.TouchedBytes, []);
        var foresight = foretell(sight with { DiskBytes = findings.Storage?.StreamBytes ?? 0 });
        _bulletin.Foretell(foresight.Predicted);
        foreach (var write in sight.Writes)
            _bulletin.Decide("Measured how fast the guest writes.", $"{write.BytesPerSecond / 1048576.0:0.#} MiB/s within {write.Seconds:0.0} s");
        if (!foresight.Predicted.Converges)
            _bulletin.Decide("The guest may write faster than the network carries; a quick move would surely end.", $"{foresight.Predicted.Bytes / 1048576.0:0} MiB to send");
        return foresight;
    }

    private async Task<GuestSight?> SightAsync(CancellationToken stop)
    {
        try
        {
            return await _gauge.LookAsync(_plan.Source, _plan.Machine, stop);
        }
        catch (Exception e) when (e is LibvirtException || (e is OperationCanceledException && !stop.IsCancellationRequested))
        {
            // A prediction that rests on less is no reason not to move.
            return null;
        }
    }

    /// <summary>The plan with the limit that was set last while nothing ran yet that it could have been set on.</summary>
    private MigrationPlan TakeLimits()
    {
        var options = _plan.Options;
        while (_plan.Limits is { } limits && limits.TryRead(out var limit))
        {
            _bulletin.Decide($"{limit.By} set the limit of the stream to {BandwidthLimit.Words(limit.MibPerSecond)} before the copy began.", $"it was {BandwidthLimit.Words(options.MaxMibPerSecond)}");
            options = options with { MaxMibPerSecond = limit.MibPerSecond };
        }

        return _plan with { Options = options };
    }

    private async Task PrepareAsync(MoveEnds ends, Findings findings, ProbeWatch probe, CancellationToken stop)
    {
        _bulletin.Enter(MigrationPhase.Prepare, "predicted");
        // Whatever the destination has of it afterwards is this move's, and so proves how far the move came.
        await ends.Destination.CallAsync(connection => DomainCalls.IfFound(connection, _plan.Machine, DomainCalls.Forget), stop);
        if (_plan.Mode.KeepsRunning())
        {
            var rules = SwitchoverRules.Of(_plan.Mode, _plan.Options, findings);
            await ends.Source.CallAsync(connection => JobCalls.SetMaxDowntime(connection, _plan.Machine, rules.FirstMs), stop);
            if (_plan.Mode == MigrationMode.Live)
                _bulletin.Decide($"Allow a pause of {rules.FirstMs} ms at first.", $"{rules.Policy.Name}: raised only if the copy does not converge, to {rules.MostMs} ms at most");
        }

        if (findings.Storage is { } storage)
            await StorageCarrier.MakeAsync(ends, _plan, storage, stop);
        // Finding out how a guest is to be asked that answers no ping takes longer than the lead: it is asked for half of that at least.
        await _timeline.UntilAsync(probe.IsActive ? Math.Max(0, probe.BeganAt + _plan.Options.ProbeLead.TotalSeconds / 2) : 0, stop);
    }

    /// <summary>Removes the disks that one end has too many of. What cannot be removed now takes room and nothing else, so it fails no move.</summary>
    private async Task ClearAsync(MigrationVerdict verdict, StorageMove? storage)
    {
        if (storage is null || verdict is MigrationVerdict.Lost or MigrationVerdict.Ambiguous)
            return;
        var hasMoved = verdict == MigrationVerdict.Moved;
        try
        {
            var (source, destination) = (new DiskEnd(_plan.Source, _plan.Pool), new DiskEnd(_plan.Destination, _plan.DestinationPool));
            var (kept, extra) = hasMoved ? (destination, source) : (source, destination);
            var removed = await StorageCarrier.ClearAsync(_plan.Machine, _plan.Volumes, kept, extra, _time.GetUtcNow(), mayMend: null, _abandon);
            if (removed > 0)
                _bulletin.Decide(hasMoved ? $"The disks at {Here} are removed: the machine has those at {There}." : $"What was copied to {There} is removed: the machine has its disks at {Here}.", removed == 1 ? "1 volume" : $"{removed} volumes");
        }
        catch (LibvirtException e)
        {
            _bulletin.Decide($"The machine's disks at {(hasMoved ? Here : There)} could not be removed, and take room there until somebody does (virsh vol-delete).", e.Message);
        }
    }

    /// <summary>Before the copy nothing is touched, so whatever goes wrong leaves the machine where it is.</summary>
    private MigrationOutcome Untouched(Exception fault, Predicted? predicted)
    {
        if (fault is OperationCanceledException)
            return Untouched(MigrationVerdict.Cancelled, "Cancelled before anything was moved.", predicted);
        if (fault is not LibvirtException)
            _logger.LogError(fault, "The check of the move of {Machine} from {Source} to {Destination} failed", _plan.Machine, Here, There);
        return Untouched(MigrationVerdict.Stayed, $"{fault.Message.TrimEnd('.')}. Nothing was moved.", predicted);
    }

    /// <summary>Nothing was begun, so nothing is to be undone.</summary>
    private static MigrationOutcome Untouched(MigrationVerdict verdict, string message, Predicted? predicted)
        => new(verdict, message, Measured: null, predicted);
}
