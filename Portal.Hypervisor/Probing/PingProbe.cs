using System.Net;

namespace Portal.Hypervisor.Probing;

/// <summary>Sends echo requests from one thread at a fine interval and keeps every sample.</summary>
public sealed class PingProbe : IAsyncDisposable
{
    private PingProbe()
    {
    }

    /// <summary>Starts probing.</summary>
    public static PingProbe Start(IPAddress target, TimeSpan interval, TimeProvider? time = null) => throw new NotSupportedException("Not built yet.");

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
