using Portal.Domain.Evacuations;

namespace Portal.Domain.Migrations;

/// <summary>A move whose cost is asked.</summary>
/// <param name="MachineId">The machine.</param>
/// <param name="MemoryMib">Its memory.</param>
/// <param name="Route">From where to where.</param>
/// <param name="Mode">How.</param>
/// <param name="Sight">What was seen of the guest.</param>
/// <param name="MostPauseMs">Longest pause that is allowed where copying alone does not end.</param>
public sealed record MoveQuestion(Guid MachineId, int MemoryMib, Route Route, MigrationMode Mode, GuestSight Sight, double MostPauseMs = MoveQuestion.UsualMostPauseMs)
{
    /// <summary>What the engine allows where nothing was promised.</summary>
    public const double UsualMostPauseMs = 500;
}

/// <summary>A measured move to learn from.</summary>
/// <param name="MachineId">The machine.</param>
/// <param name="MemoryMib">Its memory then.</param>
/// <param name="Route">From where to where.</param>
/// <param name="Mode">How.</param>
/// <param name="Predicted">What was foretold; it holds what was seen of the guest then.</param>
/// <param name="Measured">What it cost.</param>
public sealed record MoveReceipt(Guid MachineId, int MemoryMib, Route Route, MigrationMode Mode, Prediction? Predicted, Measurement Measured);

/// <summary>
/// Foretells moves: physics gives the shape (<see cref="CopyModel"/>), receipts of the same mode its size. A receipt counts the more, the newer it
/// is, and the more alike: the same machine, the same two hosts, about as much memory. Knows no database; the one place where moves are foretold.
/// </summary>
/// <param name="newestFirst">Receipts of moves that ended, newest first.</param>
public sealed class MovePredictor(IReadOnlyList<MoveReceipt> newestFirst)
{
    // A receipt counts half after so many newer ones of its mode.
    const double HalfLife = 8;
    const double OfOtherMachine = 0.3, OfWayBack = 0.7, OfOtherRoute = 0.3;

    // Where nothing was ever measured, and mixed in lightly while little was.
    const double UsualPauseMs = 40, UsualConvergenceMs = 10;
    const double PriorWeight = 0.05;

    // What one move or two came to may have been luck.
    const int Enough = 3;

    readonly ILookup<MigrationMode, MoveReceipt> byMode = newestFirst.ToLookup(r => r.Mode);

    /// <summary>What a move is expected to come to.</summary>
    public Prediction Foretell(MoveQuestion question)
    {
        var known = Weigh(question);
        var memory = question.MemoryMib * 1048576.0;
        var touched = Touched(question, known, memory);
        var writes = new Writes(WritesOf(question, known));
        var model = Fit(question.Mode, known, MemorySeconds);
        var cost = model.Of(question.Mode, touched, memory, writes, question.MostPauseMs);

        // What physics leaves open, as the receipts say: by how much a move took longer or shorter than the model has it for what it was.
        var modelled = known.ConvertAll(k => (k.Weight, k.Receipt, Cost: model.Of(question.Mode, TouchedThen(k.Receipt), k.Receipt.MemoryMib * 1048576.0, WritesThen(k.Receipt), question.MostPauseMs)));
        var factor = Weighted.Quantile(modelled.Select(m => (MemorySeconds(m.Receipt) / m.Cost.Seconds, m.Weight)).Append((1, PriorWeight)), 0.5)!.Value;
        var valid = known.Where(k => k.Receipt.Measured is { ProbeInvalid: null, BlackoutMs: not null }).ToList();
        var (low, middle, high) = question.Mode is MigrationMode.QuickDirect or MigrationMode.QuickSaved
            ? Still(question.Mode, touched, valid)
            : Running(cost, [.. modelled.Where(m => m.Receipt.Measured is { ProbeInvalid: null, BlackoutMs: not null }).Select(m => (m.Receipt.Measured.BlackoutMs!.Value - m.Cost.StillMs, m.Weight))]);
        var convergence = Weighted.Quantile(valid.Where(v => v.Receipt.Measured.ConvergenceMs is not null).Select(v => (v.Receipt.Measured.ConvergenceMs!.Value, v.Weight)), 0.5) ?? UsualConvergenceMs;
        convergence = Math.Min(convergence, middle);
        return new Prediction((cost.Seconds * factor) + DiskSeconds(question), low, high, cost.Converges, (long)cost.Bytes, middle - convergence, convergence)
        {
            DiskBytes = question.Sight.DiskBytes, TouchedBytes = (long)touched, SeenBytes = question.Sight.TouchedBytes, DirtyBytesPerSecond = writes.Within(1), Moves = known.Count, IsGrounded = known.Count >= Enough || question.Sight.Writes.Count > 0,
        };
    }

