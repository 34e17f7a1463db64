using Portal.Hypervisor.Hosts;
using Portal.Hypervisor.Machines;
using Portal.Hypervisor.Storage;

namespace Portal.Web.Operations;

/// <summary>A host as runners use it.</summary>
/// <param name="Connection">Its connection, whatever the link.</param>
/// <param name="Pool">The storage pool that holds disks there.</param>
public sealed record FleetHost(HostConnection Connection, string Pool)
{
    /// <summary>The portal's id of the host.</summary>
    public Guid Id => Connection.Endpoint.Id;

    /// <summary>The name people use.</summary>
    public string Name => Connection.Endpoint.Name;

    /// <summary>Whether it answers.</summary>
    public bool IsConnected => Connection.Link.State == HostLinkState.Connected;

    /// <summary>Its machines.</summary>
    public HostMachines Machines => Connection.Machines;

    /// <summary>Its storage.</summary>
    public HostStorage Storage => Connection.Storage;
}
