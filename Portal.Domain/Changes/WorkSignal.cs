namespace Portal.Domain.Changes;

/// <summary>Wakes workers when work was put into the ledger, in this process or another.</summary>
public sealed class WorkSignal(DatabaseListener listener, TimeProvider time)
{
    /// <summary>Opens a worker's own ear; dispose it when the worker stops.</summary>
    /// <param name="channel">What it listens to; the ledger when not said.</param>
    public WorkEar Open(string channel = ChangeNotice.WorkChannel) => new(listener, time, channel);
}

/// <summary>One worker's ear: no call between two waits is missed.</summary>
public sealed class WorkEar : IDisposable
{
    readonly SemaphoreSlim called = new(0, 1);
    readonly Lock gate = new();
    readonly IDisposable listening;
    readonly TimeProvider time;
    readonly string channel;
    bool closed;

    internal WorkEar(DatabaseListener listener, TimeProvider time, string channel)
    {
        (this.time, this.channel) = (time, channel);
        listening = listener.Listen(Hear);
    }

    /// <summary>
    /// Returns when there may be work, at once if there was a call since the last wait; in any case after <paramref name="atMost"/>,
    /// since a lease that runs out calls nobody.
    /// </summary>
    public async Task WaitAsync(TimeSpan atMost, CancellationToken ct)
    {
        using var deadline = new CancellationTokenSource(atMost, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, ct);
        try
        {
            await called.WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            // The deadline: look for work without having been called.
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        listening.Dispose();
        lock (gate)
        {
            closed = true;
            called.Dispose();
        }
    }

    void Hear(DatabaseListener.Notice notice)
    {
        if (!notice.IsConnected && notice.Channel != channel)
            return;
        lock (gate)
        {
            if (!closed && called.CurrentCount == 0)
                called.Release();
        }
    }
}
