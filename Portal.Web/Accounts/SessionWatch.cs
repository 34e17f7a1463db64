using Portal.Domain.Changes;

namespace Portal.Web.Accounts;

/// <summary>Carries sign-outs at other replicas to this one's open pages.</summary>
public sealed class SessionWatch(ChangeFeed changes, SessionGuard guard) : BackgroundService
{
    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var batch in changes.SubscribeAsync(stoppingToken))
        {
            foreach (var change in batch)
            {
                if (change.Kind == ChangeKind.Session)
                    guard.Revoke(change.Id);
                else if (change.Kind == ChangeKind.Everything)
                    guard.Doubt();
            }
        }
    }
}
