namespace Portal.Domain.Balance;

/// <summary>What a host's counters say at one moment.</summary>
/// <param name="At">When they were read, by a clock that only goes forward.</param>
/// <param name="BusyNs">Time its processors were busy since it started, ns, all of them added up.</param>
/// <param name="Cpus">Logical processors.</param>
/// <param name="MemoryUsedMib">Memory in use, MiB.</param>
/// <param name="MemoryMib">Memory it has, MiB.</param>
/// <param name="MachineNs">Processor time each running machine has used since it started there, ns.</param>
public sealed record LoadReading(TimeSpan At, ulong BusyNs, int Cpus, long MemoryUsedMib, long MemoryMib, IReadOnlyDictionary<Guid, ulong> MachineNs);

/// <summary>
/// Makes a host's load of what its counters say: rates between two readings, smoothed so that a short burst moves no machine. Holds one reading and the
/// machines in it, however long it runs. Not for two threads at once.
/// </summary>
public sealed class LoadMeter
{
    /// <summary>A change of the load is followed by two thirds within this time.</summary>
    public static TimeSpan Smoothing { get; } = TimeSpan.FromMinutes(2);

    // Two readings that follow each other at once say nothing but their own noise.
    static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    LoadReading? last;
    double? busy;
    Dictionary<Guid, double> machines = [];

    /// <summary>Takes a reading; the load then, or null while there is nothing to compare it with.</summary>
    /// <param name="reading">The counters.</param>
    /// <param name="now">When that is, for who reads it.</param>
    public HostLoad? Take(LoadReading reading, DateTimeOffset now)
    {
        if (last is { } before && reading.At - before.At is var passed && passed >= Shortest)
        {
            // A counter that went back belongs to a host that was started anew: its next reading has something to compare with.
            if (Rate(before.BusyNs, reading.BusyNs, passed) is { } rate)
                busy = Smooth(busy, Math.Min(rate, reading.Cpus), passed);
            else
                busy = null;
            machines = reading.MachineNs.Select(m => (m.Key, Rate: before.MachineNs.TryGetValue(m.Key, out var ns) ? Rate(ns, m.Value, passed) : null)).Where(m => m.Rate is not null)
                .ToDictionary(m => m.Key, m => Smooth(machines.TryGetValue(m.Key, out var known) ? known : null, m.Rate!.Value, passed));
        }
        else if (last is not null)
            return Load(reading, now);
        last = reading;
        return Load(reading, now);
    }

    HostLoad? Load(LoadReading reading, DateTimeOffset now) => busy is { } cpus ? new HostLoad(cpus, reading.Cpus, reading.MemoryUsedMib, reading.MemoryMib, machines, now) : null;

    static double? Rate(ulong before, ulong after, TimeSpan passed) => after < before ? null : (after - before) / passed.TotalNanoseconds;

    static double Smooth(double? known, double rate, TimeSpan passed) => known is { } level ? level + ((rate - level) * (1 - Math.Exp(-(passed / Smoothing)))) : rate;
}
