using Portal.Hypervisor;
using Portal.Hypervisor.Hosts;

namespace Portal.Web.Operations;

/// <summary>How the side of the hypervisors is, for whoever watches the portal.</summary>
/// <param name="Libvirt">Version of the client library; null when it is missing.</param>
/// <param name="Missing">What is missing and how to install it; null when nothing is.</param>
/// <param name="Links">How many hosts are in each state, by the state's name.</param>
public sealed record FleetHealth(Version? Libvirt, string? Missing, IReadOnlyDictionary<string, int> Links)
{
    /// <summary>Hosts the portal knows.</summary>
    public int Total => Links.Values.Sum();

    /// <summary>Hosts that answer.</summary>
    public int Connected => Links[nameof(HostLinkState.Connected)];

    /// <summary>How it is now; asks no host.</summary>
    public static FleetHealth Of(HostFleet fleet)
    {
        var library = LibvirtLibrary.Probe();
        var states = fleet.Hosts.Select(host => host.Connection.Link.State).ToList();
        return new FleetHealth(library.Client, library.Missing, Enum.GetValues<HostLinkState>().ToDictionary(state => state.ToString(), state => states.Count(s => s == state), StringComparer.Ordinal));
    }
}
