using System.Globalization;

namespace Portal.Bench.Migrations;

/// <summary>
/// What moves do to a guest's users, an idle one's and a writing one's, by the portal and by virsh: with its defaults, tuned by hand, and encrypted as
/// the portal's are. Guests that are compared have as much of their memory in use, and all are watched by the same independent ping, so that
/// neither side measures itself.
/// </summary>
static class MigrationBench
{
    /// <summary>What the busy guest is promised, ms.</summary>
    const double BusyObjectiveMs = 100;

    const int UsedMib = 32;

    /// <summary>No further move of a kind is begun after so long: the figures say how many there were.</summary>
    static readonly TimeSpan MostOfAKind = TimeSpan.FromMinutes(20);

    public static async Task<IReadOnlyList<Figure>> MeasureAsync(Stand stand, CancellationToken ct)
    {
        var moves = stand.Moves;
        var moved = await stand.MakeMachineAsync("moved", ct, PortalMachine.LargeFlavor);
        await using var plain = new HandMade(stand, await moved.DefinitionAsync(ct), "bench-moved");
        await plain.CreateAsync(ct);
        foreach (var guest in (System.Net.IPAddress[])[moved.Address, plain.Address])
        {
            await stand.Login.UntilReadyAsync(guest, ct);
            await stand.Login.FillMemoryAsync(guest, UsedMib, ct);
        }

        var idle = new MoveSeries(stand, "idle", moves, MostOfAKind);
        var byHand = Enum.GetValues<ByHand>().ToDictionary(how => how, how => new HandSeries(stand, how));
        while (!idle.IsOver)
        {
            await idle.OneAsync(moved, new { mode = "Live" }, ct);
            // A quarter of the runs is enough for a median, and all kinds by hand see the same moods of the machine as the portal does.
            if (idle.Tried % 4 == 1)
            {
                foreach (var series in byHand.Values)
                    await series.OneAsync(plain, ct);
            }
        }

        // Apart from the others, for a guest that answers a thousand pings a second has less time for its move.
        var ruled = new MoveSeries(stand, "idle, watched each ms", moves, MostOfAKind, PlainPing.FineMs);
        while (!ruled.IsOver)
            await ruled.OneAsync(moved, new { mode = "Live" }, ct);

        var (direct, saved) = (new MoveSeries(stand, "quick direct", Some(moves), MostOfAKind), new MoveSeries(stand, "quick saved", Some(moves), MostOfAKind));
        while (!direct.IsOver && !saved.IsOver)
        {
            await direct.OneAsync(moved, new { mode = "QuickDirect" }, ct);
            await saved.OneAsync(moved, new { mode = "QuickSaved" }, ct);
        }

        var definition = await moved.DefinitionAsync(ct);
        await moved.DeleteAsync(ct);
        var busy = await BusyAsync(stand, moves, ct);
        var busyByHand = await BusyByHandAsync(stand, definition, Some(moves), ct);
        MoveSeries[] all = [idle, direct, saved, busy];
        await DistributionPicture.WriteAsync(
        [
            new("virsh --live, idle guest", byHand[ByHand.Defaults].SilencesMs, null), new("the same, limit of 20 ms", byHand[ByHand.ShortPause].SilencesMs, null), new("the same, encrypted", byHand[ByHand.Encrypted].SilencesMs, null),
            new("Portal, live, idle guest", idle.Watched, 45),
            new("virsh --live, 50 MB/s written", busyByHand.SilencesMs, null), new("Portal, live, 50 MB/s written", busy.Watched, BusyObjectiveMs),
            new("Portal, quick direct", direct.Watched, null), new("Portal, quick saved", saved.Watched, null),
        ], ct);
        return [.. LiveFigures(idle, byHand), .. BusyFigures(busy, busyByHand), .. QuickFigures(idle, direct, saved), .. PredictionFigures(all), .. ReceiptFigures([.. all, ruled], ruled)];
    }

    /// <summary>As many of the slower kinds as are enough for a median.</summary>
    static int Some(int moves) => Math.Max(3, moves / 5);

