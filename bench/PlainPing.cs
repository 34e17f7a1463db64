using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace Portal.Bench;

/// <summary>
/// The independent probe: <c>fping</c> every 5 ms, each reply stamped by it (<c>-D</c>). It shares no code with the portal's probe, so that the
/// receipt is held against something it cannot flatter. iputils' <c>ping</c> will not do: below 10 ms it waits by spinning, and takes a
/// processor from the very hosts it watches (87 % of one here, fping 1 %).
/// </summary>
sealed partial class PlainPing : IAsyncDisposable
{
    /// <summary>Time between requests, ms.</summary>
    public const double IntervalMs = 5;

    readonly Process process;
    readonly Task<List<(int Sequence, double AtMs)>> replies;
    int heardCount;
    readonly TaskCompletionSource first = new(TaskCreationOptions.RunContinuationsAsynchronously);

    PlainPing(Process process)
    {
        this.process = process;
        replies = ReadAsync();
    }

    /// <summary>Completes when the first reply is heard.</summary>
    public Task FirstReply => first.Task;

    public static PlainPing Start(IPAddress target) =>
        new(Tool.Start("fping", "-D", "-l", "-i", "1", "-p", "5", "-t", "1000", target.ToString()));

    /// <summary>Waits until the guest has answered for another second: what follows a move shows itself by then.</summary>
    public async Task SettleAsync(CancellationToken ct)
    {
        var from = Volatile.Read(ref heardCount);
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (Volatile.Read(ref heardCount) < from + 1000 / IntervalMs)
            await tick.WaitForNextTickAsync(ct);
    }

    /// <summary>Stops and returns the longest gap between consecutive reply arrivals less the interval, in ms, and how many of ten pings a second would have been lost, over every phase.</summary>
    public async Task<(double BlackoutMs, double LostAt10Hz)> StopAsync()
    {
        await Tool.RunAsync("kill", ["-INT", process.Id.ToString(CultureInfo.InvariantCulture)], CancellationToken.None);
        var heard = await replies;
        await process.WaitForExitAsync();
        var gap = heard.Zip(heard.Skip(1), (a, b) => b.AtMs - a.AtMs).DefaultIfEmpty(double.NaN).Max();
        var lost = heard.Count == 0 ? 0 : heard.Max(r => r.Sequence) - heard.Min(r => r.Sequence) + 1 - heard.DistinctBy(r => r.Sequence).Count();
        return (gap - IntervalMs, lost * IntervalMs / 100);
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
            process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    async Task<List<(int, double)>> ReadAsync()
    {
        var heard = new List<(int, double)>();
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (Reply().Match(line) is not { Success: true } match)
                continue;
            heard.Add((int.Parse(match.Groups["seq"].ValueSpan, CultureInfo.InvariantCulture),
                double.Parse(match.Groups["at"].ValueSpan, CultureInfo.InvariantCulture) * 1000));
            Interlocked.Increment(ref heardCount);
            first.TrySetResult();
        }
        return heard;
    }

    [GeneratedRegex(@"^\[(?<at>\d+\.\d+)\] \S+ : \[(?<seq>\d+)\], \d+ bytes, ", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Reply();
}
