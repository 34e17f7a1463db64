using Portal.Domain.Projects;
using Portal.Web.Operations;

namespace Portal.Web.Projects;

/// <summary>Looks every few minutes whose days of grace are over, so that owners hear of it when it happens and not at the next refusal. Several portals may look: each is told once.</summary>
public sealed class GraceWatch(QuotaService quotas, DatabasePatience patience, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Between = TimeSpan.FromMinutes(5);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Between, time);
        do
            await patience.RunAsync("Looking for days of grace that are over", quotas.TellGraceOverAsync, stoppingToken);
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
