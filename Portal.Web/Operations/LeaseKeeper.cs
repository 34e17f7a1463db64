using Portal.Domain.Operations;

namespace Portal.Web.Operations;

/// <summary>Holds on to an operation while it is carried out, and notices when somebody asks to cancel it or another worker took it.</summary>
public sealed class LeaseKeeper : IAsyncDisposable
{
    /// <summary>How long an operation stays with a process that died.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Renewal = TimeSpan.FromSeconds(3);

    private readonly CancellationTokenSource _cancel = new();
    private readonly CancellationTokenSource _abandon;
    private readonly CancellationTokenSource _stop;
    private readonly Task _keeping;

    /// <summary>Starts renewing.</summary>
    public LeaseKeeper(Claim claim, CancelRequests cancels, DatabasePatience patience, CancellationToken stopping)
    {
        _abandon = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        _stop = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        if (claim.CancelRequested)
            _cancel.Cancel();
        _keeping = Task.Run(() => KeepAsync(claim, cancels, patience, _stop.Token), CancellationToken.None);
    }

    /// <summary>Somebody asked to stop and undo.</summary>
    public CancellationToken Cancel => _cancel.Token;

    /// <summary>The process stops, or another worker holds the operation now.</summary>
    public CancellationToken Abandon => _abandon.Token;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _keeping;
        _stop.Dispose();
        _abandon.Dispose();
        _cancel.Dispose();
    }

    private async Task KeepAsync(Claim claim, CancelRequests cancels, DatabasePatience patience, CancellationToken stop)
    {
        try
        {
            while (true)
            {
                await cancels.WaitAsync(claim.OperationId, Renewal, stop);
                if (await patience.RunAsync(claim.Title, claim.RenewAsync, stop))
                    await _cancel.CancelAsync();
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The operation ended, or the process stops.
        }
        catch (Exception)
        {
            // Whether the lease was taken or cannot be renewed: another worker may hold the operation from now on.
            await _abandon.CancelAsync();
        }
    }
}
