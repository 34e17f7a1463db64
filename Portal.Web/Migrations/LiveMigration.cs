using System.Runtime.CompilerServices;

namespace Portal.Web.Migrations;

/// <summary>
/// The frames of one move that this process carries out: everything so far, and what is still to come. Each reader goes through the
/// same list at its own pace, so nobody misses a frame and a slow browser holds nobody up.
/// </summary>
public sealed class LiveMigration
{
    /// <summary>Least time between two batches to one reader: ten a second reach the canvas, and no more.</summary>
    public static readonly TimeSpan Coalesce = TimeSpan.FromMilliseconds(60);

    /// <summary>Most frames in one batch, so that a long history arrives in pieces.</summary>
    public const int BatchLimit = 500;

    private readonly Lock _gate = new();
    private readonly List<MigrationFrame> _frames;
    private TaskCompletionSource _more = NewSignal();
    private bool _complete;

    /// <summary>Starts with what earlier attempts of the same move left in the history.</summary>
    public LiveMigration(IEnumerable<MigrationFrame> history) => _frames = [.. history];

    /// <summary>How many frames there are.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
                return _frames.Count;
        }
    }

    /// <summary>Adds a frame for every reader.</summary>
    public void Publish(MigrationFrame frame)
    {
        lock (_gate)
            _frames.Add(frame);
        Signal();
    }

    /// <summary>Says that no frame will follow.</summary>
    public void Complete()
    {
        lock (_gate)
            _complete = true;
        Signal();
    }

    /// <summary>The frames from <paramref name="from"/> on, as of now.</summary>
    public MigrationFrame[] Slice(int from)
    {
        lock (_gate)
            return [.. _frames[Math.Min(from, _frames.Count)..]];
    }

    /// <summary>Everything from <paramref name="from"/> on, in batches, until the move is over.</summary>
    public async IAsyncEnumerable<MigrationFrame[]> ReadAsync(int from, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            Task more;
            MigrationFrame[] batch;
            bool complete;
            lock (_gate)
            {
                more = _more.Task;
                batch = [.. _frames.Skip(from).Take(BatchLimit)];
                complete = _complete && from + batch.Length == _frames.Count;
            }

            if (batch.Length > 0)
            {
                from += batch.Length;
                yield return batch;
            }

            if (complete)
                yield break;
            if (batch.Length == BatchLimit)
                continue;
            await more.WaitAsync(cancellationToken);
            if (batch.Length > 0)
                await Task.Delay(Coalesce, cancellationToken);
        }
    }

    private void Signal() => Interlocked.Exchange(ref _more, NewSignal()).TrySetResult();

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
