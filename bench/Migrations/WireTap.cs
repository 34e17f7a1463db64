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
    /// <summary>An echo of the portal with its header, bytes; iputils' own are 64.</summary>
    const string PortalsLength = "24";

    readonly Process process;
    readonly Task<List<double>> replies;

    WireTap(Process process)
    {
        this.process = process;
        replies = ReadAsync();
    }

    /// <summary>Listens for replies of this guest; returns when it does.</summary>
    public static async Task<WireTap> StartAsync(IPAddress guest, CancellationToken ct)
    {
        var way = await Tool.RunAsync("ip", ["-o", "route", "get", guest.ToString()], ct);
        var tap = new WireTap(Tool.Start("tcpdump", "-n", "-tt", "-l", "--immediate-mode", "-i", Device().Match(way).Groups["name"].Value, "-Q", "in", $"icmp[icmptype] == icmp-echoreply and src host {guest}"));
        while (await tap.process.StandardError.ReadLineAsync(ct) is { } said)
        {
            if (said.StartsWith("listening", StringComparison.Ordinal))
                break;
        }

        _ = tap.process.StandardError.ReadToEndAsync(CancellationToken.None);
        return tap;
    }

    /// <summary>Stops and returns the longest gap between replies to the portal's pings, less the interval, ms.</summary>
    public async Task<double> StopAsync(double intervalMs)
    {
        await Tool.RunAsync("kill", ["-INT", process.Id.ToString(CultureInfo.InvariantCulture)], CancellationToken.None);
        var heard = await replies;
        await process.WaitForExitAsync();
        return heard.Zip(heard.Skip(1), (before, after) => after - before).DefaultIfEmpty(double.NaN).Max() - intervalMs;
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
            process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    async Task<List<double>> ReadAsync()
    {
        var heard = new List<double>();
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (Reply().Match(line) is { Success: true } match && match.Groups["length"].Value == PortalsLength)
                heard.Add(double.Parse(match.Groups["at"].ValueSpan, CultureInfo.InvariantCulture) * 1000);
        }

        return heard;
    }

    [GeneratedRegex(@" dev (?<name>\S+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Device();

    [GeneratedRegex(@"^(?<at>\d+\.\d+) .* ICMP echo reply, .* length (?<length>\d+)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Reply();
}
