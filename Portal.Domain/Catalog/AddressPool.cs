using System.Net;
using System.Numerics;
using Microsoft.EntityFrameworkCore;
using Portal.Domain.Machines;

namespace Portal.Domain.Catalog;

/// <summary>Hands out the addresses of a network, in the caller's transaction.</summary>
static class AddressPool
{
    /// <summary>How many addresses are made ready at a time.</summary>
    const int Ready = 256;

    /// <summary>
    /// An address nobody holds: the lowest that nobody ever had, else the one that has been free the longest, for whoever talked to
    /// its last machine may remember that one's hardware address for a while. Null when the pool is empty. The address's row stays
    /// locked until the transaction ends, and whoever asks meanwhile passes it over, so two callers never get the same one and none
    /// waits for another.
    /// </summary>
    public static async Task<IPAddress?> TakeAsync(PortalDbContext db, Network network, CancellationToken ct)
    {
        while (true)
        {
            if (await FirstAsync(db, FirstFree(network), ct) is { } free)
                return free;
            if (await MakeReadyAsync(db, network, ct))
                continue;
            // All that are free are in other callers' hands. One that gives up leaves its address to this one.
            if (await FirstAsync(db, Free(network, "for no key update"), ct) is { } left)
                return left;
            if (!await IsAnyFreeAsync(db, network, ct))
                return null;
        }
    }

    /// <summary>
    /// The address that <see cref="TakeAsync"/> gives nearly always, as a question that comes along with others. No answer says only that
    /// <see cref="TakeAsync"/> has to be asked.
    /// </summary>
    public static Question FirstFree(Network network) => Free(network, "for no key update skip locked");

    /// <summary>How many addresses nobody holds just now; nothing is locked.</summary>
    public static async Task<long> FreeAsync(PortalDbContext db, Network network, CancellationToken ct) =>
        Math.Max(0, SizeOf(network) - await db.Machines.LongCountAsync(m => m.NetworkId == network.Id && m.State != MachineState.Deleted, ct));

    /// <summary>Locks the first address that is free. One that a machine had before counts only once every address of the pool has its row.</summary>
    static Question Free(Network network, string locking) => new($"""
        select address from network_addresses where network_id = $1 and not held and {Usable}
            and (free_since is null or (select ready_until >= $3 from networks where id = $1))
        order by free_since nulls first, address limit 1 {locking}
        """, Of(network));

    static async Task<IPAddress?> FirstAsync(PortalDbContext db, Question question, CancellationToken ct)
    {
        await using var batch = await db.BatchAsync(ct);
        return await batch.Add(question).ExecuteScalarAsync(ct) as IPAddress;
    }

    static async Task<bool> IsAnyFreeAsync(PortalDbContext db, Network network, CancellationToken ct)
    {
        await using var batch = await db.BatchAsync(ct);
        return await batch.Add($"select exists (select 1 from network_addresses where network_id = $1 and not held and {Usable})", Of(network)).ExecuteScalarAsync(ct) is true;
    }

    /// <summary>Gives the next addresses of the pool rows of their own; false when all have one. One caller at a time does that, and the others then find them.</summary>
    static async Task<bool> MakeReadyAsync(PortalDbContext db, Network network, CancellationToken ct)
    {
        if (IsAll(await ReadyUntilAsync(db, network, take: false, ct), network))
            return false;
        var until = await ReadyUntilAsync(db, network, take: true, ct);
        if (IsAll(until, network))
            return false;
        // Somebody else did it while this one waited.
        if (await FirstAsync(db, FirstFree(network), ct) is not null)
            return true;
        var (from, last) = (until is null ? NumberOf(network.First) : NumberOf(until) + 1, NumberOf(network.Last));
        var to = BigInteger.Min(last, from + Ready - 1);
        var addresses = Enumerable.Range(0, (int)(to - from + 1)).Select(n => AddressOf(from + n, network.First)).ToArray();
        await using var batch = await db.BatchAsync(ct);
        batch.Add("insert into network_addresses (network_id, address, held) select $1, a, false from unnest($2) a on conflict do nothing", network.Id, addresses)
            .Add("update networks set ready_until = $2 where id = $1", network.Id, AddressOf(to, network.First));
        await batch.ExecuteNonQueryAsync(ct);
        return true;
    }

    static bool IsAll(IPAddress? readyUntil, Network network) => readyUntil is not null && NumberOf(readyUntil) >= NumberOf(network.Last);

    static async Task<IPAddress?> ReadyUntilAsync(PortalDbContext db, Network network, bool take, CancellationToken ct)
    {
        await using var batch = await db.BatchAsync(ct);
        return await batch.Add($"select ready_until from networks where id = $1 {(take ? "for no key update" : "")}", network.Id).ExecuteScalarAsync(ct) as IPAddress;
    }

    /// <summary>In the pool, and not the network's own even when that lies there.</summary>
    const string Usable = "address between $2 and $3 and address <> $4 and address <> $5";

    static object[] Of(Network network) => [network.Id, network.First, network.Last, network.Gateway ?? IPAddress.None, network.Dns ?? IPAddress.None];

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
