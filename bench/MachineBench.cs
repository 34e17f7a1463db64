using System.Diagnostics;
using System.Xml.Linq;

namespace Portal.Bench;

/// <summary>How long a machine takes from the decision to its first answered ping, made by the portal and made by hand, in turn.</summary>
static class MachineBench
{
    const int Runs = 7;

    public static async Task<IReadOnlyList<Figure>> MeasureAsync(Stand stand, CancellationToken ct)
    {
        var (portal, byHand) = (new List<double>(), new List<double>());
        for (var run = 0; run < Runs; run++)
        {
            var (seconds, model) = await ByPortalAsync(stand, $"first-{run}", ct);
            portal.Add(seconds);
            byHand.Add(await ByHandAsync(stand, model, $"bench-first-{run}", ct));
            Console.WriteLine($"    {run + 1}/{Runs}: {portal[^1]:0.0} s by the portal, {byHand[^1]:0.0} s by hand");
        }

        return
        [
            Figure.RatioAtMost("approval to first ping", portal.Median(), "s", byHand.Median(), 1.3),
            Figure.AtMost("approval to first ping, here", portal.Median(), "s", 12),
        ];
    }

    static async Task<(double Seconds, XDocument Model)> ByPortalAsync(Stand stand, string name, CancellationToken ct)
    {
        var machine = await PortalMachine.RequestAsync(stand, name, ct);
        await using var ping = PlainPing.Start(machine.Address);
        var began = Stopwatch.GetTimestamp();
        await machine.ApproveAsync(ct);
        await ping.FirstReply.WaitAsync(ct);
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        await machine.UntilMadeAsync(ct);
        var model = await machine.DefinitionAsync(ct);
        await machine.DeleteAsync(ct);
        return (seconds, model);
    }

    static async Task<double> ByHandAsync(Stand stand, XDocument model, string name, CancellationToken ct)
    {
        await using var machine = new HandMade(stand, model, name);
        await using var ping = PlainPing.Start(machine.Address);
        var began = Stopwatch.GetTimestamp();
        await machine.CreateAsync(ct);
        await ping.FirstReply.WaitAsync(ct);
        return Stopwatch.GetElapsedTime(began).TotalSeconds;
    }
}
