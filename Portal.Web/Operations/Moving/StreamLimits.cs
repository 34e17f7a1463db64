using System.Threading.Channels;
using Portal.Domain;
using Portal.Domain.Changes;
using Portal.Domain.Migrations;
using Portal.Hypervisor.Migrations;
using Portal.Web.Setup;

namespace Portal.Web.Operations.Moving;

/// <summary>Carries the limits that people set on a running move from its row to the engine, whichever replica they were set at.</summary>
public sealed class StreamLimits : IAsyncDisposable
{
    private readonly Channel<BandwidthLimit> _limits = Channel.CreateUnbounded<BandwidthLimit>(new UnboundedChannelOptions { SingleReader = true });
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _following;

    private StreamLimits(ChangeFeed changes, MigrationService migrations, Guid migration, int? present, ILogger logger) =>
        _following = Task.Run(() => FollowAsync(changes, migrations, migration, present, logger, _stop.Token), CancellationToken.None);

    /// <summary>The limits as they are set.</summary>
    public ChannelReader<BandwidthLimit> Reader => _limits.Reader;

    /// <summary>Follows a move whose limit is known as of now.</summary>
    public static StreamLimits Follow(ChangeFeed changes, MigrationService migrations, Guid migration, int? present, ILogger logger) => new(changes, migrations, migration, present, logger);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _following;
        _stop.Dispose();
    }

    private async Task FollowAsync(ChangeFeed changes, MigrationService migrations, Guid migration, int? present, ILogger logger, CancellationToken stop)
    {
        try
        {
            await foreach (var batch in changes.SubscribeAsync(stop))
            {
                if (!batch.Any(change => change.Concerns(ChangeKind.Migration, migration)))
                    continue;
                try
                {
                    if ((await migrations.GetAsync(Actor.System, migration, stop))?.Migration.Stream is not { } stream || stream.MaxMibPerSecond == present)
                        continue;
                    present = stream.MaxMibPerSecond;
                    _limits.Writer.TryWrite(new BandwidthLimit(present, stream.LimitedBy ?? "Somebody"));
                }
                catch (Exception fault) when (DatabaseFaults.MayPass(fault) is not null)
                {
                    // Once the database is heard again everything counts as changed, and the row is read anew.
                    logger.LogWarning("The limit of a move could not be read: {Reason}", fault.Message);
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The move is over.
        }
    }
}
