using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Portal.Domain;
using Portal.Domain.Changes;
using Portal.Domain.Migrations;

namespace Portal.Web.Migrations;

/// <summary>
/// Gives every reader the whole of a move: what the history holds, then what is still to come. A move carried out by this process
/// comes live; one carried out elsewhere comes from its chunks, about a second late.
/// </summary>
public sealed class MigrationBroadcaster(MigrationService migrations, ChangeFeed changes)
{
    private readonly ConcurrentDictionary<Guid, LiveMigration> _live = [];

    /// <summary>This process carries the move out from now on.</summary>
    public LiveMigration Begin(Guid migration, IEnumerable<MigrationFrame> history) => _live[migration] = new LiveMigration(history);

    /// <summary>The receipt is final: readers are at the end, and later ones read the history.</summary>
    public void End(Guid migration)
    {
        if (_live.TryRemove(migration, out var live))
            live.Complete();
    }

    /// <summary>The move as the actor may see it; null when there is none for this actor.</summary>
    public async Task<MigrationRow?> FindAsync(Actor actor, Guid migration, CancellationToken cancellationToken) =>
        (await migrations.GetAsync(actor, migration, cancellationToken))?.Migration;

    /// <summary>Everything, until the receipt is final. Ends at once for a move the actor may not (any longer) see.</summary>
    public async IAsyncEnumerable<MigrationFrame[]> WatchAsync(Actor actor, Guid migration, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (chunk, count) = (-1, 0);
        await foreach (var batch in changes.SubscribeAsync(cancellationToken))
        {
            if (!batch.Any(change => change.Concerns(ChangeKind.Migration, migration)))
                continue;
            if (_live.TryGetValue(migration, out var live))
            {
                await foreach (var frames in live.ReadAsync(count, cancellationToken))
                    yield return frames;
                yield break;
            }

            // The status first: of a move that ended, every chunk was written before.
            var active = await FindAsync(actor, migration, cancellationToken) is { IsActive: true };
            foreach (var row in await migrations.ReadChunksAsync(actor, migration, chunk, cancellationToken) ?? [])
            {
                var frames = FrameCodec.Unpack(row.Payload);
                (chunk, count) = (row.Ordinal, count + frames.Length);
                yield return frames;
            }

            if (!active)
                yield break;
        }
    }
}
