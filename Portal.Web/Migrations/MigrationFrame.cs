using System.Text.Json.Serialization;
using Portal.Hypervisor.Migrations;

namespace Portal.Web.Migrations;

/// <summary>
/// One moment of a move as the browser receives it and as the history keeps it. Names are short because a move has thousands of
/// them; which members are set depends on <see cref="Kind"/>.
/// </summary>
/// <param name="At">Seconds on the move's own axis; negative before it started.</param>
/// <param name="Kind">One of "progress", "pings", "phase", "decision", "end".</param>
public sealed record MigrationFrame([property: JsonPropertyName("t")] double At, [property: JsonPropertyName("k")] string Kind)
{
    /// <summary>When what it tells was seen, ms since 1970: lets the browser tell how old what it draws is.</summary>
    [JsonPropertyName("at")] public long MadeAt { get; init; }

    /// <summary>Memory to be moved, bytes.</summary>
    [JsonPropertyName("total")] public long? Total { get; init; }

    /// <summary>Memory still to be sent, bytes.</summary>
    [JsonPropertyName("left")] public long? Left { get; init; }

    /// <summary>Disks to be copied, bytes; absent where none are.</summary>
    [JsonPropertyName("dtotal")] public long? DiskTotal { get; init; }

    /// <summary>Disks still to be copied, bytes.</summary>
    [JsonPropertyName("dleft")] public long? DiskLeft { get; init; }

    /// <summary>Bytes sent so far.</summary>
    [JsonPropertyName("sent")] public long? Sent { get; init; }

    /// <summary>Bandwidth, bytes per second.</summary>
    [JsonPropertyName("bw")] public long? Bandwidth { get; init; }

    /// <summary>How fast the guest rewrites memory, bytes per second; null until first measured.</summary>
    [JsonPropertyName("dirty")] public long? Dirty { get; init; }

    /// <summary>Pass over memory, from 1.</summary>
    [JsonPropertyName("it")] public int? Iteration { get; init; }

    /// <summary>Pause the hypervisor expects if it switched now, ms.</summary>
    [JsonPropertyName("down")] public double? ExpectedDowntimeMs { get; init; }

    /// <summary>How far, 0 to 100.</summary>
    [JsonPropertyName("pct")] public double? Percent { get; init; }

    /// <summary>Seconds until it runs at the destination, at least; absent while that is not known.</summary>
    [JsonPropertyName("least")] public double? LeastSeconds { get; init; }

    /// <summary>And at most; absent while no end is in sight.</summary>
    [JsonPropertyName("most")] public double? MostSeconds { get; init; }

    /// <summary>Why that is more than was said before.</summary>
    [JsonPropertyName("why")] public string? Why { get; init; }

    /// <summary>Echo requests, each [sequence, sent ms, round trip ms or null, flags]. One may come again once it is answered.</summary>
    [JsonPropertyName("s")] public IReadOnlyList<double?[]>? Samples { get; init; }

    /// <summary>The phase a "phase" frame is about.</summary>
    [JsonPropertyName("phase")] public string? Phase { get; init; }

    /// <summary>"started" or "ended".</summary>
    [JsonPropertyName("state")] public string? State { get; init; }

    /// <summary>With what a phase ended.</summary>
    [JsonPropertyName("detail")] public string? Detail { get; init; }

    /// <summary>What was decided.</summary>
    [JsonPropertyName("text")] public string? Text { get; init; }

    /// <summary>The numbers behind a decision.</summary>
    [JsonPropertyName("figures")] public string? Figures { get; init; }

    /// <summary>Where the machine is after the move.</summary>
    [JsonPropertyName("verdict")] public string? Verdict { get; init; }

    /// <summary>What happened, what it did to the machine, what to do.</summary>
    [JsonPropertyName("message")] public string? Message { get; init; }

    /// <summary>Turns what the engine tells into a frame; null for what the page reads from the row.</summary>
    public static MigrationFrame? From(MigrationUpdate update) => update switch
    {
        PhaseStarted started => new(started.At, "phase") { Phase = started.Phase.ToString(), State = "started" },
        PhaseEnded ended => new(ended.At, "phase") { Phase = ended.Phase.ToString(), State = "ended", Detail = ended.Detail },
        Progress { Figures: var figures } progress => new(progress.At, "progress")
        {
            Total = figures.TotalBytes,
            Left = figures.RemainingBytes,
            DiskTotal = figures.DiskTotalBytes > 0 ? figures.DiskTotalBytes : null,
            DiskLeft = figures.DiskTotalBytes > 0 ? figures.DiskRemainingBytes : null,
            Sent = figures.ProcessedBytes,
            Bandwidth = figures.BytesPerSecond,
            Dirty = figures.DirtyBytesPerSecond,
            Iteration = figures.Iteration,
            ExpectedDowntimeMs = figures.ExpectedDowntimeMs,
            Percent = Math.Round(figures.Percent, 1),
        },
        Pings pings => new(pings.At, "pings")
        {
            Samples = [.. pings.Samples.Select(sample => new double?[]
            {
                sample.Sequence, Math.Round(sample.SentMs, 3), sample.IsAnswered ? Math.Round(sample.RttMs, 3) : null, (int)sample.Flags,
            })],
        },
        Decision decision => new(decision.At, "decision") { Text = decision.Text, Figures = decision.Figures },
        Finished finished => new(finished.At, "end") { Verdict = finished.Outcome.Verdict.ToString(), Message = finished.Outcome.Message },
        _ => null,
    };
}
