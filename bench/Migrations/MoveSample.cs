using System.Text.Json.Nodes;

namespace Portal.Bench.Migrations;

/// <summary>One move by the portal: what its receipt says beside what an independent ping saw.</summary>
/// <param name="Receipt">The receipt.</param>
/// <param name="WatchedMs">The longest gap the independent ping saw, less its interval, ms.</param>
/// <param name="WireMs">The same of the portal's own pings, as the wire showed their replies, ms; not a number where nothing was measured.</param>
/// <param name="OrderSeconds">From the order until the receipt was final, s: the ping before and after is part of it.</param>
sealed record MoveSample(JsonNode Receipt, double WatchedMs, double WireMs, double OrderSeconds)
{
    public bool HasMoved => Receipt["status"]!.ToString() == "Moved" && Number("measured", "blackoutMs") is not null;

    /// <summary>
    /// Whether it was a policy or a promise that kept the machine where it was, and not a fault: the portal gave the copy up, its time was
    /// over, or what was foretold right before it would have broken the promise.
    /// </summary>
    public bool IsEndedByPolicy => Receipt["status"]!.ToString() == "Stayed" && Receipt["message"]?.ToString() is { } why
        && (why.Contains("giving up, as", StringComparison.Ordinal) || why.StartsWith("The copy did not end within", StringComparison.Ordinal) || why.StartsWith("The objective of", StringComparison.Ordinal));

    /// <summary>What its users felt though it stayed, ms; 0 where nothing was begun, and not a number where nobody knows.</summary>
    public double FeltMs => Receipt["measured"] is null ? 0 : Number("measured", "blackoutMs") ?? double.NaN;

    public double BlackoutMs => Number("measured", "blackoutMs")!.Value;

    /// <summary>Whether the receipt says itself that its probe proves nothing.</summary>
    public bool IsDoubted => Receipt["measured"]?["probeInvalid"] is not null;

    /// <summary>Time between the portal's own pings, ms: a receipt cannot be truer than that.</summary>
    public double IntervalMs => Number("measured", "intervalMs")!.Value;

    public double PauseMs => Number("measured", "pauseMs") ?? double.NaN;

    public double Seconds => Number("measured", "totalSeconds")!.Value;

    /// <summary>How long the hypervisor's call took, the winding down of the source included, s.</summary>
    public double CallSeconds => Seconds + Number("measured", "teardownSeconds")!.Value;

    public double Bytes => Number("measured", "bytes")!.Value;

    public double LostAt10Hz => Number("measured", "lostAt10HzMean") ?? 0;

    /// <summary>How far the silence was from the one foretold, ms; null when none was foretold.</summary>
    public double? BlackoutErrorMs => ForetoldMs is { } foretold ? Math.Abs(foretold - BlackoutMs) : null;

    /// <summary>The silence foretold, ms; null when none was.</summary>
    public double? ForetoldMs => Number("predicted", "pauseMs") + Number("predicted", "convergenceMs");

    /// <summary>The share of it that the error of the silence may be: 25 %, and 20 ms at least.</summary>
    public double AllowedErrorMs => Math.Max(20, 0.25 * BlackoutMs);

    /// <summary>How far the time was from the one foretold, as a share of it; null when none was foretold.</summary>
    public double? SecondsError => Number("predicted", "totalSeconds") is { } foretold ? Math.Abs(foretold - Seconds) / Seconds : null;

    double? Number(string part, string name) => Receipt[part]?[name]?.GetValue<double>();
}
