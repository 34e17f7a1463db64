using Portal.Hypervisor.Probing;

namespace Portal.Web.Migrations.Export;

/// <summary>One ping of a move.</summary>
/// <param name="Sequence">Its number, from 0.</param>
/// <param name="SentAt">When it was sent, seconds on the move's axis.</param>
/// <param name="RoundTripMs">How long its reply took, ms; null: none came in time.</param>
/// <param name="IsLost">No reply came within 5 s.</param>
/// <param name="IsLate">It came after more than 1 s.</param>
/// <param name="IsDuplicate">More than one came; the first counts.</param>
/// <param name="IsInvalid">The probe was held up, so gaps around it prove nothing.</param>
public sealed record SamplePing(int Sequence, double SentAt, double? RoundTripMs, bool IsLost, bool IsLate, bool IsDuplicate, bool IsInvalid);

/// <summary>How far the copy was at one moment.</summary>
/// <param name="At">Seconds on the move's axis.</param>
/// <param name="LeftBytes">Memory still to be sent.</param>
/// <param name="BytesPerSecond">Bandwidth.</param>
/// <param name="WritesBytesPerSecond">How fast the guest writes, as the hypervisor says.</param>
/// <param name="Pass">Pass over memory, from 1.</param>
public sealed record SampleCopy(double At, long? LeftBytes, long? BytesPerSecond, long? WritesBytesPerSecond, int? Pass);

/// <summary>What was sampled during a move, each ping once, as it turned out.</summary>
/// <param name="Pings">In the order they were sent.</param>
/// <param name="Copy">In the order they were taken.</param>
public sealed record ReceiptSamples(IReadOnlyList<SamplePing> Pings, IReadOnlyList<SampleCopy> Copy)
{
    /// <summary>Reads them from the frames as they were kept: a ping stands there unanswered first, and again with its reply.</summary>
    public static ReceiptSamples From(IEnumerable<MigrationFrame> frames)
    {
        var pings = new SortedDictionary<int, SamplePing>();
        var copy = new List<SampleCopy>();
        foreach (var frame in frames)
        {
            if (frame.Kind == "progress")
                copy.Add(new SampleCopy(frame.At, frame.Left, frame.Bandwidth, frame.Dirty, frame.Iteration));
            foreach (var sample in frame.Samples ?? [])
            {
                if (sample is [{ } sequence, { } sent, var roundTrip, { } flags])
                    pings[(int)sequence] = Read((int)sequence, sent / 1000, roundTrip, (PingFlags)(int)flags);
            }
        }

        return new ReceiptSamples([.. pings.Values], copy);
    }

    static SamplePing Read(int sequence, double sentAt, double? roundTripMs, PingFlags flags) =>
        new(sequence, sentAt, roundTripMs, flags.HasFlag(PingFlags.Lost), flags.HasFlag(PingFlags.Late), flags.HasFlag(PingFlags.Duplicate), flags.HasFlag(PingFlags.Stalled));
}