    /// <summary>
    /// What of a machine's disks goes with it between two hosts, bytes, as the last move between them showed; 0 where they share a store, or nothing
    /// is known of it. It is proven before every move.
    /// </summary>
    public long DiskBytes(Guid machineId, Route route)
    {
        var back = new Route(route.To, route.From);
        return newestFirst.FirstOrDefault(r => r.Route == route || r.Route == back) is { Measured.DiskBytes: > 0 and var others }
            ? newestFirst.FirstOrDefault(r => r.MachineId == machineId && r.Measured.DiskBytes > 0)?.Measured.DiskBytes ?? others
            : 0;
    }

    /// <summary>A guest that runs meanwhile is silent for the hand-over and its last pages.</summary>
    static (double Low, double Middle, double High) Running(CopyCost cost, List<(double Value, double Weight)> handOvers)
    {
        const double Usual = UsualPauseMs + UsualConvergenceMs;
        return Range(handOvers.ConvertAll(h => (Math.Max(0, h.Value), h.Weight)), Usual, level => cost.StillMs + level);
    }

    /// <summary>One that stands still is silent in proportion to what is sent, and not while the stream is set up.</summary>
    static (double Low, double Middle, double High) Still(MigrationMode mode, double touched, List<(double Weight, MoveReceipt Receipt)> valid)
    {
        var model = Fit(mode, valid, r => r.Measured.BlackoutMs!.Value / 1000);
        double Of(double bytes) => model.Of(mode, bytes, bytes, new Writes([]), 0).StillMs;
        return Range(valid.ConvertAll(v => (v.Receipt.Measured.BlackoutMs!.Value / Of(TouchedThen(v.Receipt)), v.Weight)), 1, level => Of(touched) * level);
    }

    static (double Low, double Middle, double High) Range(List<(double Value, double Weight)> levels, double usual, Func<double, double> silence)
    {
        var middle = silence(Weighted.Quantile(levels.Append((usual, PriorWeight)), 0.5)!.Value);
        // The range narrows with experience, never below a fifth to either side: a scheduler's whim is worth that much.
        var doubt = Math.Max(0.2, 1 / (1 + levels.Sum(l => l.Weight)));
        var (least, most) = (silence(Weighted.Quantile(levels, 0.1) ?? usual), silence(Weighted.Quantile(levels, 0.9) ?? usual));
        return (Math.Min(middle * (1 - doubt * 0.6), least), middle, Math.Max(middle * (1 + doubt), most));
    }

    List<(double Weight, MoveReceipt Receipt)> Weigh(MoveQuestion question)
    {
        var touched = question.Sight.TouchedBytes;
        return [.. byMode[question.Mode].Where(r => MemorySeconds(r) > 0).Select((r, age) =>
        {
            var weight = Math.Pow(0.5, age / HalfLife) * (r.MachineId == question.MachineId ? 1 : OfOtherMachine)
                * (r.Route == question.Route ? 1 : r.Route == new Route(question.Route.To, question.Route.From) ? OfWayBack : OfOtherRoute)
                * Likeness(question.MemoryMib, r.MemoryMib);
            return (touched is { } here && r.Predicted?.SeenBytes is { } there ? weight * Likeness(here, there) : weight, r);
        })];
    }

    /// <summary>Disks go before memory, as fast as they went before; half of what 1 Gbit/s carries where none ever did.</summary>
    double DiskSeconds(MoveQuestion question)
    {
        const double Usual = 60e6;
        var speeds = newestFirst.Where(r => r.Measured is { DiskBytes: > 0, DiskSeconds: > 0 }).Select((r, age) => (r.Measured.DiskBytes / r.Measured.DiskSeconds, Math.Pow(0.5, age / HalfLife)));
        return question.Sight.DiskBytes / Weighted.Quantile(speeds.Append((Usual, PriorWeight)), 0.5)!.Value;
    }

