using System.Threading.Channels;
using Portal.Hypervisor.Libvirt;

namespace Portal.Hypervisor.Hosts;

/// <summary>
/// One open connection with its lane of threads. It ends when the daemon goes away or misses a deadline, and is never
/// revived: whoever needs the host opens another.
/// </summary>
internal sealed class HostSession : IAsyncDisposable
{
    private readonly ConnectHandle _connection;
    private readonly EventSink _events;
    private readonly Lane _lane;
    private readonly HostEndpoint _endpoint;
    private readonly HostConnectionOptions _options;
    private readonly TimeProvider _time;
    private readonly TaskCompletionSource<string> _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _closing;
    private long _lastAnswer;

    private HostSession(ConnectHandle connection, EventSink events, HostEndpoint endpoint, HostConnectionOptions options, TimeProvider time)
    {
        _connection = connection;
        _events = events;
        _endpoint = endpoint;
        _options = options;
        _time = time;
        _lane = new Lane($"libvirt {endpoint.Name}", options.LaneThreads);
        events.Closed = reason => Lose(reason);
    }

    /// <summary>What the host reports; completes when the session ends.</summary>
    public ChannelReader<HostEvent> Events => _events.Reader;

    /// <summary>Completes with the reason when the session ends.</summary>
    public Task<string> Lost => _lost.Task;

    /// <summary>Opens a connection. Blocks: call it on a thread that may be lost to a hung daemon.</summary>
    public static HostSession Open(HostEndpoint endpoint, HostConnectionOptions options, TimeProvider time)
    {
        LibvirtLibrary.Require();
        var connection = Native.virConnectOpen(endpoint.Uri);
        if (connection.IsInvalid)
            throw ConnectAdvice.Explain(endpoint, LibvirtError.Last());
        // A driver inside this process (test:///default) has nobody to keep alive and says so; that is no failure.
        _ = Native.virConnectSetKeepAlive(connection, options.KeepAliveSeconds, options.KeepAliveCount);
        var events = new EventSink(time);
        var session = new HostSession(connection, events, endpoint, options, time);
        events.Register(connection);
        return session;
    }

    /// <summary>Makes a call on the lane, within the ordinary deadline.</summary>
    public Task<T> CallAsync<T>(Func<ConnectHandle, T> call, CancellationToken cancellationToken)
        => RunAsync(call, _options.CallDeadline, alone: false, cancellationToken);

    /// <summary>Makes a call that takes as long as its subject (a move) on a thread of its own.</summary>
    public Task<T> CallLongAsync<T>(Func<ConnectHandle, T> call, TimeSpan deadline, CancellationToken cancellationToken)
        => RunAsync(call, deadline, alone: true, cancellationToken);

    /// <summary>
    /// Makes a call that waits for more than the daemon (its storage) on a thread of its own. That it is late tells nothing of the daemon,
    /// so it alone fails; a daemon that hangs is noticed by the keep-alive and by other calls.
    /// </summary>
    public Task<T> CallAsideAsync<T>(Func<ConnectHandle, T> call, TimeSpan deadline, CancellationToken cancellationToken)
        => RunAsync(call, deadline, alone: true, cancellationToken, Late);

    /// <summary>Ends the session; calls under way fail at once, though their threads may still wait for the daemon.</summary>
    public ValueTask DisposeAsync()
    {
        Lose("The connection was closed by the portal.");
        return ValueTask.CompletedTask;
    }

