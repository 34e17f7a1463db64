using Prometheus;

namespace Portal.Web.Health;

/// <summary>The portal's own figures, as Prometheus reads them.</summary>
public static class PortalMetrics
{
    /// <summary>Operations this process is done with, by kind and how: succeeded, failed, cancelled; or handed_back, lost, faulted, when another try follows.</summary>
    public static readonly Counter Operations = Metrics.CreateCounter("portal_operations_total", "Operations this process is done with.", "kind", "outcome");

    /// <summary>How long operations took, seconds.</summary>
    public static readonly Histogram OperationSeconds = Metrics.CreateHistogram("portal_operation_duration_seconds", "Time from claim to end of an operation.",
        new HistogramConfiguration { LabelNames = ["kind"], Buckets = Histogram.ExponentialBuckets(0.1, 2, 12) });

    /// <summary>Operations waiting for a worker.</summary>
    public static readonly Gauge Queued = Metrics.CreateGauge("portal_operations_queued", "Operations waiting for a worker.");

    /// <summary>Operations this process works on.</summary>
    public static readonly Gauge Running = Metrics.CreateGauge("portal_operations_running", "Operations this process works on.");

    /// <summary>Hosts by the state of their link.</summary>
    public static readonly Gauge Hosts = Metrics.CreateGauge("portal_hosts", "Hosts by the state of their link.", "state");

    /// <summary>What the guests' users felt of each move, seconds.</summary>
    public static readonly Histogram Blackout = Metrics.CreateHistogram("portal_migration_blackout_seconds", "Longest gap between replies of a guest during a move.",
        new HistogramConfiguration { LabelNames = ["mode"], Buckets = [0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8] });

    /// <summary>Sweeps this process ran, by name and how: done, stopped, interrupted, failed.</summary>
    public static readonly Counter Sweeps = Metrics.CreateCounter("portal_sweeps_total", "Sweeps this process ran.", "sweep", "outcome");

    /// <summary>How long sweeps took, seconds.</summary>
    public static readonly Histogram SweepSeconds = Metrics.CreateHistogram("portal_sweep_duration_seconds", "Time a sweep took.",
        new HistogramConfiguration { LabelNames = ["sweep"], Buckets = Histogram.ExponentialBuckets(0.005, 2, 14) });

    /// <summary>Time triggers that fired late.</summary>
    public static readonly Counter Misfires = Metrics.CreateCounter("portal_timing_misfires_total", "Time triggers that fired late.", "sweep");

    /// <summary>Whether time triggers run: 1 or 0.</summary>
    public static readonly Gauge TimingRuns = Metrics.CreateGauge("portal_timing_runs", "Whether time triggers run: 1 or 0.");

    /// <summary>Tries to deliver, by channel (email, webhook) and outcome: sent, retried (another try follows), failed (refused for good), given_up, lost (another process had it).</summary>
    public static readonly Counter Deliveries = Metrics.CreateCounter("portal_deliveries_total", "Tries to deliver e-mails and calls of webhooks.", "channel", "outcome");

    /// <summary>Pages open on this process.</summary>
    public static readonly Gauge Circuits = Metrics.CreateGauge("portal_circuits", "Pages open on this process.");
}
