using Microsoft.EntityFrameworkCore;
using Portal.Domain.Affinity;
using Portal.Domain.Changes;
using Portal.Domain.Machines;

namespace Portal.Domain.Hosts;

/// <summary>The capacity books: reads the room on hosts and takes some of it, in the caller's transaction.</summary>
public static class HostRooms
{
    /// <summary>The room on every host as the books say now.</summary>
    public static async Task<IReadOnlyList<HostRoom>> ReadAsync(PortalDbContext db, CancellationToken ct) => await (
        from host in db.Hosts.AsNoTracking()
        // Added up once for all hosts: with tens of thousands of machines a sum for each host alone is what takes time.
        join sum in db.Placements.GroupBy(p => p.HostId).Select(g => new { HostId = g.Key, Vcpus = (long?)g.Sum(p => (long)p.Vcpus), MemoryMib = (long?)g.Sum(p => (long)p.MemoryMib) }) on host.Id equals sum.HostId into sums
        from taken in sums.DefaultIfEmpty()
        orderby host.Name
        select new HostRoom(host.Id, host.Name, host.State, host.Cpus, host.MemoryMib, taken.Vcpus ?? 0, taken.MemoryMib ?? 0, host.MaintenanceSince != null)).ToListAsync(ct);

    /// <summary>
    /// The same, with every host's row taken until the transaction ends: whoever places next waits and then sees this placement, so
    /// parallel placements never give the same room out twice. Always in the order of identifiers, so that nobody waits in a circle.
    /// </summary>
    public static async Task<IReadOnlyList<HostRoom>> LockAsync(PortalDbContext db, CancellationToken ct)
    {
        await db.Database.ExecuteSqlAsync($"select 1 from hosts order by id for no key update", ct);
        return await ReadAsync(db, ct);
    }

    /// <summary>
    /// Finds the machine a home and takes the room; a machine that has one keeps it, unless it is excluded. Saves nothing itself.
    /// </summary>
    /// <param name="db">The books, with the caller's transaction; it holds the machine's row.</param>
    /// <param name="machine">The machine, tracked.</param>
    /// <param name="exclude">Hosts that were tried and failed.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>The host, or <see cref="NoHostWithRoom"/>.</returns>
    internal static async Task<Result<HostRoom>> PlaceAsync(PortalDbContext db, Machine machine, IReadOnlyCollection<Guid> exclude, CancellationToken ct)
    {
        var rooms = await LockAsync(db, ct);
        var home = await db.Placements.SingleOrDefaultAsync(p => p.MachineId == machine.Id && p.Purpose == PlacementPurpose.Home, ct);
        if (home is not null && !exclude.Contains(home.HostId))
            return rooms.Single(r => r.Id == home.HostId);

        var ties = await FleetTies.ReadAsync(db, machine.Id, ct);
        var choice = Placing.Choose(rooms.Where(r => !exclude.Contains(r.Id)), machine.Size, ties.For(machine.Id));
        if (choice.Host is not { } host)
            return new NoHostWithRoom(choice.Misfits, Needs(machine));
        if (home is not null)
        {
            db.Placements.Remove(home);
            await ChangeNotice.NotifyAsync(db, ChangeKind.Host, home.HostId, null, ct);
        }
        db.Placements.Add(Placement.Create(machine.Id, host.Id, PlacementPurpose.Home, machine.Vcpus, machine.MemoryMib));
        machine.LiveOn(host.Id);
        await ChangeNotice.NotifyAsync(db, ChangeKind.Host, host.Id, null, ct);
        return host.With(machine.Size);
    }

    internal static string Needs(Machine machine) => $"{machine.Name} ({machine.Vcpus} vCPU, {machine.MemoryMib} MiB)";
}
