namespace Portal.Domain.Evacuations;

/// <summary>Somebody is at it already.</summary>
/// <param name="Id">The evacuation under way.</param>
/// <param name="HostName">Its host.</param>
/// <param name="Way">Which way machines go.</param>
/// <param name="By">Who asked for it.</param>
/// <param name="Since">When.</param>
public sealed record EvacuationUnderWay(Guid Id, string HostName, EvacuationKind Way, string By, DateTimeOffset Since)
    : Refusal("evacuation-under-way", $"{What(Way, HostName)}, asked for by {By} at {Since.UtcDateTime:yyyy-MM-dd HH:mm} UTC.", "Follow that one, or cancel it first.")
{
    /// <inheritdoc/>
    public override RefusalKind Kind => RefusalKind.Conflict;

    static string What(EvacuationKind way, string host) => way switch
    {
        EvacuationKind.Empty => $"{host} is being emptied already",
        EvacuationKind.BringBack => $"Machines are being brought back to {host}",
        EvacuationKind.Relocate => $"A schedule moves what is on {host}",
    };
}

/// <summary>The host is in maintenance and nothing is left on it.</summary>
/// <param name="HostName">The host.</param>
/// <param name="By">Who put it there.</param>
/// <param name="Since">When.</param>
public sealed record AlreadyInMaintenance(string HostName, string By, DateTimeOffset Since)
    : Refusal("already-in-maintenance", $"{HostName} is in maintenance and empty already; {By} put it there at {Since.UtcDateTime:yyyy-MM-dd HH:mm} UTC.", "Nothing is left to do. Take it back into service when its maintenance is over.")
{
    /// <inheritdoc/>
    public override RefusalKind Kind => RefusalKind.Conflict;
}

/// <summary>The host is in service.</summary>
/// <param name="HostName">The host.</param>
public sealed record NotInMaintenance(string HostName) : Refusal("not-in-maintenance", $"{HostName} is in service.", "Nothing is left to do.")
{
    /// <inheritdoc/>
    public override RefusalKind Kind => RefusalKind.Conflict;
}

/// <summary>Something changed between looking and saying yes.</summary>
/// <param name="HostName">The host.</param>
public sealed record PlanChanged(string HostName) : Refusal("plan-changed", $"What would be done to empty {HostName} is not what you looked at any more: machines or room changed meanwhile.", "Look at the plan again.", "plan")
{
    /// <inheritdoc/>
    public override RefusalKind Kind => RefusalKind.Conflict;
}

/// <summary>The evacuation is not at a point where this makes sense.</summary>
/// <param name="HostName">The host.</param>
/// <param name="Status">How far it is.</param>
/// <param name="Why">Why it makes no sense, in words.</param>
public sealed record EvacuationNotThere(string HostName, EvacuationStatus Status, string Why) : Refusal("evacuation-wrong-state", Why, "Look at how far it is.")
{
    /// <inheritdoc/>
    public override RefusalKind Kind => RefusalKind.Conflict;
}
