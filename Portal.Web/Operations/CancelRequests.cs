using System.Collections.Concurrent;
using Portal.Domain.Changes;

namespace Portal.Web.Operations;

/// <summary>
/// Lets the holder of an operation look at it as soon as its row changes, so that a cancel is noticed at once and not at the next
/// renewal. Steps told by the holder itself change the row too; a look costs one short statement.
/// </summary>
public sealed class CancelRequests(ChangeFeed changes) : BackgroundService
{
    private readonly ConcurrentDictionary<Guid, TaskCompletionSource> _waiting = [];

    /// <summary>Returns when the operation's row changed, or after <paramref name="atMost"/>.</summary>
    public async Task WaitAsync(Guid operation, TimeSpan atMost, CancellationToken cancellationToken)
    {
        var changed = _waiting.GetOrAdd(operation, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
        try
        {
            await changed.Task.WaitAsync(atMost, cancellationToken);
        }
        catch (TimeoutException)
        {
            // Nothing changed: time to renew.
        }
        finally
        {
            _waiting.TryRemove(new(operation, changed));
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var batch in changes.SubscribeAsync(stoppingToken))
        {
            foreach (var (operation, changed) in _waiting)
            {
                if (batch.Any(change => change.Concerns(ChangeKind.Operation, operation)))
                    changed.TrySetResult();
            }
        }
    }
}
