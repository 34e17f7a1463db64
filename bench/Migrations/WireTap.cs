using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace Portal.Bench.Migrations;

/// <summary>
/// What the wire shows of the portal's own pings: <c>tcpdump</c>, stamped by the kernel as replies come in. Two probes that ask at moments of
/// their own differ by chance by more than one interval in one move of twelve (each end of the silence falls between two requests of either), so
/// whether a receipt tells what was there is held against the very replies it counted.
/// </summary>
sealed partial class WireTap : IAsyncDisposable
{
    /// <summary>An echo of the portal with its header, bytes; fping's are 64.</summary>
    const string PortalsLength = "24";

    readonly Process process;
    readonly Dictionary<int, double> asked = [];
    readonly List<(int Sequence, double AtMs)> heard = [];
    readonly Task read;

    WireTap(Process process)
    {
        this.process = process;
        read = ReadAsync();
    }

    /// <summary>Listens to pings of this guest; returns when it does.</summary>
    public static async Task<WireTap> StartAsync(IPAddress guest, CancellationToken ct)
    {
        var way = await Tool.RunAsync("ip", ["-o", "route", "get", guest.ToString()], ct);
        var tap = new WireTap(Tool.Start("tcpdump", "-n", "-tt", "-l", "--immediate-mode", "-i", Device().Match(way).Groups["name"].Value, $"icmp and host {guest}"));
        while (await tap.process.StandardError.ReadLineAsync(ct) is { } said)
        {
            if (said.StartsWith("listening", StringComparison.Ordinal))
                break;
        }

        _ = tap.process.StandardError.ReadToEndAsync(CancellationToken.None);
        return tap;
    }

    /// <summary>
    /// Stops and returns the longest gap between replies to the portal's pings, less the interval, ms. A reply to the very next request closes
    /// no more than the time since that was due: before, nobody asked.
    /// </summary>
    public async Task<double> StopAsync(double intervalMs)
    {
        await Tool.RunAsync("kill", ["-INT", process.Id.ToString(CultureInfo.InvariantCulture)], CancellationToken.None);
        await read;
        await process.WaitForExitAsync();
        return heard.Zip(heard.Skip(1), (before, after) => after.AtMs - (after.Sequence == before.Sequence + 1 ? Math.Max(before.AtMs, asked[after.Sequence] - intervalMs) : before.AtMs)).DefaultIfEmpty(double.NaN).Max() - intervalMs;
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
            process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    async Task ReadAsync()
    {
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (Echo().Match(line) is not { Success: true } match || match.Groups["length"].Value != PortalsLength)
                continue;
            var (sequence, at) = (int.Parse(match.Groups["seq"].ValueSpan, CultureInfo.InvariantCulture), double.Parse(match.Groups["at"].ValueSpan, CultureInfo.InvariantCulture) * 1000);
            if (match.Groups["kind"].Value == "request")
                asked[sequence] = at;
            else if (asked.ContainsKey(sequence))
                heard.Add((sequence, at));
        }
    }

    [GeneratedRegex(@" dev (?<name>\S+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Device();

    [GeneratedRegex(@"^(?<at>\d+\.\d+) .* ICMP echo (?<kind>request|reply), .* seq (?<seq>\d+), length (?<length>\d+)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Echo();
}
