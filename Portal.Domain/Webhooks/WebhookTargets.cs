using System.Net;
using System.Net.Sockets;

namespace Portal.Domain.Webhooks;

/// <summary>
/// Where webhooks may lead: to public addresses, and to networks an admin allowed. Whoever owns a project names the address, and must
/// not reach through the portal what only the portal reaches.
/// </summary>
/// <param name="Allowed">Networks that are allowed besides.</param>
public sealed record WebhookTargets(IReadOnlyList<IPNetwork> Allowed)
{
    /// <summary>Public addresses only.</summary>
    public static WebhookTargets PublicOnly { get; } = new([]);

    // RFC 6890 and its successors: everything that is not reachable from everywhere.
    static readonly IPNetwork[] NotPublic =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24",
            "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
            "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
        }.Select(text => IPNetwork.Parse(text)),
    ];

    // Only this part of IPv6 was ever given out; addresses that hold one of IPv4 (mapped, translated) lie outside of it or are listed above.
    static readonly IPNetwork GivenOut = IPNetwork.Parse("2000::/3");

    /// <summary>Whether an address may be called.</summary>
    public bool Allows(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        return Allowed.Any(network => network.Contains(address))
            || (!NotPublic.Any(network => network.Contains(address)) && (address.AddressFamily == AddressFamily.InterNetwork || GivenOut.Contains(address)));
    }
}
