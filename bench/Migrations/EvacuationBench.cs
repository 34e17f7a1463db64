using System.Diagnostics;
using System.Globalization;

namespace Portal.Bench.Migrations;

/// <summary>
/// Emptying a host with eight machines in one go, beside the same eight moved one after another: ordered from the portal, each when the last
/// one's receipt is there, and with virsh, encrypted as the portal's moves are and with its defaults.
/// </summary>
static class EvacuationBench
{
    const int Machines = 8;
    const double ObjectiveMs = 500;

    public static async Task<IReadOnlyList<Figure>> MeasureAsync(Stand stand, CancellationToken ct)
    {
        var (seconds, one, worst, left) = await ByPortalAsync(stand, ct);
        var (encrypted, defaults) = await ByHandAsync(stand, ct);
        return
        [
            Figure.RatioAtMost($"emptying a host with {Machines} machines, beside the same moves ordered one after another", seconds, "s", one, 0.7),
            Figure.RatioAtMost("the same, beside virsh one after another, encrypted and watched by nobody", seconds, "s", encrypted, 0.7),
            new("the same, beside virsh one after another, unencrypted and watched by nobody", seconds, "s", defaults, "–", true),
            Figure.AtMost("emptying a host: the longest silence of any machine", worst, "ms", ObjectiveMs),
            Figure.AtMost("emptying a host: machines left on it", left, "", 0),
        ];
    }

    static async Task<(double Seconds, double OneByOne, double WorstMs, int Left)> ByPortalAsync(Stand stand, CancellationToken ct)
    {
        var machines = new List<PortalMachine>();
        for (var n = 0; n < Machines; n++)
            machines.Add(await stand.MakeMachineAsync($"leaves-{n + 1}", ct));
        var from = stand.Lab.Hosts[0];
        foreach (var machine in machines)
        {
            await UntilAnswersAsync(machine.Address, ct);
            if ((await machine.HomeAsync(ct)).Name != from.Name)
                await machine.OutcomeAsync(await machine.MoveAsync(from, ct, new { mode = "Live" }), ct);
        }

        var host = (await stand.Admin.GetAsync("hosts", ct))["items"]!.AsArray().Single(h => h!["name"]!.ToString() == from.Name)!["id"]!;
        var began = Stopwatch.GetTimestamp();
        var evacuation = (await stand.Admin.PostAsync($"hosts/{host}/maintenance", new { mode = "Live", objectiveMs = ObjectiveMs }, ct))["evacuation"]!["id"]!;
        var ended = await stand.Admin.UntilAsync($"evacuations/{evacuation}", e => e["evacuation"]!["endedAt"] is not null, ct, TimeSpan.FromSeconds(1));
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        var since = At(ended["evacuation"]!["createdAt"]!);
        var receipts = (await stand.Admin.GetAsync($"migrations?host={host}&take=50&sort=-created", ct))["items"]!.AsArray().Where(m => At(m!["createdAt"]!) >= since).ToList();
        // A move without a figure may have been the worst of all.
        var silences = receipts.ConvertAll(m => m!["blackoutMs"]?.GetValue<double>() ?? double.NaN);
        var worst = silences.Count < Machines || silences.Exists(double.IsNaN) ? double.NaN : silences.Max();
        var left = 0;
        foreach (var machine in machines)
            left += (await machine.HomeAsync(ct)).Name == from.Name ? 1 : 0;
        await stand.Admin.PostAsync($"hosts/{host}/service", new { }, ct);
        began = Stopwatch.GetTimestamp();
        foreach (var machine in machines)
            await machine.ReceiptAsync(await machine.MoveAsync(from, ct, new { mode = "Live", objectiveMs = ObjectiveMs }), ct);
        var oneByOne = Stopwatch.GetElapsedTime(began).TotalSeconds;
        foreach (var machine in machines)
            await machine.DeleteAsync(ct);
        return (seconds, oneByOne, worst, left);
    }

    static async Task<(double Encrypted, double Defaults)> ByHandAsync(Stand stand, CancellationToken ct)
    {
        var model = await stand.MakeMachineAsync("model", ct);
        var definition = await model.DefinitionAsync(ct);
        var machines = new List<HandMade>();
        try
        {
            for (var n = 0; n < Machines; n++)
            {
                var machine = new HandMade(stand, definition, $"bench-leaves-{n + 1}");
                machines.Add(machine);
                await machine.CreateAsync(ct);
                await UntilAnswersAsync(machine.Address, ct);
            }

            await model.DeleteAsync(ct);
            var encrypted = await MoveAllAsync(n => stand.Lab.Hosts[1 + n % 2], ByHand.Encrypted);
            return (encrypted, await MoveAllAsync(_ => stand.Lab.Hosts[0], ByHand.Defaults));
        }
        finally
        {
            foreach (var machine in machines)
                await machine.DisposeAsync();
        }

        async Task<double> MoveAllAsync(Func<int, LabHost> destination, ByHand how)
        {
            var began = Stopwatch.GetTimestamp();
            foreach (var (machine, n) in machines.Select((machine, n) => (machine, n)))
                await machine.MigrateLiveAsync(destination(n), how, ct);
            return Stopwatch.GetElapsedTime(began).TotalSeconds;
        }
    }

    static DateTimeOffset At(System.Text.Json.Nodes.JsonNode time) => DateTimeOffset.Parse(time.ToString(), CultureInfo.InvariantCulture);

    static async Task UntilAnswersAsync(System.Net.IPAddress guest, CancellationToken ct)
    {
        await using var ping = PlainPing.Start(guest);
        await ping.FirstReply.WaitAsync(TimeSpan.FromMinutes(2), ct);
    }
}
