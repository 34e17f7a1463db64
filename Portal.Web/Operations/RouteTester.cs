using System.Net;
using Portal.Domain;
using Portal.Domain.Migrations;
using Portal.Hypervisor;
using Portal.Hypervisor.Hosts;

namespace Portal.Web.Operations;

/// <summary>Hosts do not reach each other at that address, in the hypervisor's own words.</summary>
/// <param name="Reason">What was tried and what failed.</param>
public sealed record RouteTestFailed(string Reason) : Refusal("route-test-failed", Reason, "Put that right, then set it again; nothing was changed.", "address")
{
    /// <inheritdoc />
    public override RefusalKind Kind => RefusalKind.Conflict;
}

/// <summary>Tries an address for moves before it is set: from the host that will use it, or from every other that answers.</summary>
public sealed class RouteTester(HostFleet fleet)
{
    /// <summary>Null when the address works; nobody but an admin makes hosts connect anywhere.</summary>
    public async Task<Refusal?> TestAsync(Actor actor, Guid host, Guid? from, string address, CancellationToken cancellationToken)
    {
        if (MigrationNetworkService.Check(actor, host, from, address) is { } refusal)
            return refusal;
        if (fleet.Find(host) is not { } to || (from is { } one && fleet.Find(one) is null))
            return new NotFound("host");
        if (!to.IsConnected)
            return new HostSilent(to.Name, "destination");
        var senders = from is { } only ? [fleet.Find(only)!] : fleet.Hosts.Where(other => other.Id != host && other.IsConnected).ToList();
        if (senders.Find(sender => !sender.IsConnected) is { } silent)
            return new HostSilent(silent.Name, "source");
        try
        {
            // One after the other: all of them would use the same port of the host.
            foreach (var sender in senders.Select(sender => sender.Connection).DefaultIfEmpty())
            {
                if (await RouteTest.TryAsync(to.Connection, sender, IPAddress.Parse(address), cancellationToken) is { } failure)
                    return new RouteTestFailed(failure);
            }

            return null;
        }
        catch (LibvirtException e)
        {
            return new RouteTestFailed(e.Message);
        }
    }
}
