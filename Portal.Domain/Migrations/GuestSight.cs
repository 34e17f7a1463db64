namespace Portal.Domain.Migrations;

/// <summary>How much memory a guest wrote to within a window; a page written twice counts once.</summary>
/// <param name="Seconds">The window's length, s.</param>
/// <param name="BytesPerSecond">What was written in it, over its length.</param>
public sealed record WriteRate(double Seconds, double BytesPerSecond);

/// <summary>What could be seen of a running guest without its noticing.</summary>
/// <param name="TouchedBytes">Memory its process holds; null: not known.</param>
/// <param name="Writes">How fast it writes, by window; empty where that could not be measured.</param>
public sealed record GuestSight(long? TouchedBytes, IReadOnlyList<WriteRate> Writes)
{
    /// <summary>Disks that are to be copied with it, at most, bytes; 0 where both hosts see the same store.</summary>
    public long DiskBytes { get; init; }

    /// <summary>Nothing was seen.</summary>
    public static GuestSight Unseen { get; } = new(null, []);

    /// <summary>A guest that writes nothing: all of its silence is what handing over costs.</summary>
    public static GuestSight Idle { get; } = new(null, [new WriteRate(1, 0)]);
}

/// <summary>What was looked at for a move that somebody thinks of.</summary>
/// <param name="Guest">The guest.</param>
/// <param name="Lacks">What a destination lacks for it, by host; hosts it lacks nothing on, or that could not be asked, are not among them.</param>
public sealed record MoveSurvey(GuestSight Guest, IReadOnlyDictionary<Guid, string> Lacks)
{
    /// <summary>Nothing was looked at.</summary>
    public static MoveSurvey None { get; } = new(GuestSight.Unseen, new Dictionary<Guid, string>());
}

/// <summary>Looks at machines and hosts through the hypervisor, which the domain does not know.</summary>
public interface IMoveSurveyor
{
    /// <summary>Looks at a running machine and asks the hosts it could go to; takes a second or two, never fails, and tells what it could find.</summary>
    Task<MoveSurvey> LookAsync(Guid machineId, Guid sourceHostId, IReadOnlyList<Guid> destinationHostIds, CancellationToken ct);

    /// <summary>What was last seen of a machine, as far as that still says something; asks nobody.</summary>
    GuestSight Recent(Guid machineId);
}

/// <summary>For whoever has no hypervisor at hand, such as the tools.</summary>
sealed class NoSurveyor : IMoveSurveyor
{
    public Task<MoveSurvey> LookAsync(Guid machineId, Guid sourceHostId, IReadOnlyList<Guid> destinationHostIds, CancellationToken ct) => Task.FromResult(MoveSurvey.None);

    public GuestSight Recent(Guid machineId) => GuestSight.Unseen;
}
