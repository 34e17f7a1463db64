using Portal.Domain.Approvals;

namespace Portal.Web.Operations;

/// <summary>Has requests whose time has run out dealt with, once a minute; every process may, and each request is dealt with once.</summary>
public sealed class ExpirySweeper(RequestExpiry expiry, DatabasePatience patience, TimeProvider time, ILogger<ExpirySweeper> logger) : BackgroundService
{
    private static readonly TimeSpan Round = TimeSpan.FromMinutes(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Round, time);
        try
        {
            do
            {
                var sweep = await patience.RunAsync("The sweep of expired requests", stop => expiry.SweepAsync(time.GetUtcNow(), stop), stoppingToken);
                if (sweep.Done + sweep.Failed > 0)
                    logger.LogInformation("Requests that waited too long: {Approved} approved, {Denied} denied, {Escalated} put to admins; {Handed} had nobody left to ask; {Failed} failed", sweep.Approved, sweep.Denied, sweep.Escalated, sweep.Handed, sweep.Failed);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process stops.
        }
    }
}
