using Microsoft.EntityFrameworkCore;
using Portal.Domain.Audit;
using Portal.Domain.Changes;
using Portal.Domain.Machines;

namespace Portal.Domain.Hosts;

/// <summary>
/// Brings the books in line with what hosts say of their machines. A machine with an unfinished operation is left alone: its runner
/// knows better, and writes what it found when it ends.
/// </summary>
public sealed class HostObservations(IDbContextFactory<PortalDbContext> contexts, TimeProvider time)
{
    /// <summary>No two processes' clocks differ by more. A stamp further ahead was written before somebody set the clock back, and orders nothing.</summary>
    static readonly TimeSpan Skew = TimeSpan.FromMinutes(1);

    /// <summary>Takes in everything a host said it has; a machine believed there that it does not have is told as broken.</summary>
    /// <param name="hostId">The host.</param>
    /// <param name="askedAt">When it was asked, by the portal's clock: what was decided after that is newer than the answer.</param>
    /// <param name="all">Every machine it has, also those the portal does not know.</param>
    /// <param name="ct">Gives up.</param>
    public async Task ObserveAsync(Guid hostId, DateTimeOffset askedAt, IReadOnlyList<MachineObservation> all, CancellationToken ct)
    {
        var seen = all.DistinctBy(o => o.Id).ToDictionary(o => o.Id);
        Guid[] ids = [.. seen.Keys];
        await using var db = await contexts.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var machines = await db.Machines.FromSql($"""
            select * from machines where (host_id = {hostId} or id = any({ids})) and state in ('Running', 'Off', 'Unknown', 'Failed')
            order by id for no key update
            """).ToListAsync(ct);
        await SettleAsync(db, hostId, askedAt, machines, seen, absenceCounts: true, ct);
        await transaction.CommitAsync(ct);
    }

    /// <summary>Takes in what a host said of one machine, and concludes nothing about others.</summary>
    /// <param name="hostId">The host.</param>
    /// <param name="at">When it happened, by the portal's clock.</param>
    /// <param name="one">What it said.</param>
    /// <param name="ct">Gives up.</param>
    public async Task ObserveOneAsync(Guid hostId, DateTimeOffset at, MachineObservation one, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var machines = await db.Machines.FromSql($"select * from machines where id = {one.Id} and state in ('Running', 'Off', 'Unknown', 'Failed') for no key update").ToListAsync(ct);
        await SettleAsync(db, hostId, at, machines, new Dictionary<Guid, MachineObservation> { [one.Id] = one }, absenceCounts: false, ct);
        await transaction.CommitAsync(ct);
    }

    async Task SettleAsync(PortalDbContext db, Guid hostId, DateTimeOffset askedAt, List<Machine> machines, Dictionary<Guid, MachineObservation> seen, bool absenceCounts, CancellationToken ct)
    {
        var hosts = await db.Hosts.AsNoTracking().ToDictionaryAsync(h => h.Id, ct);
        if (!hosts.TryGetValue(hostId, out var host))
            return;
        var ids = machines.ConvertAll(m => m.Id);
        var credible = time.GetUtcNow() + Skew;
        var busy = (await db.Operations.Where(o => ids.Contains(o.MachineId) && (o.EndedAt == null || (o.EndedAt >= askedAt && o.EndedAt <= credible))).Select(o => o.MachineId).ToListAsync(ct)).ToHashSet();
        var free = machines.FindAll(m => !busy.Contains(m.Id));
        var changed = new HashSet<Machine>();
        // Every size before the first home: quota is taken project by project, and hosts after it, as everywhere.
        foreach (var machine in free.Where(m => m.HostId == hostId).OrderBy(m => m.ProjectId))
        {
            var waited = machine.Pending;
            await PendingSizes.SettleAsync(db, machine, seen.GetValueOrDefault(machine.Id)?.Size, time.GetUtcNow(), ct);
            // Noted here: books that were found wrong are told, and that writes the machine too.
            if (machine.Pending != waited)
                changed.Add(machine);
        }

        var moved = new HashSet<Guid>();
        foreach (var machine in free)
        {
            var settled = ObservationRules.Settle(machine.State, machine.HostId == hostId, seen.GetValueOrDefault(machine.Id), absenceCounts, host.Name);
            if (settled is null || (machine.StateSince > askedAt && machine.StateSince <= credible && machine.State != MachineState.Unknown))
                continue;
            if (settled.LivesHere && machine.HostId != hostId)
            {
                await AdoptAsync(db, machine, host, hosts, ct);
                moved.UnionWith([hostId, machine.HostId ?? hostId]);
                machine.LiveOn(hostId);
            }
            var known = machine.State == MachineState.Unknown ? machine.LastKnownState : machine.State;
            if (ObservationRules.Stopped(known, settled, seen.GetValueOrDefault(machine.Id), host.Name) is { } what)
                db.AuditEvents.Add(AuditEvent.Of(Actor.System, "machine.stopped-outside", "machine", machine.Id, machine.Name, machine.ProjectId, new { host = host.Name, what }, time.GetUtcNow()));
            machine.Become(settled.State, settled.Reason, time.GetUtcNow());
        }
        changed.UnionWith(db.ChangeTracker.Entries<Machine>().Where(e => e.State == EntityState.Modified).Select(e => e.Entity));
        await db.SaveChangesAsync(ct);
        foreach (var machine in changed)
            await ChangeNotice.NotifyAsync(db, ChangeKind.Machine, machine.Id, machine.ProjectId, ct);
        foreach (var id in moved)
            await ChangeNotice.NotifyAsync(db, ChangeKind.Host, id, null, ct);
    }

    /// <summary>Somebody moved the machine past the portal: its room is booked where it is, even where there is none left, because that is the truth.</summary>
    async Task AdoptAsync(PortalDbContext db, Machine machine, Host here, Dictionary<Guid, Host> hosts, CancellationToken ct)
    {
        await HostRooms.LockAsync(db, ct);
        await db.Placements.Where(p => p.MachineId == machine.Id).ExecuteDeleteAsync(ct);
        db.Placements.Add(Placement.Create(machine.Id, here.Id, PlacementPurpose.Home, machine.Vcpus, machine.MemoryMib));
        var from = machine.HostId is { } id && hosts.TryGetValue(id, out var before) ? before.Name : null;
        db.AuditEvents.Add(AuditEvent.Of(Actor.System, "machine.found-elsewhere", "machine", machine.Id, machine.Name, machine.ProjectId, new { from, to = here.Name }, time.GetUtcNow()));
    }
}
