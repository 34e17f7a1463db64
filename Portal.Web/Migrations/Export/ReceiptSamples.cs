namespace Portal.Web.Migrations.Export;

/// <summary>One ping of a move.</summary>
/// <param name="Sequence">Its number, from 0.</param>
/// <param name="SentAt">When it was sent, seconds on the move's axis.</param>
/// <param name="RoundTripMs">How long its reply took, ms; null: none came in time.</param>
/// <param name="IsLost">No reply came within 5 s, or a hundred younger ones came before it and it was late already.</param>
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
    /// <summary>All of them at once, for whoever must see the whole before it begins.</summary>
    internal static async Task<ReceiptSamples> AllAsync(IAsyncEnumerable<Sampled> samples, CancellationToken ct)
    {
        var (pings, copy) = (new List<SamplePing>(), new List<SampleCopy>());
        await foreach (var sample in samples.WithCancellation(ct))
        {
            if (sample.Ping is { } ping)
                pings.Add(ping);
            if (sample.Copy is { } look)
                copy.Add(look);
        }

        return new ReceiptSamples(pings, copy);
    }
}
