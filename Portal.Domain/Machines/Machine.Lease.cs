namespace Portal.Domain.Machines;

/// <content>How long it may stay.</content>
public sealed partial class Machine
{
    /// <summary>When its lease ends; null: it may stay for ever.</summary>
    public DateTimeOffset? LeaseEndsAt { get; private set; }

    /// <summary>Lets it stay longer; an earlier end than it has changes nothing.</summary>
    internal void ExtendLease(DateTimeOffset to, DateTimeOffset now)
    {
        if (LeaseEndsAt is { } end && to > end && to > now)
            LeaseEndsAt = to;
    }

    /// <summary>Its lease ends then; null: never.</summary>
    internal void Lease(DateTimeOffset? until) => LeaseEndsAt = until;
}
