using System.Net;
using System.Numerics;
using Microsoft.EntityFrameworkCore;
using Portal.Domain.Machines;

namespace Portal.Domain.Catalog;

/// <summary>Hands out the addresses of a network, in the caller's transaction.</summary>
static class AddressPool
{
    /// <summary>
    /// An address nobody holds: the lowest that nobody ever had, else the one that has been free the longest, for whoever talked to
    /// its last machine may remember that one's hardware address for a while. Null when the pool is empty. The network's row stays
    /// locked until the transaction ends, so two callers never get the same one.
    /// </summary>
    public static async Task<IPAddress?> TakeAsync(PortalDbContext db, Network network, CancellationToken ct)
    {
        await db.Database.ExecuteSqlAsync($"select 1 from networks where id = {network.Id} for no key update", ct);
        var past = await db.Machines.Where(m => m.NetworkId == network.Id).GroupBy(m => m.Address)
            .Select(machines => new { Address = machines.Key, Held = machines.Count(m => m.State != MachineState.Deleted), FreeSince = machines.Max(m => m.StateSince) })
            .ToDictionaryAsync(known => known.Address, ct);
        var own = OwnAddresses(network).ToHashSet();
        IPAddress? longest = null;
        for (var address = NumberOf(network.First); address <= NumberOf(network.Last); address++)
        {
            var candidate = AddressOf(address, network.First);
            if (own.Contains(candidate))
                continue;
            if (!past.TryGetValue(candidate, out var known))
                return candidate;
            if (known.Held == 0 && (longest is null || known.FreeSince < past[longest].FreeSince))
                longest = candidate;
        }

        return longest;
    }

    /// <summary>How many addresses nobody holds just now; nothing is locked.</summary>
    public static async Task<long> FreeAsync(PortalDbContext db, Network network, CancellationToken ct) =>
        Math.Max(0, SizeOf(network) - await db.Machines.LongCountAsync(m => m.NetworkId == network.Id && m.State != MachineState.Deleted, ct));

    /// <summary>How many addresses the pool has for machines.</summary>
    public static long SizeOf(Network network)
    {
        var (first, last) = (NumberOf(network.First), NumberOf(network.Last));
        var own = OwnAddresses(network).Distinct().Count(a => NumberOf(a) >= first && NumberOf(a) <= last);
        return (long)BigInteger.Min(long.MaxValue, last - first + 1 - own);
    }

    /// <summary>Addresses of the network itself, which no machine may have even when they lie in the pool.</summary>
    static IEnumerable<IPAddress> OwnAddresses(Network network) => new[] { network.Gateway, network.Dns }.OfType<IPAddress>();

    static BigInteger NumberOf(IPAddress address) => new(address.GetAddressBytes(), isUnsigned: true, isBigEndian: true);

    static IPAddress AddressOf(BigInteger number, IPAddress like)
    {
        var bytes = number.ToByteArray(isUnsigned: true, isBigEndian: true);
        var width = like.GetAddressBytes().Length;
        return new IPAddress([.. new byte[width - bytes.Length], .. bytes]);
    }
}
