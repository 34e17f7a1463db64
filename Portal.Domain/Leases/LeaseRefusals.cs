namespace Portal.Domain.Leases;

/// <summary>A longer lease was asked for than the project's terms give.</summary>
/// <param name="Asked">Asked for, days.</param>
/// <param name="Most">Allowed, days.</param>
/// <param name="InField">The input it is about.</param>
public sealed record LeaseTooLong(int Asked, int Most, string InField = "leaseDays") : Refusal("lease-too-long",
    Asked < 1 ? "A lease lasts a whole number of days, at least one." : $"A lease of {Asked} days is {Asked - Most} more than the {Most} days this project's terms allow.", $"Ask for 1 to {Most} days.", InField);

/// <summary>A machine without an end was asked for where there is none.</summary>
/// <param name="Most">Allowed, days.</param>
public sealed record NotForEver(int Most) : Refusal("lease-for-ever", "This project's terms give no machine without an end.", $"Ask for 1 to {Most} days; a lease can be extended later.", "leaseDays");

/// <summary>The machine was used for as long in all as the project's terms give.</summary>
/// <param name="Name">The machine.</param>
/// <param name="TotalDays">Allowed in all, days.</param>
/// <param name="Latest">The latest end that comes to.</param>
public sealed record LeaseTotalReached(string Name, int TotalDays, DateTimeOffset Latest) : Refusal("lease-total-reached",
    $"{Name} may be used for {TotalDays} days in all, which is until {Latest.UtcDateTime:yyyy-MM-dd HH:mm} UTC.", "Ask for fewer days, or ask an admin for other terms.", "days")
{
    /// <inheritdoc/>
    public override RefusalKind Kind => RefusalKind.Conflict;
}

/// <summary>The machine's lease is over: it is not started before that is changed.</summary>
/// <param name="Name">The machine.</param>
public sealed record LeaseOver(string Name) : Refusal("lease-over", $"The lease of {Name} is over, so it is not started.", "Extend its lease first; it can be started then.")
{
    /// <inheritdoc/>
    public override RefusalKind Kind => RefusalKind.Conflict;
}

/// <summary>There is no lease, or its last step was taken: nothing is left to extend.</summary>
/// <param name="Name">The machine.</param>
/// <param name="Why">Why not, in words.</param>
public sealed record NoLeaseToExtend(string Name, string Why) : Refusal("no-lease-to-extend", $"The lease of {Name} cannot be extended: {Why}", "Look at the machine's page.")
{
    /// <inheritdoc/>
    public override RefusalKind Kind => RefusalKind.Conflict;
}
