using System.Text.Json.Nodes;

namespace Portal.Bench;

/// <summary>
/// What a live move does to a guest's users: by the portal, and by virsh with its defaults, in turn on two guests of the same
/// definition, each with as much of its memory in use. Both are watched by the same independent ping, so that neither side measures itself.
/// </summary>
static class MigrationBench
{
    const int Runs = 20;
    const int UsedMib = 32;

    public static async Task<IReadOnlyList<Figure>> MeasureAsync(Stand stand, CancellationToken ct)
    {
        var moved = await stand.MakeMachineAsync("moved", ct, PortalMachine.UsedFlavor);
        await using var plain = new HandMade(stand, await moved.DefinitionAsync(ct), "bench-moved");
        await plain.CreateAsync(ct);
        await using (var ping = PlainPing.Start(plain.Address))
            await ping.FirstReply.WaitAsync(ct);
        await stand.Login.FillMemoryAsync(moved.Address, UsedMib, ct);
        await stand.Login.FillMemoryAsync(plain.Address, UsedMib, ct);

        var (portal, virsh) = (new List<Move>(), new List<double>());
        for (var run = 0; run < Runs; run++)
        {
            virsh.Add(await ByVirshAsync(stand, plain, ct));
            portal.Add(await ByPortalAsync(stand, moved, ct));
            Console.WriteLine($"    {run + 1}/{Runs}: {portal[^1].Receipt:0} ms (pause {portal[^1].Pause:0} ms, independent ping {portal[^1].Watched:0} ms) by the portal, {virsh[^1]:0} ms by virsh");
        }

        await moved.DeleteAsync(ct);
        return Figures(portal, virsh);
    }

    static IReadOnlyList<Figure> Figures(IReadOnlyList<Move> portal, IReadOnlyList<double> virsh)
    {
        var receipts = portal.Select(move => move.Receipt).ToList();
        var errors = portal.Select(move => Math.Abs(move.Receipt - move.Watched)).ToList();
        var quiet = portal.Count(move => move.LostAt10Hz < 0.5);
        return
        [
            Figure.RatioAtMost("blackout of a live move, independent ping", portal.Select(move => move.Watched).ToList().Median(), "ms", virsh.Median(), 0.5),
            Figure.AtMost("blackout by the receipt, median", receipts.Median(), "ms", 70),
            Figure.AtMost("blackout by the receipt, worst", receipts.Max(), "ms", 400),
            new("moves in which a ping at 10 Hz loses none more often than not", quiet, $"of {portal.Count}", null, $"> {portal.Count / 2}", quiet > portal.Count / 2),
            Figure.AtMost("receipt less independent ping, median", errors.Median(), "ms", 10),
            Figure.AtMost("receipt less independent ping, worst", errors.Max(), "ms", 10),
        ];
    }

    static async Task<Move> ByPortalAsync(Stand stand, PortalMachine machine, CancellationToken ct)
    {
        var destination = stand.Lab.Next(await machine.HomeAsync(ct));
        await using var ping = PlainPing.Start(machine.Address);
        await ping.FirstReply.WaitAsync(ct);
        var receipt = await machine.ReceiptAsync(await machine.MoveAsync(destination, ct), ct);
        var watched = await ping.StopAsync();
        return new Move(Number(receipt, "blackoutMs"), Number(receipt, "pauseMs"), watched.BlackoutMs, watched.LostAt10Hz);
    }

    static async Task<double> ByVirshAsync(Stand stand, HandMade machine, CancellationToken ct)
    {
        await using var ping = PlainPing.Start(machine.Address);
        await ping.FirstReply.WaitAsync(ct);
        await machine.MigrateLiveAsync(stand.Lab.Next(machine.Home), ct);
        await ping.SettleAsync(ct);
        return (await ping.StopAsync()).BlackoutMs;
    }

    static double Number(JsonNode receipt, string name) => receipt["measured"]![name]!.GetValue<double>();

    /// <summary>One move by the portal, in ms: what its receipt says of blackout and pause, and what the independent ping saw; lost at 10 Hz is the mean over every phase.</summary>
    sealed record Move(double Receipt, double Pause, double Watched, double LostAt10Hz);
}
