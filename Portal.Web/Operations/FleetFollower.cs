using Microsoft.EntityFrameworkCore;
using Portal.Domain;
using Portal.Domain.Changes;
using Portal.Hypervisor.Hosts;

namespace Portal.Web.Operations;

/// <summary>Keeps one connection per host row, for as long as the row is there and as it says.</summary>
public sealed class FleetFollower(
    IDbContextFactory<PortalDbContext> contexts, ChangeFeed changes, HostFleet fleet, HostReporter reporter, DatabasePatience patience, ILoggerFactory loggers)
    : BackgroundService
{
    private readonly Dictionary<Guid, HostMonitor> _monitors = [];
    private readonly ILogger _logger = loggers.CreateLogger<FleetFollower>();

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var batch in changes.SubscribeAsync(stoppingToken))
            {
                if (batch.Any(change => change.Concerns(ChangeKind.Host)))
                    await patience.RunAsync("The fleet", FollowAsync, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process stops.
        }
        catch (Exception fault)
        {
            _logger.LogCritical(fault, "The fleet stopped following the database; restart the portal");
            throw;
        }
        finally
        {
            await Task.WhenAll(_monitors.Values.Select(monitor => monitor.DisposeAsync().AsTask()));
        }
    }

    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = await context.Hosts.AsNoTracking().Select(host => new { Endpoint = new HostEndpoint(host.Id, host.Name, host.Uri, host.Address), host.Pool })
            .ToDictionaryAsync(row => row.Endpoint.Id, cancellationToken);
        foreach (var (id, monitor) in _monitors)
        {
            if (rows.TryGetValue(id, out var row) && row.Endpoint == monitor.Host.Connection.Endpoint && row.Pool == monitor.Host.Pool)
                continue;
            _monitors.Remove(id);
            fleet.Remove(id);
            await monitor.DisposeAsync();
        }

        foreach (var row in rows.Values.Where(row => !_monitors.ContainsKey(row.Endpoint.Id)))
        {
            var host = new FleetHost(new HostConnection(row.Endpoint, logger: loggers.CreateLogger<HostConnection>()), row.Pool);
            fleet.Add(host);
            _monitors[host.Id] = new HostMonitor(host, reporter, patience, _logger);
        }
    }
}
