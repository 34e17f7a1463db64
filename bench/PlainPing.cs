using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace Portal.Bench;

/// <summary>
/// The independent probe: <c>fping</c>. It shares no code with the portal's probe, so that the receipt is held against something it
/// cannot flatter; what it saw is read from the wire. iputils' <c>ping</c> will not do: below 10 ms it waits by spinning, and takes a
/// processor from the very hosts it watches (87 % of one here, fping 1 %). Like the portal's probe it waits for no other process.
/// </summary>
sealed class PlainPing : IAsyncDisposable
{
    /// <summary>Time between requests, ms: as often as the portal asks.</summary>
    public const int UsualMs = 5;

    /// <summary>Finer than what is held against it: two probes that ask every 5 ms can differ by a whole interval, and any jitter on top, though both tell the truth.</summary>
    public const int FineMs = 1;

    readonly Process process;
    readonly Task reading;
    readonly TaskCompletionSource first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    int heard;

    PlainPing(Process process, int intervalMs)
    {
        this.process = process;
        IntervalMs = intervalMs;
        reading = ReadAsync();
        // Whatever it complains of is read, or a full pipe would hold it up.
        _ = process.StandardError.ReadToEndAsync();
    }

    /// <summary>Time between requests, ms.</summary>
    public int IntervalMs { get; }

    /// <summary>Completes when the first reply is heard.</summary>
    public Task FirstReply => first.Task;

    public static PlainPing Start(IPAddress target, int intervalMs = UsualMs) =>
        new(Tool.Start("chrt", "-f", "1", "fping", "-l", "-i", "1", "-p", intervalMs.ToString(CultureInfo.InvariantCulture), "-t", "1000", target.ToString()), intervalMs);

    /// <summary>Waits until the guest has answered for another second: what follows a move shows itself by then.</summary>
    public async Task SettleAsync(CancellationToken ct)
    {
        var from = Volatile.Read(ref heard);
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (Volatile.Read(ref heard) < from + 1000.0 / IntervalMs)
            await tick.WaitForNextTickAsync(ct);
    }

    public ValueTask DisposeAsync() => Tool.EndAsync(process, reading);

    async Task ReadAsync()
    {
        // An answered one reads "10.0.0.1 : [4], 64 bytes, 0.31 ms (0.31 avg, 0% loss)", any other says why it was not.
        await Tool.EachLineAsync(process, line =>
        {
            if (!line.Contains(" bytes, ", StringComparison.Ordinal))
                return;
            Interlocked.Increment(ref heard);
            first.TrySetResult();
        });
        first.TrySetException(new InvalidOperationException("fping ended before the guest answered."));
        _ = first.Task.Exception;
    }
}
