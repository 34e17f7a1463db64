namespace Portal.Domain;

/// <summary>Who asks: every service decides from this, on every call, whether the answer is yes.</summary>
/// <param name="UserId">The account's identifier; <see cref="Guid.Empty"/> for the portal itself.</param>
/// <param name="Name">Name shown in the audit trail.</param>
/// <param name="IsAdmin">Holds the platform role admin.</param>
/// <param name="RemoteAddress">Where the call came from, for the audit trail; null when the portal acts by itself.</param>
public sealed record Actor(Guid UserId, string Name, bool IsAdmin, string? RemoteAddress = null)
{
    /// <summary>The portal itself: workers, reconciliation, first set-up.</summary>
    public static Actor System { get; } = new(Guid.Empty, "portal", IsAdmin: true);

    /// <summary>Whether this is the portal itself and not a person.</summary>
    public bool IsSystem => UserId == Guid.Empty;
}
