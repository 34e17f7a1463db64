using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Portal.Domain;
using Portal.Domain.Changes;
using Portal.Domain.Migrations;

namespace Portal.Web.Migrations;

/// <summary>Frames of one of many moves.</summary>
/// <param name="Id">The move.</param>
/// <param name="Name">What moves and from where to where.</param>
/// <param name="Frames">What came of it.</param>
public sealed record FleetFrames(Guid Id, string Name, IReadOnlyList<MigrationFrame> Frames);

/// <summary>Every move a person may see, as one stream: those that go on, each from its beginning, and those that ended a short while ago.</summary>
public sealed class FleetWatch(MigrationBroadcaster broadcaster, MigrationService migrations, ChangeFeed changes, TimeProvider time)
{
    /// <summary>How long a move stays after its end.</summary>
    public static readonly TimeSpan Past = TimeSpan.FromMinutes(10);

    /// <summary>The most moves that had ended already when somebody began to watch.</summary>
    public const int MostEnded = 50;

    // A browser that is slow holds its own readers up, which lose nothing: each move is read at its own pace.
    const int Waiting = 16;

    /// <summary>Frames of all of them, until the watcher goes.</summary>
    public async IAsyncEnumerable<FleetFrames> WatchAsync(Actor actor, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var frames = Channel.CreateBounded<FleetFrames>(Waiting);
        var following = FollowAsync(actor, frames.Writer, gone.Token);
        try
        {
            await foreach (var some in frames.Reader.ReadAllAsync(cancellationToken))
                yield return some;
        }
        finally
        {
            await gone.CancelAsync();
            await following;
        }
    }

    /// <summary>Has every move read that begins; the channel ends with whatever broke one of them.</summary>
    async Task FollowAsync(Actor actor, ChannelWriter<FleetFrames> to, CancellationToken stop)
    {
        var readers = new Dictionary<Guid, Task>();
        await TellingAsync(to, async () =>
        {
            var known = false;
            await foreach (var batch in changes.SubscribeAsync(stop))
            {
                // One that is read already changes about once a second.
                if (!batch.Any(change => change.Concerns(ChangeKind.Migration) && !readers.ContainsKey(change.Id)))
                    continue;
                foreach (var move in (await MovesAsync(actor, withEnded: !known, stop)).Where(move => !readers.ContainsKey(move.Id)))
                    readers.Add(move.Id, TellingAsync(to, () => ReadAsync(actor, move, to, stop), stop));
                known = true;
            }
        }, stop);
        await Task.WhenAll(readers.Values);
    }

    async Task<IEnumerable<MigrationRow>> MovesAsync(Actor actor, bool withEnded, CancellationToken stop)
    {
        var running = await migrations.ListAsync(actor, new ListQuery(Take: ListQuery.MostRows, Filters: new Dictionary<string, string>(StringComparer.Ordinal) { ["status"] = nameof(MigrationStatus.Running) }), stop);
        if (!withEnded)
            return running.Items;
        var since = time.GetUtcNow() - Past;
        var ended = await migrations.ListAsync(actor, new ListQuery(Take: MostEnded, Filters: new Dictionary<string, string>(StringComparer.Ordinal) { ["days"] = "1" }), stop);
        return ended.Items.Where(move => move.EndedAt > since).Reverse().Concat(running.Items);
    }

    async Task ReadAsync(Actor actor, MigrationRow move, ChannelWriter<FleetFrames> to, CancellationToken stop)
    {
        var name = $"{move.MachineName}, {move.SourceName} → {move.DestinationName}";
        await foreach (var frames in broadcaster.WatchAsync(actor, move.Id, stop))
            await to.WriteAsync(new FleetFrames(move.Id, name, [.. frames.Where(frame => frame.Kind != "decision")]), stop);
    }

    /// <summary>What goes wrong beside the stream ends it, and the browser asks anew.</summary>
    static async Task TellingAsync(ChannelWriter<FleetFrames> to, Func<Task> work, CancellationToken stop)
    {
        try
        {
            await work();
        }
        catch (Exception fault)
        {
            to.TryComplete(stop.IsCancellationRequested ? null : fault);
        }
    }
}
