using System.Net;
using Microsoft.EntityFrameworkCore;
using Portal.Domain.Machines;
using Portal.Domain.Migrations;
using Portal.Hypervisor.Hosts;
using Portal.Hypervisor.Machines;

namespace Portal.Tests.Fleet.Product;

/// <summary>
/// Whole portals, killed ten times with three throttled moves on their way each time: thirty points, from the check to the confirmation.
/// The moves are throttled differently, so that one death meets them at different points, and in the middle one of them is being cancelled.
/// </summary>
[Collection(FleetPortalCollection.Name)]
public sealed class ThirtyDeathsTests(FleetPortal portal)
{
    private static readonly string[] s_phases = ["Check", "Predict", "Prepare", "Copy", "SwitchOver", "Confirm"];

    /// <summary>How far the first machine's move is when the portal dies.</summary>
    private static readonly (string Phase, double Percent)[] s_deaths =
        [("Check", 0), ("Predict", 0), ("Prepare", 0), ("Copy", 0), ("Copy", 20), ("Copy", 40), ("Copy", 60), ("Copy", 80), ("SwitchOver", 0), ("Confirm", 0)];

    /// <summary>MiB/s of each machine's stream. The last still copies when the next portal takes over.</summary>
    private static readonly int[] s_speeds = [24, 12, 4];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Machines_run_on_in_one_place_that_the_books_know_wherever_their_moves_were_when_the_portal_died()
    {
        var ids = (await portal.RunningAsync(s_speeds.Length)).Select(machine => machine.Id).ToArray();
        var met = new List<(string Phase, string Story)>();

        for (var death = 0; death < s_deaths.Length; death++)
            met.AddRange(await DieAsync(ids, death));

        TestContext.Current.TestOutputHelper?.WriteLine(string.Join('\n', met.Select(point => point.Story)));
        met.Count.ShouldBe(30);
        met.Select(point => point.Phase).Distinct().Count().ShouldBeGreaterThanOrEqualTo(4, "the deaths were to be spread over the phases");
        await portal.KeepAsync(2);
    }

    private async Task<IReadOnlyList<(string Phase, string Story)>> DieAsync(Guid[] ids, int death)
    {
        var machines = await Task.WhenAll(ids.Select(id => portal.MachineAsync(id)));
        var before = await Task.WhenAll(machines.Select(CounterAsync));
        for (var n = 0; n < machines.Length; n++)
            await portal.Lab.ThrottleAsync(machines[n].HostName!, ids[n], s_speeds[n]);
        var to = portal.Others(machines[0].HostName)[death % 2];
        var events = (s_deaths[death].Phase == "Confirm" ? portal.Lab[to] : portal.Lab[machines[0].HostName!]).WatchAsync(Stop);
        var moves = new List<MigrationRow>();
        foreach (var machine in machines)
            moves.Add(await portal.MoveAsync(machine.Id, portal.Others(machine.HostName)[death % 2]));
        await ReachAsync(moves[0], s_deaths[death], events);
        if (s_deaths[death].Phase == "Copy")
            (await portal.Admin.PostAsync($"migrations/{moves[2].Id}/cancel")).Status.ShouldBe(HttpStatusCode.Accepted);

        await portal.KillAsync();
        var phases = await PhasesAsync(moves);
        // The books would have learned of these a moment later.
        if (s_deaths[death].Phase is "SwitchOver" or "Confirm")
            phases[moves[0].Id] = s_deaths[death].Phase;
        await portal.StartAsync();

        var points = new List<(string Phase, string Story)>();
        for (var n = 0; n < moves.Count; n++)
        {
            var ended = await portal.EndedAsync(moves[n]);
            var told = $"Death {death + 1}, {machines[n].Name} in {phases[moves[n].Id]}: {ended.Status}. {ended.Message}";
            ended.Status.ShouldBeOneOf([MigrationStatus.Moved, MigrationStatus.Stayed, MigrationStatus.Cancelled], told);
            (await portal.MachineAsync(ids[n], MachineState.Running)).HostName.ShouldBe(ended.Status == MigrationStatus.Moved ? moves[n].DestinationName : moves[n].SourceName, told);
            (await GuestCounter.UntilAsync(IPAddress.Parse(machines[n].Address), reading => reading.Count > before[n].Count, Stop)).Boot.ShouldBe(before[n].Boot, told);
            points.Add((phases[moves[n].Id], told));
        }

        await portal.AgreeAsync();
        return points;
    }

    /// <summary>A switch-over is over before the books have it: of that and of what follows the hosts themselves tell first.</summary>
    private async Task ReachAsync(MigrationRow move, (string Phase, double Percent) point, IAsyncEnumerable<HostEvent> events)
    {
        var state = point.Phase == "Confirm" ? PowerState.Running : PowerState.Paused;
        if (point.Phase is "SwitchOver" or "Confirm")
            await Wait.ForAsync($"the guest to be {state}", events, e => e is MachineChanged changed && changed.Machine == move.MachineId && changed.State == state);
        else
            await portal.MoveAsync(move, $"to be in {point.Phase}", seen => Array.IndexOf(s_phases, seen.Phase) is var at && Array.IndexOf(s_phases, point.Phase) is var wanted && (at > wanted || (at == wanted && seen.Percent >= point.Percent)));
    }

    /// <summary>Where the books have the moves: the last that the dead portal wrote.</summary>
    private async Task<Dictionary<Guid, string>> PhasesAsync(List<MigrationRow> moves)
    {
        await using var db = await portal.OpenAsync();
        var ids = moves.ConvertAll(move => move.Id);
        return await db.Migrations.Where(move => ids.Contains(move.Id)).ToDictionaryAsync(move => move.Id, move => move.Phase ?? "Queued", Stop);
    }

    private static Task<CounterReading> CounterAsync(MachineRow machine) => GuestCounter.ReadAsync(IPAddress.Parse(machine.Address), Stop);
}
