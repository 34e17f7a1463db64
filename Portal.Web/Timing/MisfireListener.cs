using Portal.Web.Health;
using Quartz;

namespace Portal.Web.Timing;

/// <summary>Tells of triggers that fired late: nothing is lost by it, since a sweep does whatever is due, but somebody should know.</summary>
public sealed class MisfireListener(ILogger<MisfireListener> logger) : ITriggerListener
{
    /// <inheritdoc/>
    public string Name => nameof(MisfireListener);

    /// <inheritdoc/>
    public ValueTask TriggerMisfired(ITrigger trigger, IScheduler scheduler, CancellationToken cancellationToken = default)
    {
        PortalMetrics.Misfires.WithLabels(trigger.Key.Name).Inc();
        logger.LogWarning("The time trigger of {Name} is late; it was due at {Due:O}", trigger.Key.Name, trigger.NextFireTimeUtc);
        return ValueTask.CompletedTask;
    }
}