    static async Task<MoveSeries> BusyAsync(Stand stand, int moves, CancellationToken ct)
    {
        var busy = new MoveSeries(stand, "busy", moves, MostOfAKind);
        try
        {
            var machine = await stand.MakeMachineAsync("busy", ct, PortalMachine.LargeFlavor);
            await stand.Login.UntilReadyAsync(machine.Address, ct);
            var writes = await stand.Login.KeepWritingAsync(machine.Address, ct);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"    the busy guest writes {writes / 1e6:0} MB/s over 64 MiB"));
            while (!busy.IsOver)
                await busy.OneAsync(machine, new { mode = "Live", objectiveMs = BusyObjectiveMs }, ct);
            await machine.DeleteAsync(ct);
        }
        catch (Exception e) when (MoveSeries.IsOfOne(e, ct))
        {
            // The others are measured already, and are told.
            Console.WriteLine($"    the busy guest: {e.Message}");
        }

        return busy;
    }

    static async Task<HandSeries> BusyByHandAsync(Stand stand, System.Xml.Linq.XDocument definition, int moves, CancellationToken ct)
    {
        var series = new HandSeries(stand, ByHand.Defaults);
        try
        {
            await using var machine = new HandMade(stand, definition, "bench-busy");
            await machine.CreateAsync(ct);
            await stand.Login.UntilReadyAsync(machine.Address, ct);
            await stand.Login.KeepWritingAsync(machine.Address, ct);
            for (var move = 0; move < moves; move++)
                await series.OneAsync(machine, ct);
        }
        catch (Exception e) when (MoveSeries.IsOfOne(e, ct))
        {
            // The others are measured already, and are told.
            Console.WriteLine($"    the busy guest by hand: {e.Message}");
        }

        return series;
    }

    static IEnumerable<Figure> LiveFigures(MoveSeries idle, Dictionary<ByHand, HandSeries> byHand)
    {
        var (virsh, encrypted) = (byHand[ByHand.Defaults], byHand[ByHand.Encrypted]);
        var quiet = idle.Moved.Count(move => move.LostAt10Hz < 0.5);
        return
        [
            Figure.RatioAtMost("idle: blackout of a live move, independent ping, beside virsh's default", idle.Watched.Median(), "ms", virsh.SilencesMs.Median(), 0.25),
            Figure.RatioAtMost("idle: the same beside virsh that encrypts, too", idle.Watched.Median(), "ms", encrypted.SilencesMs.Median(), 1),
            Figure.RatioAtMost("idle: the same beside virsh with a limit of 20 ms set by hand", idle.Watched.Median(), "ms", byHand[ByHand.ShortPause].SilencesMs.Median(), 1),
            Figure.AtMost("idle: blackout, median", idle.Receipts.Median(), "ms", 45),
            Figure.AtMost("idle: blackout, 95th percentile", idle.Receipts.Percentile(95), "ms", 100),
            Figure.AtMost("idle: moves that did not arrive", idle.Tried - idle.Moved.Count, $"of {idle.Tried}", 0),
            new("idle: moves in which a ping at 10 Hz loses none more often than not", quiet, $"of {idle.Moved.Count}", null, $"> {idle.Moved.Count / 2}", quiet > idle.Moved.Count / 2),
            Figure.RatioAtMost("idle: the hypervisor's call, beside virsh's that encrypts, too", idle.Moved.Select(m => m.CallSeconds).ToList().Median(), "s", encrypted.Seconds.Median(), 1.05),
            new("idle: the same, beside virsh's that encrypts nothing", idle.Moved.Select(m => m.CallSeconds).ToList().Median(), "s", virsh.Seconds.Median(), "–", true),
            Figure.RatioAtMost("idle: from the order to the final receipt, checks and the ping before and after included", idle.Moved.Select(m => m.OrderSeconds).ToList().Median(), "s", encrypted.Seconds.Median(), 1.05),
        ];
    }

    static IEnumerable<Figure> BusyFigures(MoveSeries busy, HandSeries byHand)
    {
        // Refused or ended by its policy it keeps its word as well, where its users felt nothing that was not promised.
        var ended = busy.Stayed.Count(m => m.IsEndedByPolicy && m.FeltMs <= BusyObjectiveMs);
        var arrived = busy.Moved.Count(m => m.BlackoutMs <= BusyObjectiveMs);
        return
        [
            Figure.AtLeast($"busy, 50 MB/s over 64 MiB: of {busy.Tried} moves those that kept {BusyObjectiveMs} ms, were refused or ended by policy", busy.Tried == 0 ? double.NaN : (arrived + ended + busy.Refused) * 100.0 / busy.Tried, "%", null, 95),
            new("busy: arrived within it", arrived, $"of {busy.Tried}", null, "–", true),
            new("busy: ended by policy, or refused", ended + busy.Refused, $"of {busy.Tried}", null, "–", true),
            new("busy: blackout, independent ping, beside virsh's default", busy.Watched.Median(), "ms", byHand.SilencesMs.Median(), "–", true),
            new("busy: blackout, median", busy.Receipts.Median(), "ms", null, "–", true),
            new("busy: blackout, 95th percentile", busy.Receipts.Percentile(95), "ms", null, "–", true),
        ];
    }

    static IEnumerable<Figure> QuickFigures(MoveSeries idle, MoveSeries direct, MoveSeries saved)
    {
        // A live move's bandwidth has its set-up in it, so it is low; what handing over costs however little is sent is a live move's silence.
        var bandwidth = idle.Moved.Select(m => m.Bytes / m.Seconds).ToList().Median();
        var least = direct.Moved.Select(m => m.Bytes / bandwidth * 1000).ToList().Median() + idle.Receipts.Median();
        var foretold = direct.Moved.Select(m => m.ForetoldMs).OfType<double>().ToList().Median();
        return
        [
            Figure.RatioAtMost("quick direct: blackout, beside quick saved", direct.Receipts.Median(), "ms", saved.Receipts.Median(), 0.25),
            Figure.RatioAtMost("quick direct: blackout, beside what is sent over the bandwidth of live moves and their hand-over", direct.Receipts.Median(), "ms", least, 1.2),
            new("quick direct: blackout, beside what was foretold of it from earlier ones", direct.Receipts.Median(), "ms", foretold, "–", true),
        ];
    }

    static IEnumerable<Figure> PredictionFigures(IReadOnlyList<MoveSeries> all)
    {
        var moved = all.SelectMany(series => series.Moved).ToList();
        var foretold = moved.Where(m => m.BlackoutErrorMs is not null).ToList();
        var excess = foretold.ConvertAll(m => m.BlackoutErrorMs!.Value / m.AllowedErrorMs);
        return
        [
            new($"prediction of the blackout: error, median of {foretold.Count} mixed moves", foretold.ConvertAll(m => m.BlackoutErrorMs!.Value).Median(), "ms", null, "≤ max(20 ms, 25 %)", excess.Median() <= 1),
            Figure.AtMost("prediction of the time: error, median of the same", foretold.ConvertAll(m => m.SecondsError!.Value * 100).Median(), "%", 15),
        ];
    }

    static IEnumerable<Figure> ReceiptFigures(IReadOnlyList<MoveSeries> all, MoveSeries ruled)
    {
        var moved = all.SelectMany(series => series.Moved).ToList();
        return
        [
            Figure.AtLeast($"receipt's blackout within one interval of what the wire shows of its own pings, of {all.Sum(Receipts)} moves", Agree(all, m => m.WireMs), "%", null, 99),
            Figure.AtLeast($"the same of an independent ping each ms, of {Receipts(ruled)} moves", Agree([ruled], m => m.WatchedMs), "%", null, 99),
            Figure.AtMost("receipts that tell more than an interval less than the wire shows", moved.Count(m => m.WireMs - m.BlackoutMs > m.IntervalMs) * 100.0 / moved.Count, "%", 1),
            Figure.AtMost("receipts that say themselves that their ping proves nothing", moved.Count(m => m.IsDoubted) * 100.0 / moved.Count, "%", 5),
        ];

        // One that broke off has no receipt to agree with, and one that arrived without a figure agrees with none. Who says that he proves nothing claims nothing.
        static int Receipts(MoveSeries series) => series.Moved.Count(m => !m.IsDoubted) + series.Broken + series.Stayed.Count(m => m.Receipt["status"]!.ToString() == "Moved");

        static double Agree(IReadOnlyList<MoveSeries> those, Func<MoveSample, double> shown) =>
            those.Sum(series => series.Moved.Count(m => !m.IsDoubted && Math.Abs(m.BlackoutMs - shown(m)) <= m.IntervalMs)) * 100.0 / those.Sum(Receipts);
    }
}
