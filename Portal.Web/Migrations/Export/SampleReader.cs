using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Portal.Hypervisor.Probing;

namespace Portal.Web.Migrations.Export;

/// <summary>One ping or one look at the copy.</summary>
[StructLayout(LayoutKind.Auto)]
readonly record struct Sampled(SamplePing? Ping, SampleCopy? Copy)
{
    /// <summary>Seconds on the move's axis.</summary>
    public double At => Ping?.SentAt ?? Copy!.At;
}

/// <summary>
/// Reads samples from the frames as they were kept, in the order of time and a few seconds of them at once: a ping stands there unanswered
/// first, and again with its reply or without one.
/// </summary>
sealed class SampleReader
{
    // A ping is decided after five seconds; a second reply to it may come a little later still.
    const double Undecided = 10;

    readonly SortedDictionary<int, SamplePing> pings = [];
    readonly Queue<SampleCopy> copy = [];
    int next;
    double now = double.NegativeInfinity;

    /// <summary>How often the move began: after its worker was lost it begins again, and what counts is the last time.</summary>
    public static async Task<int> CountBeginningsAsync(IAsyncEnumerable<MigrationFrame> frames, CancellationToken ct)
    {
        var count = 0;
        await foreach (var frame in frames.WithCancellation(ct))
            count += IsBeginning(frame) ? 1 : 0;
        return count;
    }

    /// <summary>The samples since the move began for so many times.</summary>
    public static async IAsyncEnumerable<Sampled> ReadAsync(IAsyncEnumerable<MigrationFrame> frames, int beginnings, [EnumeratorCancellation] CancellationToken ct)
    {
        var reader = new SampleReader();
        await foreach (var frame in frames.WithCancellation(ct))
        {
            if (IsBeginning(frame))
                beginnings--;
            if (beginnings > 0)
                continue;
            reader.Take(frame);
            foreach (var sample in reader.Decided(reader.now - Undecided))
                yield return sample;
        }

        foreach (var sample in reader.Decided(double.PositiveInfinity))
            yield return sample;
    }

    static bool IsBeginning(MigrationFrame frame) => frame is { Kind: "phase", Phase: nameof(Hypervisor.Migrations.MigrationPhase.Check), State: "started" };

    void Take(MigrationFrame frame)
    {
        now = Math.Max(now, frame.At);
        if (frame.Kind == "progress")
            copy.Enqueue(new SampleCopy(frame.At, frame.Left, frame.Bandwidth, frame.Dirty, frame.Iteration));
        foreach (var sample in frame.Samples ?? [])
        {
            if (sample is [{ } sequence, { } sent, var roundTrip, { } flags] && sequence >= next)
                pings[(int)sequence] = Read((int)sequence, sent / 1000, roundTrip, (PingFlags)(int)flags);
        }
    }

    IEnumerable<Sampled> Decided(double until)
    {
        while (true)
        {
            var ping = pings.Count > 0 ? pings.First().Value : null;
            copy.TryPeek(out var look);
            if (ping is not null && ping.SentAt < until && !(look?.At < ping.SentAt))
            {
                pings.Remove(ping.Sequence);
                next = ping.Sequence + 1;
                yield return new(ping, null);
            }
            else if (look is not null && look.At < until)
            {
                yield return new(null, copy.Dequeue());
            }
            else
            {
                yield break;
            }
        }
    }

    static SamplePing Read(int sequence, double sentAt, double? roundTripMs, PingFlags flags) =>
        new(sequence, sentAt, roundTripMs, flags.HasFlag(PingFlags.Lost), flags.HasFlag(PingFlags.Late), flags.HasFlag(PingFlags.Duplicate), flags.HasFlag(PingFlags.Stalled));
}