    /// <summary>
    /// A call that waits can be withdrawn: by whoever asked, by its deadline, or with the session. One that has started may change the host
    /// whatever happens here, so its result is waited for even when nobody wants it any more: else an undo would race it.
    /// </summary>
    private async Task<T> RunAsync<T>(
        Func<ConnectHandle, T> call, TimeSpan deadline, bool alone, CancellationToken cancellationToken, Func<TimeSpan, LibvirtException>? overdue = null)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var item = new LaneCall<T>(call, _connection);
        if (_lost.Task.IsCompleted || !Post(() => RunUnlessLost(item), alone))
            throw Gone(await _lost.Task);
        using var ended = new CancellationTokenSource();
        await using var cancelled = cancellationToken.UnsafeRegister(_ => item.TryWithdraw(), null);
        var late = Task.Delay(deadline, _time, ended.Token);
        await Task.WhenAny(item.Result, _lost.Task, late);
        await ended.CancelAsync();
        var isWithdrawn = item.TryWithdraw();
        if (item.Result is { IsCompleted: true, IsCanceled: false })
            return await ResultAsync(item.Result);
        if (isWithdrawn)
            cancellationToken.ThrowIfCancellationRequested();
        if (_lost.Task.IsCompleted)
            throw Gone(await _lost.Task);
        throw overdue is null ? Overdue(IsHung(!isWithdrawn, deadline), deadline) : overdue(deadline);
    }

    /// <summary>What waited when the session ended is not for a daemon that comes to later.</summary>
    private void RunUnlessLost<T>(LaneCall<T> item)
    {
        if (!_lost.Task.IsCompleted)
            item.Run();
    }

    private bool Post(Action work, bool alone)
    {
        if (!alone)
            return _lane.TryPost(work);
        _lane.PostAlone(work);
        return true;
    }

    private async Task<T> ResultAsync<T>(Task<T> result)
    {
        try
        {
            Interlocked.Exchange(ref _lastAnswer, _time.GetTimestamp());
            return await result;
        }
        catch (LibvirtException e) when (_lost.Task.IsCompleted || Native.virConnectIsAlive(_connection) != 1)
        {
            Lose(e.Message);
            throw new LibvirtException(e.Domain, e.Code, $"{_endpoint.Name}: {e.Message}", isConnectionLost: true, e);
        }
    }

    /// <summary>A call that never had its turn tells of a hung daemon too when, meanwhile, no other was answered.</summary>
    private bool IsHung(bool hasStarted, TimeSpan deadline)
        => hasStarted || _time.GetElapsedTime(Interlocked.Read(ref _lastAnswer)) >= deadline;

    private LibvirtException Overdue(bool isHung, TimeSpan deadline)
    {
        if (!isHung)
            return new LibvirtException(LibvirtErrorDomain.Rpc, LibvirtErrorCode.OperationTimeout,
                $"{_endpoint.Name} is busy: the request waited {deadline.TotalSeconds:0} s for its turn. Try again in a moment.");
        var reason = $"{_endpoint.Name} accepted a request and did not answer within {deadline.TotalSeconds:0} s. "
            + "The portal closed the connection and opens another; if that goes on, restart the libvirt daemon on that host (its machines keep running).";
        Lose(reason);
        return new LibvirtException(LibvirtErrorDomain.Rpc, LibvirtErrorCode.OperationTimeout, reason, isConnectionLost: true);
    }

    private LibvirtException Late(TimeSpan deadline)
        => new(LibvirtErrorDomain.Rpc, LibvirtErrorCode.OperationTimeout,
            $"{_endpoint.Name} did not finish a request to its storage within {deadline.TotalMinutes:0} min. It may still do so. "
            + "Check the storage pool on that host, then try again.");

    private LibvirtException Gone(string reason)
        => new(LibvirtErrorDomain.Rpc, LibvirtErrorCode.NoConnection, $"The connection to {_endpoint.Name} was lost: {reason}", isConnectionLost: true);

    /// <summary>Ends the session once; saying goodbye may wait for a hung daemon, so it has a thread of its own.</summary>
    private void Lose(string reason)
    {
        if (Interlocked.Exchange(ref _closing, 1) == 1)
            return;
        _lost.TrySetResult(reason);
        _events.Complete();
        _lane.Close();
        _lane.PostAlone(() =>
        {
            _events.Deregister(_connection);
            _connection.Dispose();
        });
    }

    /// <summary>One call on its way through the lane: it waits, and then it has either started or been withdrawn.</summary>
    private sealed class LaneCall<T>(Func<ConnectHandle, T> call, ConnectHandle connection)
    {
        private const int Waiting = 0, Started = 1, Withdrawn = 2;

        private readonly TaskCompletionSource<T> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _stage;

        /// <summary>Cancelled when the call was never made.</summary>
        public Task<T> Result => _result.Task;

        /// <summary>Sees to it that the call is never made; false when it has started.</summary>
        public bool TryWithdraw()
        {
            var isWithdrawn = Interlocked.CompareExchange(ref _stage, Withdrawn, Waiting) != Started;
            if (isWithdrawn)
                _result.TrySetCanceled();
            return isWithdrawn;
        }

        public void Run()
        {
            if (Interlocked.CompareExchange(ref _stage, Started, Waiting) != Waiting)
                return;
            try
            {
                _result.SetResult(call(connection));
            }
            catch (ObjectDisposedException) when (connection.IsClosed)
            {
                // The session ended before libvirt was asked; whoever wanted to know has been told so.
                _result.TrySetCanceled();
            }
            catch (Exception e)
            {
                _result.SetException(e);
            }
        }
    }
}
