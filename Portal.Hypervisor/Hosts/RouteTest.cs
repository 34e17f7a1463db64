using System.Net;
using System.Xml.Linq;
using Portal.Hypervisor.Libvirt;

namespace Portal.Hypervisor.Hosts;

/// <summary>
/// Tries whether one host reaches an address of another as a move would: QEMU listens there and QEMU connects from the other, each as an
/// empty guest that is never started and is gone with its connection. libvirt has no call that asks for it, and the portal's own
/// machine may not be on that network at all.
/// </summary>
public static class RouteTest
{
    /// <summary>The last of the ports libvirt moves machines by (49152 to 49215), which a firewall lets pass, and the last it would take itself.</summary>
    private const int Port = 49215;

    /// <summary>An address that swallows what is sent to it is given up after this long.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <summary>Tries it.</summary>
    /// <param name="to">The host that is to have the address.</param>
    /// <param name="from">A host that sends to it; null: only whether the first has it.</param>
    /// <param name="address">The address.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null when it works, else what does not and what to do.</returns>
    public static async Task<string?> TryAsync(HostConnection to, HostConnection? from, IPAddress address, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(to);
        ArgumentNullException.ThrowIfNull(address);
        await using var listening = await to.OpenPrivateAsync(cancellationToken);
        if (await FailsAsync(listening, "bind", address, cancellationToken) is { } notThere)
            return $"{to.Endpoint.Name} does not listen at {address}: {notThere} Give it that address first, or choose one it has.";
        if (from is null)
            return null;
        await using var connecting = await from.OpenPrivateAsync(cancellationToken);
        return await FailsAsync(connecting, "connect", address, cancellationToken) is { } unreached
            ? $"{from.Endpoint.Name} does not reach {to.Endpoint.Name} at {address}: {unreached} Check cables, VLAN and firewall (TCP 49152 to 49215) between the two."
            : null;
    }

    private static async Task<string?> FailsAsync(HostSession host, string mode, IPAddress address, CancellationToken cancellationToken)
    {
        const uint Paused = 1, AutoDestroy = 2;
        try
        {
            await host.CallAsideAsync(connection =>
            {
                var accelerator = HostInquiry.AcceleratorOf(NativeXml.Parse(NativeText.TakeOwned(Native.virConnectGetCapabilities(connection))));
                using var guest = LibvirtError.Check(Native.virDomainCreateXML(connection, Guest(mode, address, accelerator).ToString(), Paused | AutoDestroy), connection);
                return true;
            }, Patience, cancellationToken);
            return null;
        }
        catch (LibvirtException e)
        {
            return e.Message.TrimEnd('.') + ".";
        }
    }

    private static XElement Guest(string mode, IPAddress address, Accelerator accelerator) => new("domain",
        new XAttribute("type", accelerator == Accelerator.Kvm ? "kvm" : "qemu"),
        new XElement("name", $"portal-route-{Guid.CreateVersion7():N}"),
        new XElement("memory", new XAttribute("unit", "MiB"), 1),
        new XElement("os", new XElement("type", new XAttribute("arch", "x86_64"), new XAttribute("machine", "pc"), "hvm")),
        new XElement("devices",
            new XElement("serial", new XAttribute("type", "tcp"),
                new XElement("source", new XAttribute("mode", mode), new XAttribute("host", address), new XAttribute("service", Port)),
                new XElement("protocol", new XAttribute("type", "raw"))),
            new XElement("controller", new XAttribute("type", "usb"), new XAttribute("model", "none")),
            new XElement("memballoon", new XAttribute("model", "none"))));
}
