using System.Net;

namespace Portal.Hypervisor.Probing;

/// <summary>One answer, or silence, of one machine.</summary>
/// <param name="Id">The machine.</param>
/// <param name="At">When it was asked.</param>
/// <param name="RttMs">Round trip, ms; null: no answer within a second.</param>
public sealed record SlowReading(Guid Id, DateTimeOffset At, double? RttMs);

/// <summary>Pings every watched machine once a second over one socket.</summary>
public sealed class SlowProbe : IAsyncDisposable
{
    /// <summary>Starts watching, or changes the address.</summary>
    public void Watch(Guid id, IPAddress address) => throw new NotSupportedException("Not built yet.");

    /// <summary>Stops watching.</summary>
    public void Forget(Guid id) => throw new NotSupportedException("Not built yet.");

    /// <summary>Readings from now on.</summary>
    public IAsyncEnumerable<SlowReading> ReadAsync(CancellationToken cancellationToken) => throw new NotSupportedException("Not built yet.");

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
