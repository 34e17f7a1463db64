using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace Portal.Bench.Migrations;

/// <summary>
/// What the wire shows of pings: <c>tcpdump</c>, stamped by the kernel as they pass, so that no process has to be scheduled in time. It tells the
/// portal's own from the independent ones by their length. Two probes ask at moments of their own, so each end of a silence falls between other
/// requests of either: whether a receipt tells what was there is held against the very replies it counted.
/// </summary>
sealed partial class WireTap : IAsyncDisposable
{
    /// <summary>An echo with its header, bytes: the portal's, and fping's.</summary>
    const int PortalsLength = 24, IndependentLength = 64;

    readonly Process process;
    readonly Dictionary<(int Length, int Id, int Sequence), double> asked = [];
    readonly List<Answer> heard = [];
    readonly Task read;
    Task<string> said = Task.FromResult("");

    WireTap(Process process)
    {
        this.process = process;
        read = Tool.EachLineAsync(process, Take);
    }

    /// <summary>Listens to pings of this guest; returns when it does.</summary>
    public static async Task<WireTap> StartAsync(IPAddress guest, CancellationToken ct)
    {
        var way = await Tool.RunAsync("ip", ["-o", "route", "get", guest.ToString()], ct);
        var tap = new WireTap(Tool.Start("tcpdump", "-n", "-tt", "-l", "--immediate-mode", "-s", "128", "-i", Device().Match(way).Groups["name"].Value, $"icmp and host {guest}"));
        try
        {
            string? line;
            while ((line = await tap.process.StandardError.ReadLineAsync(ct))?.StartsWith("listening", StringComparison.Ordinal) == false)
            {
                // What it says before that is of no matter.
            }

            if (line is null)
                throw new InvalidOperationException("tcpdump does not listen: it may not, or the way to the guest is not there.");
            tap.said = tap.process.StandardError.ReadToEndAsync(CancellationToken.None);
            return tap;
        }
        catch
        {
            await tap.DisposeAsync();
            throw;
        }
    }

    /// <summary>Stops listening.</summary>
    /// <exception cref="InvalidOperationException">It missed some: a reply that nobody saw would read as silence.</exception>
    public async Task StopAsync()
    {
        await Tool.RunAsync("kill", ["-INT", process.Id.ToString(CultureInfo.InvariantCulture)], CancellationToken.None);
        await read;
        await process.WaitForExitAsync();
        if (!(await said).Contains("\n0 packets dropped by kernel", StringComparison.Ordinal))
            throw new InvalidOperationException($"tcpdump missed packets: {await said}");
    }

    /// <summary>The longest gap between replies to the portal's pings, less the interval, ms.</summary>
    public double OfPortalMs(double intervalMs) => Silence(PortalsLength, intervalMs);

    /// <summary>The longest gap between replies to the independent pings, less the interval, ms.</summary>
    public double OfIndependentMs(PlainPing ping) => Silence(IndependentLength, ping.IntervalMs);

    /// <summary>
    /// Of the densest stream of that length: the portal also asks now and then whether a guest is there at all. A reply to the very next request
    /// closes no more than the time since that was due: before, nobody asked.
    /// </summary>
    double Silence(int length, double intervalMs)
    {
        var replies = heard.Where(reply => reply.Length == length).GroupBy(reply => reply.Id).MaxBy(stream => stream.Count())?.ToList() ?? [];
        if (replies.Count < 2)
            throw new InvalidOperationException("The wire shows no pings that were answered.");
        return replies.Zip(replies.Skip(1), (before, after) => after.AtMs - LastHeard(before, after)).Max() - intervalMs;

        double LastHeard(Answer before, Answer after) => after.Sequence == before.Sequence + 1 ? Math.Max(before.AtMs, after.AskedMs - intervalMs) : before.AtMs;
    }

    public ValueTask DisposeAsync() => Tool.EndAsync(process, read);

    void Take(string line)
    {
        if (Echo().Match(line) is not { Success: true } match)
            return;
        var echo = (Length: Number("length"), Id: Number("id"), Sequence: Number("seq"));
        var at = double.Parse(match.Groups["at"].ValueSpan, CultureInfo.InvariantCulture) * 1000;
        if (match.Groups["kind"].Value == "request")
            asked[echo] = at;
        // A second reply to the same request closes no gap.
        else if (asked.Remove(echo, out var askedMs))
            heard.Add(new Answer(echo.Length, echo.Id, echo.Sequence, askedMs, at));

        int Number(string name) => int.Parse(match.Groups[name].ValueSpan, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@" dev (?<name>\S+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Device();

    [GeneratedRegex(@"^(?<at>\d+\.\d+) .* ICMP echo (?<kind>request|reply), id (?<id>\d+), seq (?<seq>\d+), length (?<length>\d+)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Echo();

    /// <summary>A request that was answered.</summary>
    sealed record Answer(int Length, int Id, int Sequence, double AskedMs, double AtMs);
}
