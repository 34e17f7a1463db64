using System.Globalization;
using Microsoft.Playwright;

namespace Portal.Bench;

/// <summary>How old a frame is when the browser has drawn it: the page measures itself against the time the portal put on each frame.</summary>
static class FrameBench
{
    const int Runs = 5;

    public static async Task<IReadOnlyList<Figure>> MeasureAsync(Stand stand, CancellationToken ct)
    {
        var machine = await stand.MakeMachineAsync("watched", ct);
        await using var visitors = await Visitors.StartAsync(stand);
        var page = await visitors.SignInAsync("admin");
        var p95 = new List<double>();
        for (var run = 0; run < Runs; run++)
        {
            var move = await machine.MoveAsync(stand.Lab.Next(await machine.HomeAsync(ct)), ct);
            await page.GotoAsync($"/migrations/{move}");
            var chart = page.Locator("[data-chart][data-complete]");
            await chart.WaitForAsync(new() { State = WaitForSelectorState.Attached, Timeout = 60_000 });
            p95.Add(double.Parse((await chart.GetAttributeAsync("data-frame-latency-p95"))!, CultureInfo.InvariantCulture));
            Console.WriteLine($"    {run + 1}/{Runs}: p95 {p95[^1]:0} ms");
            await machine.ReceiptAsync(move, ct);
        }

        await machine.DeleteAsync(ct);
        return [Figure.AtMost("hypervisor's word to the browser's canvas, p95 of the worst move", p95.Max(), "ms", 300)];
    }
}
