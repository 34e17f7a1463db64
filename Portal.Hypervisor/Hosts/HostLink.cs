namespace Portal.Hypervisor.Hosts;

/// <summary>Whether the portal can reach a host's daemon.</summary>
public enum HostLinkState
{
    /// <summary>An attempt is under way or waits for its turn.</summary>
    Connecting,
    /// <summary>The daemon answers.</summary>
    Connected,
    /// <summary>The last attempt failed; the next one comes by itself.</summary>
    Unreachable,
}

/// <summary>A host's link, since when, and why it is not connected.</summary>
public sealed record HostLink(HostLinkState State, DateTimeOffset Since, string? Reason);
