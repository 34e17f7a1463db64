using Portal.Domain.Notices.Deliveries;

namespace Portal.Web.Notices;

/// <summary>One lane of a way out of the portal: tries one delivery at a time.</summary>
public interface IDeliverySender : IDisposable
{
    /// <summary>How long one try may take; a side that hangs is left after it.</summary>
    TimeSpan Deadline { get; }

    /// <summary>Tries once. What the other side or the way to it does wrong is an outcome and no exception.</summary>
    /// <param name="claim">What to deliver.</param>
    /// <param name="cancellationToken">Ends at the deadline, or when the process stops.</param>
    Task<DeliveryOutcome> TryAsync(ClaimedDelivery claim, CancellationToken cancellationToken);

    /// <summary>There is nothing to deliver now.</summary>
    Task RestAsync(CancellationToken cancellationToken);
}
