using System.Net;
using Microsoft.EntityFrameworkCore;
using Portal.Domain.Audit;
using Portal.Domain.Changes;
using Portal.Domain.Projects;

namespace Portal.Domain.Migrations;

/// <summary>An address that memory is sent to.</summary>
/// <param name="HostId">The host that is sent to.</param>
/// <param name="FromHostId">The host that sends; null: every host that has none of its own.</param>
/// <param name="FromName">That host's name.</param>
/// <param name="Address">The address.</param>
/// <param name="SetByName">Who set it.</param>
/// <param name="SetAt">When.</param>
public sealed record MigrationNetworkRow(Guid HostId, Guid? FromHostId, string? FromName, string Address, string SetByName, DateTimeOffset SetAt);

/// <summary>The networks moves take: which address of a host memory and disks are sent to, for all hosts or from one.</summary>
public sealed class MigrationNetworkService(IDbContextFactory<PortalDbContext> contexts, TimeProvider time)
{
    /// <summary>The addresses of a host, the one for all hosts first; how hosts are reached is for those who look after them.</summary>
    public async Task<Result<IReadOnlyList<MigrationNetworkRow>>> ListAsync(Actor actor, Guid hostId, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        if (!actor.SeesFleet || !await db.Hosts.AnyAsync(h => h.Id == hostId, ct))
            return new NotFound("host");
        return await db.MigrationNetworks.AsNoTracking().Where(n => n.HostId == hostId)
            .Select(n => new MigrationNetworkRow(n.HostId, n.FromHostId, db.Hosts.Where(h => h.Id == n.FromHostId).Select(h => h.Name).FirstOrDefault(), n.Address, n.SetByName, n.SetAt))
            .OrderBy(n => n.FromName != null).ThenBy(n => n.FromName).ToListAsync(ct);
    }

    /// <summary>Why an address may not be set, from what was typed alone; null when it is worth a test. Nothing is connected to before.</summary>
    public static Refusal? Check(Actor actor, Guid hostId, Guid? fromHostId, string address)
    {
        if (actor.RefuseUnlessAdmin("choose a migration network") is { } refusal)
            return refusal;
        if (hostId == fromHostId)
            return new InvalidText("fromHostId", "A host sends nothing to itself.", "Choose another host, or none for all of them.");
        // Any address at all, or one nobody else has, would send memory nowhere or to the sender itself.
        return IPAddress.TryParse(address, out var ip) && ip.ToString() == address && !IPAddress.IsLoopback(ip) && !ip.Equals(IPAddress.Any) && !ip.Equals(IPAddress.IPv6Any) && !IsMany(ip)
            ? null : new InvalidText("address", "That is no IP address of a host.", "Give the address it has on the network moves are to take, for example 10.9.0.12.");
    }

    static bool IsMany(IPAddress ip) => ip.IsIPv6Multicast || ip.GetAddressBytes() is [>= 224, _, _, _];

    /// <summary>Sets an address that was just tested, for moves ordered from now on.</summary>
    /// <returns>The address, or <see cref="NotFound"/>, <see cref="NotAllowed"/>, <see cref="InvalidText"/>.</returns>
    public async Task<Result<MigrationNetworkRow>> SetAsync(Actor actor, Guid hostId, Guid? fromHostId, string address, CancellationToken ct)
    {
        if (Check(actor, hostId, fromHostId, address) is { } refusal)
            return refusal;
        await using var db = await contexts.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        if (await LockAsync(db, hostId, ct) is not { } host || (fromHostId is { } other && !await db.Hosts.AnyAsync(h => h.Id == other, ct)))
            return new NotFound("host");
        var network = await db.MigrationNetworks.SingleOrDefaultAsync(n => n.HostId == hostId && n.FromHostId == fromHostId, ct);
        if (network is null)
            db.MigrationNetworks.Add(network = MigrationNetwork.Create(hostId, fromHostId));
        var now = time.GetUtcNow();
        network.Lead(address, actor, now);
        db.AuditEvents.Add(AuditEvent.Of(actor, "host.network", "host", hostId, host, null, new { from = fromHostId, address }, now));
        await db.SaveChangesAsync(ct);
        await ChangeNotice.NotifyAsync(db, ChangeKind.Host, hostId, null, ct);
        await transaction.CommitAsync(ct);
        return (await ListAsync(actor, hostId, ct)).Value.Single(n => n.FromHostId == fromHostId);
    }

    /// <summary>Takes an address back: moves use the one hosts reach it by again. One that is not there is fine.</summary>
    public async Task<Result<Done>> RemoveAsync(Actor actor, Guid hostId, Guid? fromHostId, CancellationToken ct)
    {
        if (actor.RefuseUnlessAdmin("choose a migration network") is { } refusal)
            return refusal;
        await using var db = await contexts.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        if (await LockAsync(db, hostId, ct) is not { } host)
            return new NotFound("host");
        if (await db.MigrationNetworks.SingleOrDefaultAsync(n => n.HostId == hostId && n.FromHostId == fromHostId, ct) is { } network)
        {
            db.MigrationNetworks.Remove(network);
            db.AuditEvents.Add(AuditEvent.Of(actor, "host.network.remove", "host", hostId, host, null, new { from = fromHostId, network.Address }, time.GetUtcNow()));
            await db.SaveChangesAsync(ct);
            await ChangeNotice.NotifyAsync(db, ChangeKind.Host, hostId, null, ct);
        }
        await transaction.CommitAsync(ct);
        return Done.Value;
    }

    /// <summary>Holds the host's row against another change of its networks, and answers its name; null when there is none.</summary>
    static async Task<string?> LockAsync(PortalDbContext db, Guid hostId, CancellationToken ct)
    {
        await db.Database.ExecuteSqlAsync($"select 1 from hosts where id = {hostId} for no key update", ct);
        return await db.Hosts.Where(h => h.Id == hostId).Select(h => h.Name).SingleOrDefaultAsync(ct);
    }
}
