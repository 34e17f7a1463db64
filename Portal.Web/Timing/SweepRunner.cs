using System.Collections.Concurrent;
using System.Diagnostics;
using Portal.Domain;
using Portal.Web.Health;
using Portal.Web.Setup;

namespace Portal.Web.Timing;

/// <summary>Runs a sweep when its trigger fires: in this process one of a kind at a time, in others at the same time.</summary>
public sealed class SweepRunner(IEnumerable<Sweep> sweeps, IServiceProvider services, TimeProvider time, ILogger<SweepRunner> logger)
{
    private readonly ConcurrentDictionary<string, byte> _running = [];
    private readonly Dictionary<string, Sweep> _sweeps = sweeps.ToDictionary(sweep => sweep.Name, StringComparer.Ordinal);

    /// <summary>Runs it; a no-op while it runs here, and for a name of another version of the portal.</summary>
    public async Task RunAsync(string name, CancellationToken cancellationToken)
    {
        if (!_sweeps.TryGetValue(name, out var sweep) || !_running.TryAdd(name, 0))
            return;
        var began = Stopwatch.GetTimestamp();
        try
        {
            await sweep.RunAsync(services, time.GetUtcNow(), cancellationToken);
            PortalMetrics.Sweeps.WithLabels(name, "done").Inc();
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            PortalMetrics.Sweeps.WithLabels(name, "stopped").Inc();
        }
        catch (Exception fault) when (DatabaseClash.Is(fault) || DatabaseFaults.MayPass(fault) is not null)
        {
            // What is due stays due, and the next turn is seconds away.
            PortalMetrics.Sweeps.WithLabels(name, "interrupted").Inc();
            logger.LogWarning("The sweep of {Name} was interrupted: {Reason}", name, fault.Message);
        }
        catch (Exception fault)
        {
            PortalMetrics.Sweeps.WithLabels(name, "failed").Inc();
            logger.LogError(fault, "The sweep of {Name} failed", name);
        }
        finally
        {
            _running.TryRemove(name, out _);
            PortalMetrics.SweepSeconds.WithLabels(name).Observe(Stopwatch.GetElapsedTime(began).TotalSeconds);
        }
    }
}
