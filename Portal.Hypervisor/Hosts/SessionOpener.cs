namespace Portal.Hypervisor.Hosts;

/// <summary>
/// Opens sessions within a deadline. libvirt cannot be told to stop waiting for a daemon that accepts a connection and
/// then says nothing, so such an attempt keeps its thread; only a few of those are allowed at a time.
/// </summary>
internal sealed class SessionOpener(HostEndpoint endpoint, HostConnectionOptions options, TimeProvider time)
{
    private const int StuckLimit = 4;

    private int _stuck;

    /// <exception cref="LibvirtException">The host refused, is not there, or did not answer within the deadline.</exception>
    public async Task<HostSession> OpenAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _stuck) >= StuckLimit)
            throw Silent($"{StuckLimit} earlier attempts still wait for an answer");
        var attempt = Start();
        try
        {
            return await attempt.WaitAsync(options.ConnectDeadline, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            Discard(attempt);
            throw Silent($"no answer within {options.ConnectDeadline.TotalSeconds:0} s");
        }
        catch (OperationCanceledException)
        {
            Discard(attempt);
            throw;
        }
    }

    private Task<HostSession> Start()
    {
        var result = new TaskCompletionSource<HostSession>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            try
            {
                result.SetResult(HostSession.Open(endpoint, options, time));
            }
            catch (Exception e)
            {
                result.SetException(e);
            }
        })
        { IsBackground = true, Name = $"libvirt open {endpoint.Name}" }.Start();
        return result.Task;
    }

    private LibvirtException Silent(string what) => new(LibvirtErrorDomain.Rpc, LibvirtErrorCode.NoConnection,
        $"{endpoint.Name} does not answer ({what}). Its daemon accepts connections but hangs, or a firewall swallows them: "
        + "check the network, then restart the libvirt daemon on that host (its machines keep running).", isConnectionLost: true);

    /// <summary>A session nobody waits for any more is closed as soon as it exists; a failure nobody waits for is observed.</summary>
    private void Discard(Task<HostSession> attempt)
    {
        Interlocked.Increment(ref _stuck);
        _ = attempt.ContinueWith(
            late =>
            {
                Interlocked.Decrement(ref _stuck);
                return late.IsCompletedSuccessfully ? late.Result.DisposeAsync().AsTask() : Task.FromResult(late.Exception is null);
            },
            CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }
}
