namespace Portal.Domain.Balance;

/// <summary>What a host was measured to carry, smoothed over minutes.</summary>
/// <param name="CpusBusy">Logical processors that are busy, whoever uses them.</param>
/// <param name="Cpus">Logical processors it has.</param>
/// <param name="MemoryUsedMib">Memory in use, without what caches would give back, MiB.</param>
/// <param name="MemoryMib">Memory it has, MiB.</param>
/// <param name="MachineCpus">Logical processors each of its running machines uses.</param>
/// <param name="At">When it was last measured.</param>
public sealed record HostLoad(double CpusBusy, int Cpus, long MemoryUsedMib, long MemoryMib, IReadOnlyDictionary<Guid, double> MachineCpus, DateTimeOffset At)
{
    /// <summary>How long a measurement says something of a host.</summary>
    public static TimeSpan Fresh { get; } = TimeSpan.FromMinutes(3);
}

/// <summary>What hosts were measured to carry. The domain cannot measure; who can puts itself in its place.</summary>
public interface IHostLoads
{
    /// <summary>A host's load; null while it is not known.</summary>
    HostLoad? Of(Guid hostId);
}

/// <summary>Where nothing is measured.</summary>
sealed class NoLoads : IHostLoads
{
    public HostLoad? Of(Guid hostId) => null;
}
