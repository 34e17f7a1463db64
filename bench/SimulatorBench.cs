using System.Diagnostics;
using Portal.Hypervisor.Migrations;
using Portal.Tests.Hypervisor.Migrations.Simulation;

namespace Portal.Bench;

/// <summary>
/// The portal's switchover beside Nova's ladder and libvirt's default, on the same simulated moves: under its default policy, which may slow the
/// guest, and under the gentle one, which only decides, as those two do, what pause is allowed and when. Nobody goes post-copy here.
/// </summary>
static class SimulatorBench
{
    const int Cases = 5000;
    const double MostSeconds = 600;

    const int OtherNoise = 1_000_000_000;

    /// <summary>Every limit that is tried to learn whether any could have kept a promise, ms; those beyond it could not.</summary>
    static readonly int[] Limits = [1, 2, 4, 7, 10, 14, 20, 28, 40, 55, 75, 100, 130, 170, 220, 290, 380, 500, 650, 850];

    public static Task<IReadOnlyList<Figure>> MeasureAsync(CancellationToken ct)
    {
        var clock = Stopwatch.StartNew();
        var runs = new Run[Cases];
        Parallel.For(0, Cases, new ParallelOptions { CancellationToken = ct }, seed => runs[seed] = Run.Of(CopyCase.Draw(seed)));
        var seconds = clock.Elapsed.TotalSeconds;
        var moves = Cases * (Limits.Length + 5);
        Console.WriteLine($"    {moves} simulated moves in {seconds:0.0} s");
        var able = runs.Where(run => run.IsAble).ToList();
        foreach (var (name, pick) in Run.Columns)
        {
            var results = runs.Select(pick).ToList();
            Console.WriteLine($"    {name,-22} moved {results.Count(r => r.HasMoved) * 100.0 / Cases:0.0} %, kept its promise {runs.Count(run => pick(run).Keeps(run.Case.ObjectiveMs)) * 100.0 / Cases:0.0} %, of {able.Count} where some limit does {able.Count(run => pick(run).Keeps(run.Case.ObjectiveMs)) * 100.0 / able.Count:0.0} %");
        }

        return Task.FromResult(Figures(runs, able, moves / seconds));
    }

    static IReadOnlyList<Figure> Figures(IReadOnlyList<Run> runs, IReadOnlyList<Run> able, double perSecond)
    {
        int Worse(Func<Run, CopyResult> pick) => runs.Count(run => run.Nova.Keeps(run.Case.ObjectiveMs) && !pick(run).Keeps(run.Case.ObjectiveMs));
        double Kept(Func<Run, CopyResult> pick) => able.Count(run => pick(run).Keeps(run.Case.ObjectiveMs)) * 100.0 / able.Count;
        // Medians only where all three moved, so that whoever gives up the hard ones does not look the better for it.
        var shared = runs.Where(run => run.Portal.HasMoved && run.Nova.HasMoved && run.Libvirt.HasMoved).ToList();
        var (blackout, nova, libvirt) = (Median(run => run.Portal.BlackoutMs), Median(run => run.Nova.BlackoutMs), Median(run => run.Libvirt.BlackoutMs));
        var (time, novaTime, libvirtTime) = (Median(run => run.Portal.Seconds), Median(run => run.Nova.Seconds), Median(run => run.Libvirt.Seconds));
        return
        [
            Figure.AtLeast("simulated promises the balanced policy keeps where some limit keeps them, beside Nova's ladder", Kept(run => run.Balanced), "%", Kept(run => run.Nova), 99),
            Figure.AtLeast("the same of the gentle one, which like the ladder slows no guest", Kept(run => run.Portal), "%", Kept(run => run.Nova), 99),
            Figure.AtMost("simulated moves in which Nova's ladder keeps the promise and balanced does not", Worse(run => run.Balanced), $"of {runs.Count}", 0),
            // What the ladder loses against itself when only the noise differs is luck; nobody who waits minutes and not hours has all of its luck.
            new("the same of gentle, beside what the ladder loses against itself under other noise", Worse(run => run.Portal), $"of {runs.Count}", Worse(run => run.NovaAgain), $"≤ 0 of {runs.Count}", Worse(run => run.Portal) == 0),
            Figure.RatioAtMost("simulated blackout, median of gentle, beside Nova's ladder", blackout, "ms", nova, 1),
            Figure.RatioAtMost("simulated blackout, median of gentle, beside libvirt's default", blackout, "ms", libvirt, 1),
            Figure.RatioAtMost("simulated total time, median of gentle, beside Nova's ladder", time, "s", novaTime, 1.1),
            Figure.RatioAtMost("simulated total time, median of gentle, beside libvirt's default", time, "s", libvirtTime, 1.1),
            Figure.AtLeast("simulated moves per second", perSecond, "", null, 1000),
        ];

        double Median(Func<Run, double> pick) => shared.Select(pick).ToList().Median();
    }

    /// <summary>One case under each controller, and whether any limit keeps its promise.</summary>
    sealed record Run(CopyCase Case, CopyResult Balanced, CopyResult Portal, CopyResult Nova, CopyResult NovaAgain, CopyResult Libvirt, bool IsAble)
    {
        public static IReadOnlyList<(string Name, Func<Run, CopyResult> Pick)> Columns { get; } =
            [("portal (balanced)", run => run.Balanced), ("portal (gentle)", run => run.Portal), ("Nova's ladder", run => run.Nova), ("libvirt's default", run => run.Libvirt)];

        public static Run Of(CopyCase guest) => new(
            guest,
            new SimulatedCopy(guest, new PortalController(guest, MigrationPolicy.Balanced, MostSeconds)).Run(),
            new SimulatedCopy(guest, new PortalController(guest, MigrationPolicy.Gentle, MostSeconds)).Run(),
            new SimulatedCopy(guest, new NovaLadder(guest.MemoryBytes)).Run(),
            new SimulatedCopy(guest with { Seed = guest.Seed + OtherNoise }, new NovaLadder(guest.MemoryBytes)).Run(),
            new SimulatedCopy(guest, new FixedLimit(FixedLimit.LibvirtDefaultMs, MostSeconds)).Run(),
            Limits.Where(limit => limit <= guest.ObjectiveMs).Any(limit => new SimulatedCopy(guest, new FixedLimit(limit, MostSeconds)).Run().Keeps(guest.ObjectiveMs)));
    }
}
