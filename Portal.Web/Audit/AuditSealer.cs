using Portal.Domain.Audit;
using Portal.Domain.Changes;
using Portal.Web.Operations;

namespace Portal.Web.Audit;

/// <summary>Seals audit events as they come, in every process: whichever gets the turn does it.</summary>
public sealed class AuditSealer(AuditChain chain, WorkSignal signal, DatabasePatience patience, ILogger<AuditSealer> logger) : BackgroundService
{
    // Nothing is lost between two calls; this is for a notice that a broken connection swallowed.
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var ear = signal.Open(ChangeNotice.AuditChannel);
        while (!stoppingToken.IsCancellationRequested)
        {
            await ear.WaitAsync(LongestWait, stoppingToken);
            try
            {
                while (await patience.RunAsync("Sealing the audit trail", chain.SealAsync, stoppingToken) == AuditChain.Batch)
                    stoppingToken.ThrowIfCancellationRequested();
            }
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
            {
                // The trail was tampered with: what follows waits unsealed, and verifying says what is wrong. The portal goes on.
                logger.LogError(fault, "The audit trail cannot be sealed on. Run “audit verify”.");
            }
        }
    }
}
