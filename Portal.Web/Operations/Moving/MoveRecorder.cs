using Portal.Domain.Migrations;
using Portal.Web.Migrations;

namespace Portal.Web.Operations.Moving;

/// <summary>
/// Writes a move down while it goes on, beside it and never in its way: the row after phases and decisions, the frames about once a
/// second, the progress for the task panel. News is written once none has followed for a moment, at the latest with the next frames: a
/// switch-over is all over within that moment, and the database's work, and every page's that follows it, must not slow the guest down.
/// While the database is away it waits; nothing is lost, since the frames are kept.
/// </summary>
public sealed class MoveRecorder(OperationRun run, MigrationBooks books, Guid migration, LiveMigration live, MoveRecord record, int written) : IAsyncDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Chunk = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stop = new();
    private int _written = written;
    private int _seen;
    private int _version;
    private string? _phase;
    private int _step = -1;
    private double _percent = -1;
    private Domain.Operations.Eta? _left;
    private Task? _recording;

    /// <summary>Starts writing.</summary>
    public void Start() => _recording = Task.Run(() => RecordAsync(_stop.Token), CancellationToken.None);

    /// <summary>Writes everything that is not written yet.</summary>
    public async Task FinishAsync()
    {
        await StopAsync();
        await WriteRowAsync(isDue: true);
        await WriteChunkAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
    }

    private async Task StopAsync()
    {
        await _stop.CancelAsync();
        if (Interlocked.Exchange(ref _recording, null) is { } recording)
            await recording;
    }

    private async Task RecordAsync(CancellationToken stop)
    {
        using var tick = new PeriodicTimer(Look);
        var looks = 0;
        try
        {
            while (await tick.WaitForNextTickAsync(stop))
            {
                var isDue = ++looks % (int)(Chunk / Look) == 0;
                if (isDue || HasSettled())
                    await WriteRowAsync(isDue);
                if (isDue)
                    await WriteChunkAsync();
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The move is over; what is left is written by FinishAsync.
        }
    }

    private bool HasSettled()
    {
        var last = _seen;
        _seen = record.Read().Version;
        return _seen == last;
    }

    private async Task WriteRowAsync(bool isDue)
    {
        var now = record.Read();
        if (now.Version != _version)
        {
            await run.KeepAsync(held => books.ObserveAsync(run.Claim, now.Phase, now.Phases, now.Decisions, now.Predicted, held));
            _version = now.Version;
        }

        if (now.Phase is { } phase && phase != _phase)
        {
            if (_step >= 0)
                await run.KeepAsync(held => run.Claim.EndStepAsync(_step, Domain.Operations.StepState.Done, null, held));
            _phase = phase;
            _step = Array.IndexOf(Enum.GetNames<Hypervisor.Migrations.MigrationPhase>(), phase);
            await run.KeepAsync(held => run.Claim.BeginStepAsync(_step, Title(phase), held));
        }

        // A figure that counts down is told with the frames, once a second.
        if (Math.Abs(now.Percent - _percent) >= 1 || (isDue && now.Left != _left))
        {
            (_percent, _left) = (now.Percent, now.Left);
            await run.ProgressAsync(_percent, now.Left);
        }
    }

    private async Task WriteChunkAsync()
    {
        var frames = live.Slice(_written);
        if (frames.Length == 0)
            return;
        await run.KeepAsync(held => books.AppendChunkAsync(run.Claim, migration, FrameCodec.Pack(frames), held));
        _written += frames.Length;
    }

    private static string Title(string phase) => phase switch
    {
        "Check" => "Check both hosts",
        "Predict" => "Predict",
        "Prepare" => "Prepare",
        "Copy" => "Copy memory",
        "SwitchOver" => "Switch over",
        "Confirm" => "Confirm",
        "Undo" => "Undo",
        _ => phase,
    };
}
