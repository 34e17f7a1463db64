using System.Diagnostics;

namespace Portal.Bench.Migrations;

/// <summary>Moves of one kind by virsh, one after the other, watched by the same independent ping as the portal's.</summary>
/// <param name="stand">Where they are made.</param>
/// <param name="how">How they are made.</param>
sealed class HandSeries(Stand stand, ByHand how)
{
    readonly List<double> silences = [];
    readonly List<double> seconds = [];

    /// <summary>The longest gap the ping saw in each, less its interval, ms.</summary>
    public IReadOnlyList<double> SilencesMs => silences;

    /// <summary>How long virsh took for each, s.</summary>
    public IReadOnlyList<double> Seconds => seconds;

    /// <summary>Moves the machine to the next host and measures it. A move that fails is told, and breaks nothing off.</summary>
    public async Task OneAsync(HandMade machine, CancellationToken ct)
    {
        try
        {
            await using var ping = PlainPing.Start(machine.Address);
            await ping.FirstReply.WaitAsync(TimeSpan.FromSeconds(30), ct);
            await using var wire = await WireTap.StartAsync(machine.Address, ct);
            var began = Stopwatch.GetTimestamp();
            await machine.MigrateLiveAsync(stand.Lab.Next(machine.Home), how, ct);
            var took = Stopwatch.GetElapsedTime(began).TotalSeconds;
            await ping.SettleAsync(ct).WaitAsync(TimeSpan.FromMinutes(1), ct);
            await wire.StopAsync();
            silences.Add(wire.OfIndependentMs(ping));
            seconds.Add(took);
        }
        catch (Exception e) when (MoveSeries.IsOfOne(e, ct))
        {
            Console.WriteLine($"    by hand ({how}): broke off: {e.Message}");
        }
    }
}
