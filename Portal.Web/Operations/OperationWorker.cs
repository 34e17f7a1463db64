using System.Collections.Concurrent;
using System.Diagnostics;
using Portal.Domain.Changes;
using Portal.Domain.Machines;
using Portal.Domain.Operations;
using Portal.Web.Health;
using Portal.Web.Setup;

namespace Portal.Web.Operations;

/// <summary>
/// Takes operations from the ledger and has them carried out, several at a time. Woken by the database, so an operation begins within
/// milliseconds; it looks by itself only for operations whose worker died.
/// </summary>
public sealed class OperationWorker(
    Ledger ledger, WorkSignal signal, IEnumerable<IOperationRunner> runners, LastResort lastResort, CancelRequests cancels, DatabasePatience patience, ILogger<OperationWorker> logger)
    : BackgroundService
{
    /// <summary>Operations carried out at once. They mostly wait for hosts, so this is not a matter of processors.</summary>
    public const int Lanes = 8;

    /// <summary>How often an operation may end in a fault nobody foresaw before it is given up.</summary>
    private const int MostAttempts = 5;

    private static readonly TimeSpan LookForDead = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan HandBackPatience = TimeSpan.FromSeconds(5);
    private readonly string _name = $"{Environment.MachineName}-{Environment.ProcessId}-{Guid.NewGuid().ToString()[..8]}";
    private readonly ConcurrentDictionary<Guid, Claim> _carried = [];
    private readonly Dictionary<OperationKind, IOperationRunner> _runners = runners.ToDictionary(runner => runner.Kind);

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(Enumerable.Range(1, Lanes).Select(lane => Task.Run(() => WorkAsync($"{_name}/{lane}", stoppingToken), CancellationToken.None)));

    private async Task WorkAsync(string worker, CancellationToken stopping)
    {
        using var ear = signal.Open();
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                var claim = await patience.RunAsync("A worker", stop => ledger.ClaimAsync(worker, LeaseKeeper.Lease, [.. _carried.Keys], stop), stopping);
                if (claim is null)
                    await ear.WaitAsync(LookForDead, stopping);
                else
                    await HoldAsync(claim, stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault)
            {
                // A lane must not die of one operation: the others would wait for it for ever.
                logger.LogError(fault, "{Worker} failed outside of an operation", worker);
                await Task.Delay(LookForDead, CancellationToken.None);
            }
        }
    }

    private async Task HoldAsync(Claim claim, CancellationToken stopping)
    {
        _carried[claim.OperationId] = claim;
        try
        {
            await CarryOutAsync(claim, stopping);
        }
        finally
        {
            _carried.TryRemove(new(claim.OperationId, claim));
        }
    }

    private async Task CarryOutAsync(Claim claim, CancellationToken stopping)
    {
        var began = Stopwatch.GetTimestamp();
        PortalMetrics.Running.Inc();
        string? interrupted = null;
        try
        {
            await using var keeper = new LeaseKeeper(claim, cancels, patience, stopping);
            await _runners[claim.Kind].RunAsync(new OperationRun(claim, patience, keeper.Cancel, keeper.Abandon), keeper.Abandon);
        }
        catch (LeaseLostException)
        {
            interrupted = "lost";
            logger.LogWarning("{Operation} is held by another worker now", claim.Title);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            interrupted = "handed_back";
            await HandBackAsync(claim);
        }
        catch (OperationCanceledException)
        {
            interrupted = "lost";
            logger.LogWarning("{Operation} is dropped: its lease could not be kept", claim.Title);
        }
        catch (Exception fault)
        {
            interrupted = "faulted";
            await FaultAsync(claim, fault, stopping);
        }

        PortalMetrics.Running.Dec();
        PortalMetrics.Operations.WithLabels(claim.Kind.ToString(), Outcome(claim, interrupted)).Inc();
        PortalMetrics.OperationSeconds.WithLabels(claim.Kind.ToString()).Observe(Stopwatch.GetElapsedTime(began).TotalSeconds);
    }

    /// <summary>How it ended, whoever ended it; a word for the next try when it did not.</summary>
    private static string Outcome(Claim claim, string? interrupted) => claim.Ended switch
    {
        OperationStatus.Succeeded => "succeeded",
        OperationStatus.Failed => "failed",
        OperationStatus.Cancelled => "cancelled",
        OperationStatus.Queued or OperationStatus.Running or null => interrupted ?? "faulted",
    };

    /// <summary>The process stops: whoever takes the operation next begins at once and not when the lease runs out.</summary>
    private async Task HandBackAsync(Claim claim)
    {
        using var limit = new CancellationTokenSource(HandBackPatience);
        try
        {
            await claim.HandBackAsync(limit.Token);
        }
        catch (Exception fault) when (fault is LeaseLostException or OperationCanceledException || DatabaseFaults.MayPass(fault) is not null)
        {
            logger.LogWarning("{Operation} could not be handed back and waits for its lease to run out: {Reason}", claim.Title, fault.Message);
        }
    }

    /// <summary>A fault nobody foresaw: it is tried again a few times, then given up with its words.</summary>
    private async Task FaultAsync(Claim claim, Exception fault, CancellationToken stopping)
    {
        logger.LogError(fault, "{Operation} failed at attempt {Attempt}", claim.Title, claim.Attempts);
        try
        {
            await patience.RunAsync(claim.Title, stop => claim.Attempts < MostAttempts ? claim.HandBackAsync(stop) : lastResort.GiveUpAsync(claim, fault.Message, stop), stopping);
        }
        catch (LeaseLostException)
        {
            // Another worker took it in the meantime and will see for itself.
        }
    }
}
