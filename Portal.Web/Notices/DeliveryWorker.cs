using System.Diagnostics;
using Portal.Domain.Changes;
using Portal.Domain.Notices.Deliveries;
using Portal.Web.Health;
using Portal.Web.Operations;
using Portal.Web.Setup;

namespace Portal.Web.Notices;

/// <summary>
/// Sends what is to go out, several at a time and each way by itself, so that a mail server that hangs holds up no webhook. Woken by the
/// database; it looks by itself for what is due again and for what a process that died left behind.
/// </summary>
public sealed class DeliveryWorker(Outbox outbox, WorkSignal signal, DeliverySenders senders, DatabasePatience patience, TimeProvider time, ILogger<DeliveryWorker> logger) : BackgroundService
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan SweepEvery = TimeSpan.FromHours(1);
    private static readonly TimeSpan HandBackPatience = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await patience.RunAsync("E-mail", stop => outbox.OpenEmailAsync(senders.HasMail, stop), stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return;
        }

        var lanes = senders.Lanes.Select(lane => Task.Run(() => WorkAsync(lane.Channel, lane.Open, stoppingToken), CancellationToken.None));
        await Task.WhenAll(lanes.Append(Task.Run(() => SweepAsync(stoppingToken), CancellationToken.None)));
    }

    private async Task WorkAsync(DeliveryChannel channel, Func<IDeliverySender> open, CancellationToken stopping)
    {
        using var ear = signal.Open(ChangeNotice.DeliveryChannel);
        using var sender = open();
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                // Twice the deadline: a claim that runs out while its try is under way would have it tried twice at once.
                var claim = await patience.RunAsync("A delivery", stop => outbox.ClaimAsync(channel, sender.Deadline * 2, stop), stopping);
                if (claim is not null)
                {
                    await TryAsync(claim, sender, stopping);
                    continue;
                }

                await sender.RestAsync(stopping);
                await ear.WaitAsync(LookAgain, stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault)
            {
                // A lane must not die of one delivery: the others would wait for it for ever.
                logger.LogError(fault, "A lane of {Channel} failed outside of a delivery", channel);
                await Task.Delay(LookAgain, time, CancellationToken.None);
            }
        }
    }

    private async Task TryAsync(ClaimedDelivery claim, IDeliverySender sender, CancellationToken stopping)
    {
        var began = Stopwatch.GetTimestamp();
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        deadline.CancelAfter(sender.Deadline);
        DeliveryOutcome outcome;
        try
        {
            outcome = await sender.TryAsync(claim, deadline.Token);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            await HandBackAsync(claim);
            return;
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            outcome = new(false, $"There was no answer within {sender.Deadline.TotalSeconds:0} s.", false, null, Stopwatch.GetElapsedTime(began));
        }
        catch (Exception fault)
        {
            // A fault nobody foresaw is one of this delivery: it waits like any other failure and stops no lane.
            logger.LogError(fault, "Delivery {Delivery} failed at try {Attempt}", claim.Id, claim.Attempt);
            outcome = new(false, "The portal itself failed; an admin finds the fault in its log.", false, null, Stopwatch.GetElapsedTime(began));
        }

        var status = await patience.RunAsync("A delivery", stop => outbox.EndAsync(claim, outcome, stop), stopping);
        PortalMetrics.Deliveries.WithLabels(claim is ClaimedMail ? "email" : "webhook", Word(status)).Inc();
        if (!outcome.Ok)
            logger.LogWarning("Delivery {Delivery} did not arrive at try {Attempt} ({Outcome}): {Reason}", claim.Id, claim.Attempt, Word(status), outcome.Error);
    }

    private static string Word(DeliveryStatus? status) => status switch
    {
        DeliveryStatus.Sent => "sent",
        DeliveryStatus.Queued => "retried",
        DeliveryStatus.Failed => "failed",
        DeliveryStatus.GivenUp => "given_up",
        null => "lost",
    };

    /// <summary>The process stops: whoever takes the delivery next need not wait until the claim runs out.</summary>
    private async Task HandBackAsync(ClaimedDelivery claim)
    {
        using var limit = new CancellationTokenSource(HandBackPatience);
        try
        {
            await outbox.HandBackAsync(claim, limit.Token);
        }
        catch (Exception fault) when (fault is OperationCanceledException || DatabaseFaults.MayPass(fault) is not null)
        {
            logger.LogWarning("Delivery {Delivery} could not be handed back and waits for its claim to run out: {Reason}", claim.Id, fault.Message);
        }
    }

    private async Task SweepAsync(CancellationToken stopping)
    {
        try
        {
            using var timer = new PeriodicTimer(SweepEvery, time);
            do
                await patience.RunAsync("The sweep of old deliveries", outbox.SweepAsync, stopping);
            while (await timer.WaitForNextTickAsync(stopping));
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The process stops.
        }
    }
}
