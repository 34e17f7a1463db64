using Portal.Domain.Changes;
using Portal.Domain.Machines;
using Portal.Domain.Migrations;
using Portal.Domain.Operations;
using Portal.Hypervisor;
using Portal.Hypervisor.Hosts;
using Portal.Hypervisor.Migrations;
using Portal.Web.Health;
using Portal.Web.Migrations;
using Portal.Web.Setup;

namespace Portal.Web.Operations.Moving;

/// <summary>
/// Moves a machine and keeps its receipt. A move that an earlier process began is not begun again: both hosts are asked where the
/// machine runs, what is left is cleaned up, and the receipt says so.
/// </summary>
public sealed class MigrateRunner(
    MigrationBooks books, MigrationService migrations, MigrationBroadcaster broadcaster, MigrationEngine engine, CarriedDisks disks, HostFleet fleet, ChangeFeed changes, Settings settings, TimeProvider time, ILogger<MigrateRunner> logger)
    : IOperationRunner
{
    private static readonly TimeSpan HostPatience = TimeSpan.FromSeconds(5);

    /// <summary>How long hosts are waited for after an interruption: nothing is touched until both answer.</summary>
    private static readonly TimeSpan SettlePatience = TimeSpan.FromMinutes(5);

    /// <inheritdoc/>
    public OperationKind Kind => OperationKind.Migrate;

    /// <inheritdoc/>
    public async Task RunAsync(OperationRun run, CancellationToken abandon)
    {
        var task = await run.KeepAsync(held => books.ReadAsync(run.Claim, held));
        var chunks = await run.KeepAsync(held => migrations.ReadChunksAsync(Domain.Actor.System, task.Migration.Id, afterOrdinal: -1, held)) ?? [];
        var history = chunks.SelectMany(chunk => FrameCodec.Unpack(chunk.Payload)).ToArray();
        var live = broadcaster.Begin(task.Migration.Id, history);
        try
        {
            if (task.Migration.StartedAt is null)
                await MoveAsync(run, task, live, history.Length, abandon);
            else
                await SettleAsync(run, task, live, history, abandon);
        }
        finally
        {
            broadcaster.End(task.Migration.Id);
        }
    }

    private async Task MoveAsync(OperationRun run, MigrationTask task, LiveMigration live, int written, CancellationToken abandon)
    {
        var (source, destination) = await HostsAsync(task, HostPatience, abandon);
        if (source is null || destination is null)
        {
            await StayAsync(run, task, live, $"{(source is null ? task.Source.Name : task.Destination.Name)} does not answer. Nothing was moved.", abandon);
            return;
        }

        var record = new MoveRecord();
        MigrationOutcome? outcome = null;
        await using var recorder = new MoveRecorder(run, books, task.Migration.Id, live, record, written);
        await using var limits = StreamLimits.Follow(changes, migrations, task.Migration.Id, task.Migration.Stream?.MaxMibPerSecond, logger);
        var plan = await PlanAsync(run, task, source, destination, record) with { Limits = limits.Reader };
        // Said before anything is touched, so that after a crash nobody begins the move a second time.
        var zero = time.GetUtcNow() + plan.Options.ProbeLead;
        await run.KeepAsync(held => books.BeginAsync(run.Claim, zero, held));
        recorder.Start();
        await foreach (var update in engine.RunAsync(plan, abandon, run.Cancel))
        {
            record.Take(update);
            if (MigrationFrame.From(update) is { } frame)
                live.Publish(record.Tell(frame) with { MadeAt = zero.AddSeconds(update.At).ToUnixTimeMilliseconds() });
            if (update is Finished finished)
                outcome = finished.Outcome;
        }

        abandon.ThrowIfCancellationRequested();
        await recorder.FinishAsync();
        await CloseAsync(run, task, outcome ?? throw new InvalidOperationException("The engine ended a move without an outcome."), abandon);
    }

    private async Task CloseAsync(OperationRun run, MigrationTask task, MigrationOutcome outcome, CancellationToken abandon)
    {
        var measured = MoveWords.From(outcome.Measured);
        if (outcome.Verdict == MigrationVerdict.Moved && measured is { BlackoutMs: { } blackout, ProbeInvalid: null })
            PortalMetrics.Blackout.WithLabels(task.Migration.Mode.ToString()).Observe(blackout / 1000);
        if (outcome.Verdict == MigrationVerdict.Moved)
        {
            var arrived = await StateAtAsync(task.Destination, task, abandon) ?? MachineState.Running;
            await run.KeepAsync(held => books.MovedAsync(run.Claim, outcome.Message, measured, arrived, held));
            return;
        }

        var state = await StateAtAsync(task.Source, task, abandon);
        await run.KeepAsync(held => books.StayedAsync(run.Claim, MoveWords.From(outcome.Verdict), outcome.Message, measured, state, held));
    }

    /// <summary>A process died, or was stopped, in the middle of this move: find out where the machine is, and say so.</summary>
    private async Task SettleAsync(OperationRun run, MigrationTask task, LiveMigration live, MigrationFrame[] history, CancellationToken abandon)
    {
        var settlement = new Settlement(WhereItRuns.Unknown, "");
        await run.StepAsync(Enum.GetValues<MigrationPhase>().Length, "Find out where it runs after an interruption", 100, async token =>
        {
            var (source, destination) = await HostsAsync(task, SettlePatience, token);
            settlement = source is null || destination is null
                ? new Settlement(WhereItRuns.Unknown, $"{(source is null ? task.Source.Name : task.Destination.Name)} does not answer.")
                : await engine.SettleAsync(task.Migration.MachineId, source, destination, new StreamPath(task.Migration.Stream?.Address, task.Migration.Stream?.MaxMibPerSecond), token);
            var removed = source is null || destination is null || task.Migration.Predicted is not { DiskBytes: > 0 }
                ? 0
                : await disks.ClearAsync(task.Migration.MachineId, new DiskEnd(source, task.Source.Pool), new DiskEnd(destination, task.Destination.Pool), settlement.Where, mayMend: null, token);
            if (settlement.Where == WhereItRuns.Source && task.Migration.Stream is { MaxMibPerSecond: not null })
                await LiftLimitAsync(task, source!, token);
            return removed == 0 ? settlement.Explanation : $"{settlement.Explanation} Its disks at the other host are removed.";
        }, abandon);

        var (name, from, to) = (task.Migration.MachineName, task.Source.Name, task.Destination.Name);
        var message = "The portal was interrupted during this move" + (MoveWords.Settled(settlement, name, from, to) is { } settled
            ? $". {settled}"
            : $", and where {name} runs is not certain: {settlement.Explanation.TrimEnd('.')}. Nothing was resumed; this receipt and its state follow when both hosts answer.");
        var verdict = settlement.Where switch
        {
            WhereItRuns.Destination => MigrationVerdict.Moved,
            WhereItRuns.Source => MigrationVerdict.Stayed,
            WhereItRuns.Nowhere => MigrationVerdict.Lost,
            WhereItRuns.StillMoving or WhereItRuns.Unknown => MigrationVerdict.Ambiguous,
        };
        await EndAsync(run, task, live, history.LastOrDefault()?.At ?? 0, new MigrationOutcome(verdict, message, Measured: null, Predicted: null), abandon);
    }

    private async Task LiftLimitAsync(MigrationTask task, HostConnection source, CancellationToken cancellationToken)
    {
        try
        {
            await MigrationEngine.LiftLimitAsync(task.Migration.MachineId, source, cancellationToken);
        }
        catch (LibvirtException e)
        {
            logger.LogWarning("{Source} still holds moves of {Machine} to the limit of the one that was interrupted: {Reason}", task.Source.Name, task.Migration.MachineName, e.Message);
        }
    }

    private Task StayAsync(OperationRun run, MigrationTask task, LiveMigration live, string message, CancellationToken abandon) =>
        EndAsync(run, task, live, 0, new MigrationOutcome(MigrationVerdict.Stayed, message, Measured: null, Predicted: null), abandon);

    /// <summary>An end that the engine did not tell itself: its frame is kept like any other, then the books are closed.</summary>
    private async Task EndAsync(OperationRun run, MigrationTask task, LiveMigration live, double at, MigrationOutcome outcome, CancellationToken abandon)
    {
        var end = new MigrationFrame(at, "end") { Verdict = outcome.Verdict.ToString(), Message = outcome.Message, MadeAt = time.GetUtcNow().ToUnixTimeMilliseconds() };
        live.Publish(end);
        await run.KeepAsync(held => books.AppendChunkAsync(run.Claim, task.Migration.Id, FrameCodec.Pack([end]), held));
        await CloseAsync(run, task, outcome, abandon);
    }

    private async Task<MigrationPlan> PlanAsync(OperationRun run, MigrationTask task, HostConnection source, HostConnection destination, MoveRecord record)
    {
        var (move, machine) = (task.Migration, task.Blueprint.Machine);
        var predictor = await run.KeepAsync(held => migrations.PredictorAsync(machine.Id, held));
        var question = new MoveQuestion(machine.Id, move.MemoryMib, new Domain.Evacuations.Route(move.SourceHostId, move.DestinationHostId), move.Mode, Domain.Migrations.GuestSight.Unseen,
            move.Objective?.AllowedMs ?? MoveQuestion.UsualMostPauseMs);
        var stream = move.Stream ?? StreamTerms.Plain;
        var canPostCopy = stream is { Connections: 1, Compression: Domain.Migrations.StreamCompression.None } && MoveRules.RefuseMode(Domain.Migrations.MigrationMode.PostCopy, task.Source, task.Destination) is null;
        return new MigrationPlan(
            machine.Id, source, destination, MoveWords.From(move.Mode), machine.Address, task.Source.Pool,
            [MachineFiles.Disk(machine.Id), MachineFiles.Seed(machine.Id)], MigrationOptions.Default with
            {
                MaxMibPerSecond = stream.MaxMibPerSecond, Connections = stream.Connections, Compression = MoveWords.From(stream.Compression),
                History = MoveWords.HandOver(predictor, question), EncryptMemory = settings.EncryptMemory, ObjectiveMs = move.OverrideReason is null ? move.Objective?.AllowedMs : null,
                Policy = move.MadePolicy is { } made ? MoveWords.From(made) : MoveWords.From(move.Policy ?? Domain.Migrations.MigrationPolicy.Balanced),
                PolicyDowntimeMs = move.MadePolicy?.Terms.LongestPauseMs,
                CopyDeadline = move.MadePolicy is { Terms.LongestSeconds: var longest } ? TimeSpan.FromSeconds(longest) : MigrationOptions.Default.CopyDeadline,
                Foretell = Foretell,
            })
        {
            DestinationPool = task.Destination.Pool, StreamAddress = stream.Address,
        };

        Foresight Foretell(Hypervisor.Migrations.GuestSight sight)
        {
            var predicted = predictor.Foretell(question with { Sight = MoveWords.From(sight) });
            record.Foretell(predicted);
            // Disks go along in no post-copy: such a move would be paused instead.
            var isBound = move.Mode == Domain.Migrations.MigrationMode.Live && ObjectiveRules.IsBound(ObjectiveRules.EndingOf(move.Policy, move.MadePolicy), canPostCopy && sight.DiskBytes == 0);
            var refusal = move is { Objective: { } objective, OverrideReason: null } ? ObjectiveRules.RefuseNow(objective, predicted, move.MachineName, isBound) : null;
            return new Foresight(MoveWords.From(predicted), refusal);
        }
    }

    /// <summary>Both hosts, each null when it did not answer in time.</summary>
    private async Task<(HostConnection? Source, HostConnection? Destination)> HostsAsync(MigrationTask task, TimeSpan atMost, CancellationToken cancellationToken)
    {
        var source = AnswersAsync(task.Source, atMost, cancellationToken);
        var destination = AnswersAsync(task.Destination, atMost, cancellationToken);
        return (await source, await destination);
    }

    private async Task<HostConnection?> AnswersAsync(Domain.Hosts.Host host, TimeSpan atMost, CancellationToken cancellationToken)
    {
        try
        {
            return (await fleet.WaitForAsync(host.Id, host.Name, atMost, cancellationToken)).Connection;
        }
        catch (HostAwayException away)
        {
            logger.LogWarning("A move waits no longer: {Reason}", away.Message);
            return null;
        }
    }

    /// <summary>The machine's state as that host says now; null when it does not.</summary>
    private async Task<MachineState?> StateAtAsync(Domain.Hosts.Host host, MigrationTask task, CancellationToken cancellationToken)
    {
        try
        {
            return fleet.Find(host.Id) is { IsConnected: true } found && await found.Machines.FindAsync(task.Migration.MachineId, cancellationToken) is { } seen
                ? HostReporter.StateOf(seen.State)
                : null;
        }
        catch (LibvirtException)
        {
            // It went away again; the fleet says when it is back.
            return null;
        }
    }
}
