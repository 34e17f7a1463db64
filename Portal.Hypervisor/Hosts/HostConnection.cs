using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Portal.Hypervisor.Libvirt;
using Portal.Hypervisor.Machines;
using Portal.Hypervisor.Storage;

namespace Portal.Hypervisor.Hosts;

/// <summary>
/// One host: its link, its lane of threads with a deadline, its machines and its storage. The link mends itself; a call
/// made while it is down fails at once with <see cref="LibvirtException.IsConnectionLost"/>.
/// </summary>
public sealed class HostConnection : IAsyncDisposable
{
    private readonly HostConnectionOptions _options;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly SessionOpener _opener;
    private readonly EventFan _fan;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource<HostLink> _firstLink = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private volatile HostLink _link;
    private volatile HostSession? _session;
    private Task? _supervision;

    /// <summary>Prepares a connection; nothing is opened until <see cref="ConnectAsync"/>.</summary>
    public HostConnection(HostEndpoint endpoint, HostConnectionOptions? options = null, ILogger? logger = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        Endpoint = endpoint;
        _options = options ?? new HostConnectionOptions();
        _logger = logger ?? NullLogger.Instance;
        _time = time ?? TimeProvider.System;
        _opener = new SessionOpener(endpoint, _options, _time);
        _fan = new EventFan(_time);
        _link = new HostLink(HostLinkState.Connecting, _time.GetUtcNow(), Reason: null);
        Machines = new HostMachines(this);
        Storage = new HostStorage(this);
    }

    /// <summary>Where the host is.</summary>
    public HostEndpoint Endpoint { get; }

    /// <summary>The link as it is now.</summary>
    public HostLink Link => _link;

    /// <summary>The machines defined on this host.</summary>
    public HostMachines Machines { get; }

    /// <summary>The host's storage pools.</summary>
    public HostStorage Storage { get; }

    /// <summary>Makes the first attempt and returns its result; later attempts happen by themselves, with back-off.</summary>
    public Task<HostLink> ConnectAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_stop.IsCancellationRequested, this);
            _supervision ??= Task.Run(() => SuperviseAsync(_stop.Token), CancellationToken.None);
        }

        return _firstLink.Task.WaitAsync(cancellationToken);
    }

    /// <summary>
    /// Everything the host reports from this call on. Any number of subscribers; each has its own bounded channel and gets
    /// <see cref="EventsMissed"/> when it was too slow. Ends when the connection is disposed.
    /// </summary>
    public IAsyncEnumerable<HostEvent> WatchAsync(CancellationToken cancellationToken) => _fan.Subscribe(cancellationToken);

    /// <summary>Asks the host about itself.</summary>
    /// <exception cref="LibvirtException">The host could not be asked.</exception>
    public Task<HostFacts> GetFactsAsync(CancellationToken cancellationToken) => CallAsync(HostInquiry.Ask, cancellationToken);

    /// <summary>What the host's counters say it and its running machines have used. No guest is asked.</summary>
    /// <returns>The counters; null where its driver keeps none.</returns>
    /// <exception cref="LibvirtException">The host could not be asked.</exception>
    public Task<HostCounters?> GetCountersAsync(CancellationToken cancellationToken) => CallAsync(HostCounting.Read, cancellationToken);

    /// <summary>Tries a URI before it is added.</summary>
    /// <param name="uri">libvirt connection URI.</param>
    /// <param name="pool">The storage pool it is to have; null asks for none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What the host says of itself and of the pool; no pool when it has none of that name.</returns>
    /// <exception cref="LibvirtException">The host does not answer or refuses; the message says what to do.</exception>
    public static async Task<(HostFacts Facts, PoolInfo? Pool)> TestAsync(string uri, string? pool, CancellationToken cancellationToken)
    {
        var endpoint = new HostEndpoint(Guid.Empty, "The host", uri, Address: null);
        var opener = new SessionOpener(endpoint, new HostConnectionOptions(), TimeProvider.System);
        await using var session = await opener.OpenAsync(cancellationToken);
        var facts = await session.CallAsync(HostInquiry.Ask, cancellationToken);
        return (facts, pool is null ? null : await session.CallAsideAsync(connection => StorageCalls.FindPool(connection, pool), StorageCalls.Deadline, cancellationToken));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Task? supervision;
        lock (_gate)
            supervision = _supervision;
        await _stop.CancelAsync();
        if (supervision is not null)
            await supervision;
        _fan.Close();
        _firstLink.TrySetCanceled();
        _stop.Dispose();
    }

    internal Task<T> CallAsync<T>(Func<ConnectHandle, T> call, CancellationToken cancellationToken)
        => Session().CallAsync(call, cancellationToken);

    internal Task<T> CallAsideAsync<T>(Func<ConnectHandle, T> call, TimeSpan deadline, CancellationToken cancellationToken)
        => Session().CallAsideAsync(call, deadline, cancellationToken);

    /// <summary>Opens a connection of its own for one move: its long calls must not hold up the host's other business.</summary>
    internal Task<HostSession> OpenPrivateAsync(CancellationToken cancellationToken) => _opener.OpenAsync(cancellationToken);

    private HostSession Session() => _session ?? throw new LibvirtException(
        LibvirtErrorDomain.Rpc, LibvirtErrorCode.NoConnection,
        $"{Endpoint.Name} is not connected{(_link.Reason is { } reason ? $": {reason}" : ".")}", isConnectionLost: true);

    private async Task SuperviseAsync(CancellationToken stop)
    {
        var wait = _options.ReconnectFirst;
        while (!stop.IsCancellationRequested)
        {
            if (await TryHoldLinkAsync(stop))
                wait = _options.ReconnectFirst;
            try
            {
                await Task.Delay(wait, _time, stop);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            wait = wait * 2 < _options.ReconnectLimit ? wait * 2 : _options.ReconnectLimit;
        }
    }

    /// <summary>Connects and stays until the link is lost. True when there was a link.</summary>
    private async Task<bool> TryHoldLinkAsync(CancellationToken stop)
    {
        HostSession session;
        try
        {
            session = await _opener.OpenAsync(stop);
        }
        catch (LibvirtException e)
        {
            Change(HostLinkState.Unreachable, e.Message);
            return false;
        }
        catch (OperationCanceledException)
        {
            return false;
        }

        await using (session)
        {
            _session = session;
            Change(HostLinkState.Connected, reason: null);
            try
            {
                await foreach (var e in session.Events.ReadAllAsync(stop))
                    _fan.Publish(e);
            }
            catch (OperationCanceledException)
            {
                return true;
            }
            finally
            {
                _session = null;
            }

            Change(HostLinkState.Unreachable, await session.Lost);
            return true;
        }
    }

    private void Change(HostLinkState state, string? reason)
    {
        var before = _link;
        if (before.State != state || before.Reason != reason)
        {
            _link = new HostLink(state, before.State == state ? before.Since : _time.GetUtcNow(), reason);
            if (_logger.IsEnabled(LogLevel.Information))
                _logger.LogInformation("{Host}: {State} {Reason}", Endpoint.Name, state, reason);
            _fan.Publish(new LinkChanged(_time.GetUtcNow(), _link));
        }

        _firstLink.TrySetResult(_link);
    }
}
