using Portal.Domain.Changes;
using Portal.Domain.Evacuations;

namespace Portal.Web.Operations;

/// <summary>
/// Takes evacuations on as soon as something changed that they may have waited for. Between two changes there is nothing to do; what a change told
/// to a process that died is made up for by the sweep of the same name.
/// </summary>
public sealed class EvacuationWorker(ChangeFeed changes, EvacuationDriver driver, DatabasePatience patience, ILogger<EvacuationWorker> logger) : BackgroundService
{
    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var batch in changes.SubscribeAsync(stoppingToken))
            {
                if (batch.Any(Matters))
                    await AdvanceAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process stops; whatever is under way goes on in the next one.
        }
    }

    private async Task AdvanceAsync(CancellationToken stoppingToken)
    {
        try
        {
            await patience.RunAsync("The emptying of hosts", driver.AdvanceAllAsync, stoppingToken);
        }
        catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
        {
            // All others got on; this worker does too, with the next change.
            logger.LogError(fault, "The emptying of a host did not get on");
        }
    }

    /* A move tells of itself all the time; what an evacuation waits for are ends, and those change a machine, a host or an operation. */
    private static bool Matters(Change change) =>
        change.Concerns(ChangeKind.Evacuation) || change.Concerns(ChangeKind.Host) || change.Concerns(ChangeKind.Machine);
}
