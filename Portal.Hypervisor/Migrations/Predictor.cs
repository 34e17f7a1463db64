namespace Portal.Hypervisor.Migrations;

/// <summary>What a prediction is made from.</summary>
/// <param name="Mode">How the machine moves.</param>
/// <param name="MemoryBytes">The machine's memory.</param>
/// <param name="TouchedBytes">What it has touched of it; null: all of it.</param>
internal sealed record PredictionInput(MigrationMode Mode, long MemoryBytes, long? TouchedBytes);

/// <summary>
/// Predicts a move. Pure. V0 = touched memory; Ti = Vi/B + z·memory; Vi+1 = what is written during Ti; the pause is
/// Vn/B, or what handing over costs on that route; the blackout is pause + convergence. Bandwidth B, pause and convergence come from earlier moves on the same route.
/// </summary>
internal static class Predictor
{
    /// <summary>z: looking through the dirty bitmap costs about 0.1 s per GiB of memory and pass.</summary>
    private const double ScanSecondsPerByte = 0.1 / (1L << 30);

    private const int MostPasses = 30;

    /// <summary>Used before the first move on a route: half of what a 1 Gbit/s network carries, pause and convergence seen in the lab, an idle guest.</summary>
    internal static readonly RouteHistory Unknown = new(60e6, PauseMs: 40, ConvergenceMs: 10, TouchedBytes: null, DirtyBytesPerSecond: null, Moves: 0);

    /// <summary>A guest that does nothing still writes about this much.</summary>
    private const double IdleDirtyBytesPerSecond = 1e6;

    public static Predicted Predict(PredictionInput input, MigrationOptions options)
    {
        var route = options.History ?? Unknown;
        var bandwidth = Math.Min(Math.Max(route.BytesPerSecond, 1), options.MaxMibPerSecond is { } limit ? limit * 1048576.0 : double.MaxValue);
        var touched = Math.Min(input.MemoryBytes, input.TouchedBytes ?? route.TouchedBytes ?? input.MemoryBytes);
        return input.Mode switch
        {
            MigrationMode.Live => Live(input, options, route, bandwidth, touched),
            MigrationMode.PostCopy => SwitchFirst(touched, bandwidth, route),
            MigrationMode.QuickDirect => Still(touched, touched / bandwidth, route, passes: 1),
            MigrationMode.QuickSaved => Still(touched, touched / bandwidth, route, passes: 2),
        };
    }

    private static Predicted Live(PredictionInput input, MigrationOptions options, RouteHistory route, double bandwidth, long touched)
    {
        var dirty = route.DirtyBytesPerSecond ?? IdleDirtyBytesPerSecond;
        double left = touched, total = 0, sent = 0;
        var converges = false;
        for (var pass = 0; pass < MostPasses && !converges; pass++)
        {
            var seconds = left / bandwidth + ScanSecondsPerByte * input.MemoryBytes;
            total += seconds;
            sent += left;
            left = Math.Min(touched, dirty * seconds);
            converges = left / bandwidth * 1000 <= options.FirstDowntimeMs;
        }

        var lastPages = left / bandwidth * 1000;
        converges |= lastPages <= SwitchoverRules.Of(MigrationMode.Live, options, canPostCopy: false).MostMs;
        var pause = Math.Max(lastPages, route.PauseMs);
        var blackout = pause + route.ConvergenceMs;
        var (low, high) = Spread(blackout, route);
        return new Predicted(total + blackout / 1000, low, high, converges, (long)(sent + left), pause, route.ConvergenceMs);
    }

    /// <summary>It runs there after no more than the hand-over; its memory is sent once.</summary>
    private static Predicted SwitchFirst(long touched, double bandwidth, RouteHistory route)
    {
        var blackout = route.PauseMs + route.ConvergenceMs;
        var (low, high) = Spread(blackout, route);
        return new Predicted(touched / bandwidth + blackout / 1000, low, high, Converges: true, touched, route.PauseMs, route.ConvergenceMs);
    }

    /// <summary>Without the guest running there is one pass (two when it goes through a file), and all of it is blackout.</summary>
    private static Predicted Still(long touched, double seconds, RouteHistory route, int passes)
    {
        var pause = passes * seconds;
        var total = pause + route.ConvergenceMs / 1000;
        var (low, high) = Spread(total * 1000, route);
        return new Predicted(total, low, high, Converges: true, touched, pause * 1000, route.ConvergenceMs);
    }

    /// <summary>The range narrows with experience, never below a fifth to either side: a scheduler's whim is worth that much.</summary>
    private static (double Low, double High) Spread(double blackoutMs, RouteHistory route)
    {
        var doubt = Math.Max(0.2, 1.0 / (1 + route.Moves));
        return (blackoutMs * (1 - doubt * 0.6), blackoutMs * (1 + doubt));
    }
}
