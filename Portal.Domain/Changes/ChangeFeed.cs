using System.Runtime.CompilerServices;

namespace Portal.Domain.Changes;

/// <summary>The stream half of "snapshot plus stream": what changed in the database, whoever changed it, in this process or another.</summary>
public sealed class ChangeFeed(DatabaseListener listener, TimeProvider time)
{
    /// <summary>A subscriber is told at most this often.</summary>
    public static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(100);

    // The notices of one transaction arrive together; a moment's patience makes one batch of them.
    static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(20);

    /// <summary>
    /// Batches of changes without repetitions, at most one per <see cref="Pace"/>. The first batch is <see cref="Change.Everything"/>,
    /// given once the database is heard: a snapshot read after it misses nothing. It comes again after every reconnection.
    /// </summary>
    public async IAsyncEnumerable<IReadOnlyList<Change>> SubscribeAsync([EnumeratorCancellation] CancellationToken ct)
    {
        using var pending = new PendingChanges();
        using var listening = listener.Listen(pending.Take);
        var last = time.GetTimestamp() - (long)(Pace.TotalSeconds * time.TimestampFrequency);
        while (!ct.IsCancellationRequested)
        {
            await pending.WaitAsync(ct);
            var rest = Pace - time.GetElapsedTime(last);
            await Task.Delay(rest > Gather ? rest : Gather, time, ct);
            last = time.GetTimestamp();
            var batch = pending.Drain();
            if (batch.Count > 0)
                yield return batch;
        }
    }
}
