namespace Portal.Domain.Migrations;

/// <summary>What moving memory comes to by physics alone; knows no database.</summary>
/// <param name="Seconds">From the copy's begin until the guest runs at the destination.</param>
/// <param name="StillMs">Of that, how long it stands still while memory is sent.</param>
/// <param name="Bytes">Memory sent.</param>
/// <param name="Converges">Whether copying outruns the guest's writes.</param>
sealed record CopyCost(double Seconds, double StillMs, double Bytes, bool Converges);

/// <summary>
/// Pre-copy: V0 = touched memory; Ti = Vi ÷ B + z · memory; Vi+1 = W(Ti), what is written in Ti; the guest stands still for Vn ÷ B. A move
/// without pre-copy sends touched memory once, or through a file twice.
/// </summary>
/// <param name="BytesPerSecond">B, the memory stream's bandwidth.</param>
/// <param name="FixedSeconds">What every move costs, however little is sent.</param>
sealed record CopyModel(double BytesPerSecond, double FixedSeconds)
{
    /// <summary>Half of what a 1 Gbit/s network carries, and what setting up a stream took in the lab.</summary>
    public static readonly CopyModel Usual = new(60e6, 0.4);

    /// <summary>z: looking through the dirty bitmap costs about 0.1 s per GiB of memory and pass.</summary>
    const double ScanSecondsPerByte = 0.1 / (1L << 30);

    const int MostPasses = 30;

    /// <summary>A pause the switchover begins with.</summary>
    const double FirstPauseMs = 20;

    public CopyCost Of(MigrationMode mode, double touched, double memory, Writes writes, double mostPauseMs) => mode switch
    {
        MigrationMode.Live => Live(touched, memory, writes, mostPauseMs),
        MigrationMode.PostCopy => new(FixedSeconds + touched / BytesPerSecond, 0, touched, Converges: true),
        MigrationMode.QuickDirect => Still(touched, passes: 1),
        MigrationMode.QuickSaved => Still(touched, passes: 2),
    };

    CopyCost Still(double touched, int passes)
    {
        var seconds = FixedSeconds + passes * touched / BytesPerSecond;
        return new(seconds, seconds * 1000, touched, Converges: true);
    }

    CopyCost Live(double touched, double memory, Writes writes, double mostPauseMs)
    {
        double left = touched, seconds = FixedSeconds, sent = 0;
        for (var pass = 0; pass < MostPasses; pass++)
        {
            var took = left / BytesPerSecond + ScanSecondsPerByte * memory;
            seconds += took;
            sent += left;
            var next = Math.Min(touched, writes.Within(took));
            // A pass that leaves as much as the last one has met what the guest writes over and over.
            var isSettled = next > left * 0.9;
            left = next;
            if (left / BytesPerSecond * 1000 <= FirstPauseMs || (isSettled && pass > 0))
                break;
        }
        var still = left / BytesPerSecond * 1000;
        return new(seconds + still / 1000, still, sent + left, still <= Math.Max(FirstPauseMs, mostPauseMs));
    }
}

/// <summary>How much a guest writes in a time, from windows in which it was measured: W(T). Concave, for a page written twice counts once.</summary>
sealed class Writes
{
    // A guest that does nothing still writes about this much.
    const double IdleBytesPerSecond = 1e6;

    readonly List<(double Seconds, double Bytes)> points = [(0, 0)];
    readonly double slope;

    public Writes(IEnumerable<WriteRate> windows)
    {
        foreach (var window in windows.Where(w => w.Seconds > 0 && double.IsFinite(w.BytesPerSecond)).OrderBy(w => w.Seconds))
            points.Add((window.Seconds, Math.Max(points[^1].Bytes, window.Seconds * window.BytesPerSecond)));
        slope = points.Count == 1 ? IdleBytesPerSecond : (points[^1].Bytes - points[^2].Bytes) / (points[^1].Seconds - points[^2].Seconds);
    }

    public double Within(double seconds)
    {
        for (var n = 1; n < points.Count; n++)
        {
            if (seconds <= points[n].Seconds)
            {
                var part = (seconds - points[n - 1].Seconds) / (points[n].Seconds - points[n - 1].Seconds);
                return points[n - 1].Bytes + part * (points[n].Bytes - points[n - 1].Bytes);
            }
        }
        return points[^1].Bytes + slope * (seconds - points[^1].Seconds);
    }
}