    /// <summary>How long the memory of a move took, without the disks before it.</summary>
    static double MemorySeconds(MoveReceipt receipt) => receipt.Measured.TotalSeconds - receipt.Measured.DiskSeconds;

    static double Likeness(double a, double b) => a <= 0 || b <= 0 ? 1 : Math.Exp(-1.5 * Math.Abs(Math.Log(a / b)));

    /// <summary>What of the guest is sent at first: its process holds more than that, and how much of it is sent receipts tell.</summary>
    static double Touched(MoveQuestion question, List<(double Weight, MoveReceipt Receipt)> known, double memory)
    {
        if (question.Sight.TouchedBytes is { } seen && Weighted.Quantile(known.Where(k => k.Receipt.Predicted?.SeenBytes is > 0).Select(k => (Sent(k.Receipt) / k.Receipt.Predicted!.SeenBytes!.Value, k.Weight)), 0.5) is { } share)
            return Math.Min(memory, seen * share);
        var part = Weighted.Quantile(known.Select(k => (Sent(k.Receipt) / (k.Receipt.MemoryMib * 1048576.0), k.Weight)), 0.5);
        return Math.Min(memory, part * memory ?? question.Sight.TouchedBytes ?? memory);
    }

    static double TouchedThen(MoveReceipt receipt) => Math.Min(Sent(receipt), receipt.MemoryMib * 1048576.0);

    /// <summary>A move through a file is not counted by every hypervisor.</summary>
    static double Sent(MoveReceipt receipt) => receipt.Measured.Bytes > 0 ? receipt.Measured.Bytes : receipt.Predicted?.TouchedBytes ?? receipt.MemoryMib * 1048576.0;

    /// <summary>What was measured now, else what the machine's own moves told.</summary>
    static IEnumerable<WriteRate> WritesOf(MoveQuestion question, List<(double Weight, MoveReceipt Receipt)> known)
    {
        if (question.Sight.Writes.Count > 0)
            return question.Sight.Writes;
        var own = known.Where(k => k.Receipt.MachineId == question.MachineId && k.Receipt.Measured.DirtyBytesPerSecond is > 0).Select(k => (k.Receipt.Measured.DirtyBytesPerSecond!.Value, k.Weight));
        return Weighted.Quantile(own, 0.5) is { } rate ? [new WriteRate(1, rate)] : [];
    }

    static Writes WritesThen(MoveReceipt receipt) => new(receipt.Measured.DirtyBytesPerSecond is { } rate and > 0 ? [new WriteRate(1, rate)] : []);

    /// <summary>Least squares of time over bytes; two points of the usual stream keep it sensible while there are few receipts, or ones all alike.</summary>
    static CopyModel Fit(MigrationMode mode, List<(double Weight, MoveReceipt Receipt)> known, Func<MoveReceipt, double> seconds)
    {
        var passes = mode == MigrationMode.QuickSaved ? 2 : 1;
        const double Typical = 256 << 20;
        (double X, double Y, double Weight)[] points =
        [
            (0, CopyModel.Usual.FixedSeconds, PriorWeight), (passes * Typical, CopyModel.Usual.FixedSeconds + passes * Typical / CopyModel.Usual.BytesPerSecond, PriorWeight),
            .. known.Select(k => (passes * Sent(k.Receipt), seconds(k.Receipt), k.Weight)),
        ];
        var sum = points.Sum(p => p.Weight);
        var (x, y) = (points.Sum(p => p.Weight * p.X) / sum, points.Sum(p => p.Weight * p.Y) / sum);
        var slope = points.Sum(p => p.Weight * (p.X - x) * (p.Y - y)) / points.Sum(p => p.Weight * (p.X - x) * (p.X - x));
        // Neither a stream faster than memory itself nor one that sends backwards.
        slope = Math.Clamp(slope, 1e-10, 1e-5);
        return new CopyModel(1 / slope, Math.Max(0.02, y - slope * x));
    }
}
