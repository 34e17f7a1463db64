namespace Portal.Tests.Hypervisor.Migrations.Simulation;

/// <summary>A guest and a network to move it over.</summary>
/// <param name="Seed">Of the noise: the same for every controller, so that luck is.</param>
/// <param name="MemoryBytes">The guest's memory.</param>
/// <param name="WorkingSetBytes">The part of it that it rewrites, evenly.</param>
/// <param name="WriteBytesPerSecond">How fast it does while busy.</param>
/// <param name="PeriodSeconds">Busy and calm follow each other this often; 0: always busy.</param>
/// <param name="BusyShare">The busy part of a period.</param>
/// <param name="CalmFactor">What is left of writing while calm.</param>
/// <param name="BytesPerSecond">Bandwidth, on average.</param>
/// <param name="Noise">How much it varies: σ of its logarithm.</param>
/// <param name="ScanSecondsPerGib">What looking through the dirty bitmap costs.</param>
/// <param name="HandoverMs">What handing over costs besides the last pages, ms.</param>
/// <param name="ConvergenceMs">What the guest's users feel beyond the pause, ms.</param>
/// <param name="ObjectiveMs">Longest silence promised, ms.</param>
sealed record CopyCase(
    int Seed, double MemoryBytes, double WorkingSetBytes, double WriteBytesPerSecond, double PeriodSeconds, double BusyShare, double CalmFactor,
    double BytesPerSecond, double Noise, double ScanSecondsPerGib, double HandoverMs, double ConvergenceMs, double ObjectiveMs)
{
    public const double Mib = 1 << 20, Gib = 1 << 30;

    /// <summary>One look through the dirty bitmap, s.</summary>
    public double ScanSeconds => ScanSecondsPerGib * MemoryBytes / Gib;

    /// <summary>What every pause costs, however few pages are left: hand-over and a last look, ms.</summary>
    public double FixedMs => HandoverMs + ScanSeconds * 1000;

    /// <summary>What the guest writes at a moment.</summary>
    public double WritesAt(double seconds) => PeriodSeconds > 0 && seconds % PeriodSeconds >= PeriodSeconds * BusyShare ? WriteBytesPerSecond * CalmFactor : WriteBytesPerSecond;

    /// <summary>
    /// A case of the population the controllers are compared on: 256 MiB to 16 GiB, 0.5 to 10 Gbit/s, from idle to writing three
    /// times what the network carries, half of them in bursts.
    /// </summary>
    public static CopyCase Draw(int seed)
    {
        var random = new Random(seed);
        var memory = Between(256 * Mib, 16 * Gib);
        var bandwidth = Between(60e6, 1.2e9);
        var isBursty = random.NextDouble() < 0.5;
        return new CopyCase(
            seed, memory, Between(8 * Mib, 0.4 * memory), bandwidth * Between(0.01, 3), isBursty ? Between(2, 20) : 0, Even(0.3, 0.8), Even(0, 0.3),
            bandwidth, Even(0.02, 0.3), Between(0.002, 0.05), Even(5, 30), Even(2, 20), Between(60, 1000));

        double Between(double least, double most) => least * Math.Pow(most / least, random.NextDouble());
        double Even(double least, double most) => least + (most - least) * random.NextDouble();
    }
}
