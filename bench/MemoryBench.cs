using System.Globalization;
using Microsoft.Playwright;

namespace Portal.Bench;

/// <summary>What the portal's process holds while it is used: three hosts, ten running machines, five people at their browsers, one of them watching a move.</summary>
static class MemoryBench
{
    const int Machines = 10;
    static readonly string[] Pages = ["/", "/machines", "/approvals", "/hosts"];

    public static async Task<IReadOnlyList<Figure>> MeasureAsync(Stand stand, CancellationToken ct)
    {
        var machines = new List<PortalMachine>();
        for (var i = 0; i < Machines; i++)
            machines.Add(await stand.MakeMachineAsync($"held-{i}", ct));
        await using var visitors = await Visitors.StartAsync(stand);
        foreach (var path in Pages)
            await (await visitors.SignInAsync(path == "/" ? "member" : "admin")).GotoAsync(path, new() { WaitUntil = WaitUntilState.NetworkIdle });

        var watcher = await visitors.SignInAsync("admin");
        var move = await machines[0].MoveAsync(stand.Lab.Next(await machines[0].HomeAsync(ct)), ct);
        await watcher.GotoAsync($"/migrations/{move}");
        await watcher.Locator("[data-chart][data-complete]").WaitForAsync(new() { State = WaitForSelectorState.Attached, Timeout = 60_000 });
        await machines[0].ReceiptAsync(move, ct);

        var (now, most) = (Status(stand, "VmRSS"), Status(stand, "VmHWM"));
        foreach (var machine in machines)
            await machine.DeleteAsync(ct);
        return
        [
            Figure.AtMost("memory with 3 hosts, 10 machines, 5 browsers", now, "MB", 400),
            Figure.AtMost("the same, at its most since the start", most, "MB", 400),
        ];
    }

    /// <summary>A line of the kernel's own account of the process, MB (10⁶ bytes).</summary>
    static double Status(Stand stand, string name)
    {
        var line = File.ReadLines($"/proc/{stand.Portal.Id}/status").Single(line => line.StartsWith(name + ":", StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) * 1024 / 1e6;
    }
}
