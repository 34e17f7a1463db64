using Microsoft.Extensions.Logging;
using Portal.Hypervisor.Machines;
using Portal.Hypervisor.Storage;

namespace Portal.Hypervisor.Hosts;

/// <summary>One host: its link, its lane of threads with a deadline, its machines and its storage.</summary>
public sealed class HostConnection : IAsyncDisposable
{
    /// <summary>Prepares a connection; nothing is opened until <see cref="ConnectAsync"/>.</summary>
    public HostConnection(HostEndpoint endpoint, HostConnectionOptions? options = null, ILogger? logger = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        Endpoint = endpoint;
        Link = new HostLink(HostLinkState.Connecting, (time ?? TimeProvider.System).GetUtcNow(), Reason: null);
        Machines = new HostMachines();
        Storage = new HostStorage();
        _ = options; _ = logger;
    }

    /// <summary>Where the host is.</summary>
    public HostEndpoint Endpoint { get; }

    /// <summary>The link as it is now.</summary>
    public HostLink Link { get; }

    /// <summary>The machines defined on this host.</summary>
    public HostMachines Machines { get; }

    /// <summary>The host's storage pools.</summary>
    public HostStorage Storage { get; }

    /// <summary>Makes the first attempt and returns its result; later attempts happen by themselves, with back-off.</summary>
    public Task<HostLink> ConnectAsync(CancellationToken cancellationToken) => throw new NotSupportedException("Not built yet.");

    /// <summary>Everything the host reports from now on. Any number of subscribers; each has its own bounded channel.</summary>
    public IAsyncEnumerable<HostEvent> WatchAsync(CancellationToken cancellationToken) => throw new NotSupportedException("Not built yet.");

    /// <summary>Asks the host about itself.</summary>
    /// <exception cref="LibvirtException">The host could not be asked.</exception>
    public Task<HostFacts> GetFactsAsync(CancellationToken cancellationToken) => throw new NotSupportedException("Not built yet.");

    /// <summary>Tries a URI before it is added.</summary>
    /// <exception cref="LibvirtException">The host does not answer or refuses; the message says what to do.</exception>
    public static Task<HostFacts> TestAsync(string uri, CancellationToken cancellationToken) => throw new NotSupportedException("Not built yet.");

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
