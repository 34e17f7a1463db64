namespace Portal.Hypervisor.Hosts;

/// <summary>Where a host is and what to call it.</summary>
/// <param name="Id">The portal's own id.</param>
/// <param name="Name">The name people use; every error about this host carries it.</param>
/// <param name="Uri">libvirt connection URI, for example <c>qemu+tls://10.0.0.5/system</c>.</param>
/// <param name="Address">IP other hosts send memory to; null: the host part of <paramref name="Uri"/>.</param>
public sealed record HostEndpoint(Guid Id, string Name, string Uri, string? Address)
{
    /// <summary>The address other hosts migrate to; null when the URI names none (a local connection).</summary>
    public string? MigrationAddress => Address
        ?? (System.Uri.TryCreate(Uri, UriKind.Absolute, out var uri) && uri.Host.Length > 0 ? uri.Host : null);

    /// <summary>
    /// URI under which other hosts' daemons reach this one; null: they cannot. The portal's own URI without its query, for
    /// that names files (<c>pkipath</c>) of the portal's machine.
    /// </summary>
    public string? PeerUri { get; init; } = System.Uri.TryCreate(Uri, UriKind.Absolute, out var own) && own.Host.Length > 0
        ? own.GetLeftPart(UriPartial.Path)
        : null;
}
