namespace Portal.Domain.Leases;

/// <summary>A machine's lease as shown.</summary>
/// <param name="Stage">How far it is.</param>
/// <param name="EndsAt">When it ends or ended; null: for ever.</param>
/// <param name="GraceUntil">Until when the machine is kept after it.</param>
/// <param name="Days">The length asked for, days, before it begins; null: for ever.</param>
public sealed record LeaseView(LeaseStage Stage, DateTimeOffset? EndsAt, DateTimeOffset? GraceUntil, int? Days)
{
    /// <summary>How near the end an overview calls it near.</summary>
    public static readonly TimeSpan Soon = TimeSpan.FromDays(7);
}

/// <summary>A machine's lease with what its terms say, for its page.</summary>
/// <param name="MachineId">The machine.</param>
/// <param name="Lease">The lease.</param>
/// <param name="Terms">The project's terms.</param>
/// <param name="LatestEnd">The latest end it can be extended to; null: no limit.</param>
/// <param name="KeepUntil">The end that taking the last step back comes to; null when that cannot be done by the actor now.</param>
/// <param name="WhyNotKeep">Why it cannot, where the lease is over; null otherwise.</param>
/// <param name="IsGoingDown">Whether the guest may have been told already to shut down, so that it may go off even when it is kept.</param>
public sealed record LeaseDetails(Guid MachineId, LeaseView Lease, LeaseTerms Terms, DateTimeOffset? LatestEnd, DateTimeOffset? KeepUntil, string? WhyNotKeep, bool IsGoingDown = false);

/// <summary>Lease terms as a person may see and change them.</summary>
/// <param name="ProjectId">The project; null for the platform's.</param>
/// <param name="Name">What they are the terms of.</param>
/// <param name="Terms">The terms in force.</param>
/// <param name="IsOwn">Whether they are its own, and not what it takes over: the platform's, or the built-in ones.</param>
/// <param name="Version">The row's version; 0 where there is no row.</param>
/// <param name="MayEdit">Whether the actor may change them.</param>
public sealed record LeaseTermsView(Guid? ProjectId, string Name, LeaseTerms Terms, bool IsOwn, uint Version, bool MayEdit);
