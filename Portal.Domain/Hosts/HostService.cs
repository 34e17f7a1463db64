using Microsoft.EntityFrameworkCore;
using Npgsql;
using Portal.Domain.Audit;
using Portal.Domain.Changes;
using Portal.Domain.Machines;
using Portal.Domain.Projects;
using Portal.Domain.Scoping;

namespace Portal.Domain.Hosts;

/// <summary>The hosts: what there is, what they say of themselves, who may add and remove them.</summary>
public sealed class HostService(IDbContextFactory<PortalDbContext> contexts, TimeProvider time)
{
    /// <summary>Every host by name. Anyone signed in sees names, states and room; only who looks after them how they are reached.</summary>
    public async Task<IReadOnlyList<HostRow>> ListAsync(Actor actor, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await RowsAsync(db, actor, db.Hosts, ct);
    }

    /// <summary>One host; null when there is none.</summary>
    public async Task<HostRow?> GetAsync(Actor actor, Guid id, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return (await RowsAsync(db, actor, db.Hosts.Where(h => h.Id == id), ct)).SingleOrDefault();
    }

    /// <summary>
    /// The room on every host now, and what placing would do that is due: every machine that waits for a decision or is being made
    /// and has no home yet.
    /// </summary>
    public async Task<CapacityForecast> CapacityAsync(CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var waiting = await db.Machines.AsNoTracking()
            .Where(m => (m.State == MachineState.Waiting || m.State == MachineState.Provisioning) && !db.Placements.Any(p => p.MachineId == m.Id))
            .OrderBy(m => m.CreatedAt).Select(m => new MachineSize(m.Vcpus, m.MemoryMib, m.DiskGib)).ToListAsync(ct);
        return Placing.Forecast(await HostRooms.ReadAsync(db, ct), waiting);
    }

    /// <summary>Why the actor may not add such a host, from what was typed alone; null when it is worth a connection test. Nothing is connected to before.</summary>
    public static Refusal? Check(Actor actor, HostDraft draft) => actor.RefuseUnlessAdmin("add a host") ?? HostRules.Check(draft);

    /// <summary>Why a host that was just tested is here already, by name, address or identity; null when it is new.</summary>
    public async Task<Refusal?> ClashAsync(Actor actor, HostDraft draft, HostReport tested, CancellationToken ct)
    {
        if (Check(actor, draft) is { } refusal)
            return refusal;
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await ClashAsync(db, draft, tested, ct);
    }

    /// <summary>Adds a host that was just tested.</summary>
    /// <param name="actor">An admin.</param>
    /// <param name="draft">What the admin gave.</param>
    /// <param name="tested">What the host said when it was tested.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>The host, <see cref="InvalidText"/>, <see cref="HostNameTaken"/>, <see cref="HostUriTaken"/> or <see cref="SameHostTwice"/>.</returns>
    public async Task<Result<HostRow>> AddAsync(Actor actor, HostDraft draft, HostReport tested, CancellationToken ct)
    {
        if (Check(actor, draft) is { } refusal)
            return refusal;
        await using var db = await contexts.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        if (await ClashAsync(db, draft, tested, ct) is { } clash)
            return clash;
        var now = time.GetUtcNow();
        var host = Host.Create(draft.Name, draft.Uri, string.IsNullOrEmpty(draft.Address) ? null : draft.Address, draft.Pool, now);
        host.Answered(tested, now);
        db.Hosts.Add(host);
        db.AuditEvents.Add(AuditEvent.Of(actor, "host.add", "host", host.Id, host.Name, null, new { draft.Uri, tested.HostName, tested.Uuid }, now));
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateException race) when (race.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
        {
            // Somebody added it between the question and the answer; now the question finds it.
            if (await ClashAsync(db, draft, tested, ct) is { } found)
                return found;
            throw;
        }
        await ChangeNotice.NotifyAsync(db, ChangeKind.Host, host.Id, null, ct);
        await transaction.CommitAsync(ct);
        return (await RowsAsync(db, actor, db.Hosts.Where(h => h.Id == host.Id), ct)).Single();
    }

    /// <summary>Forgets a host on which no machine lives; the host itself is left as it is. <see cref="HostInUse"/> otherwise.</summary>
    public async Task<Result<Done>> RemoveAsync(Actor actor, Guid id, CancellationToken ct)
    {
        if (actor.RefuseUnlessAdmin("remove a host") is { } refusal)
            return refusal;
        await using var db = await contexts.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        // Schedules before machines, and machines before hosts, as everywhere.
        var schedules = await db.Schedules.FromSql($"select * from schedules where host_id = {id} order by id for update").IgnoreQueryFilters([Scopes.Filter]).ToListAsync(ct);
        await db.Database.ExecuteSqlAsync($"select 1 from machines where host_id = {id} order by id for no key update", ct);
        await HostRooms.LockAsync(db, ct);
        var host = await db.Hosts.SingleOrDefaultAsync(h => h.Id == id, ct);
        if (host is null)
            return new NotFound("host");
        var machines = await db.Placements.CountAsync(p => p.HostId == id, ct);
        if (machines > 0)
            return new HostInUse(host.Name, machines);
        // Machines that are gone keep no tie to it.
        await db.Machines.Where(m => m.HostId == id && m.State == MachineState.Deleted).ExecuteUpdateAsync(set => set.SetProperty(m => m.HostId, (Guid?)null), ct);
        db.Schedules.RemoveRange(schedules);
        db.Hosts.Remove(host);
        db.AuditEvents.Add(AuditEvent.Of(actor, "host.remove", "host", host.Id, host.Name, null, new { host.Uri, schedules = schedules.ConvertAll(s => s.Timing.ToString()) }, time.GetUtcNow()));
        await db.SaveChangesAsync(ct);
        await ChangeNotice.NotifyAsync(db, ChangeKind.Host, id, null, ct);
        await transaction.CommitAsync(ct);
        return Done.Value;
    }

    /// <summary>The host answered. A report that changes nothing is not told to anybody.</summary>
    public async Task ReportAsync(Guid hostId, HostReport report, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        if (await db.Hosts.SingleOrDefaultAsync(h => h.Id == hostId, ct) is not { } host)
            return;
        if (await db.Hosts.Where(h => h.Id != hostId && h.Uuid == report.Uuid).Select(h => h.Name).SingleOrDefaultAsync(ct) is { } other)
            host.Lost($"The host that answers at this address is {other}: both say the UUID {report.Uuid}.", time.GetUtcNow());
        else
            host.Answered(report, time.GetUtcNow());
        if (await db.SaveChangesAsync(ct) > 0)
            await ChangeNotice.NotifyAsync(db, ChangeKind.Host, hostId, null, ct);
        await transaction.CommitAsync(ct);
    }

    /// <summary>The host does not answer: its machines become unknown, never off, and keep their last known state.</summary>
    public async Task MarkUnreachableAsync(Guid hostId, string reason, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var now = time.GetUtcNow();
        // Machines before hosts, as everywhere. All with room here, whatever their state: one that is being made or arrives waits for its
        // worker, who may have seen the host still online, and is judged by what that worker wrote.
        var here = await db.Machines.FromSql($"select * from machines where id in (select machine_id from placements where host_id = {hostId}) order by id for no key update").ToListAsync(ct);
        var machines = here.Where(m => m.HostId == hostId && m.State is (MachineState.Running or MachineState.Off)).ToList();
        if (await db.Hosts.SingleOrDefaultAsync(h => h.Id == hostId, ct) is not { } host)
            return;
        host.Lost(reason, now);
        foreach (var machine in machines)
            machine.Become(MachineState.Unknown, $"{host.Name} does not answer.", now);
        if (await db.SaveChangesAsync(ct) > 0)
        {
            await ChangeNotice.NotifyAsync(db, ChangeKind.Host, hostId, null, ct);
            foreach (var machine in machines)
                await ChangeNotice.NotifyAsync(db, ChangeKind.Machine, machine.Id, machine.ProjectId, ct);
        }
        await transaction.CommitAsync(ct);
    }

    static async Task<IReadOnlyList<HostRow>> RowsAsync(PortalDbContext db, Actor actor, IQueryable<Host> some, CancellationToken ct)
    {
        var rows = await some.AsNoTracking().OrderBy(h => h.Name).Select(h => new
        {
            Host = h,
            Vcpus = db.Placements.Where(p => p.HostId == h.Id).Sum(p => (long)p.Vcpus),
            Memory = db.Placements.Where(p => p.HostId == h.Id).Sum(p => (long)p.MemoryMib),
            Homes = db.Placements.Count(p => p.HostId == h.Id && p.Purpose == PlacementPurpose.Home),
            Incoming = db.Placements.Count(p => p.HostId == h.Id && p.Purpose == PlacementPurpose.Incoming),
        }).ToListAsync(ct);
        return [.. rows.Select(r => new HostRow(r.Host.Id, r.Host.Name, r.Host.State, r.Host.StateSince, actor.SeesFleet ? r.Host.StateReason : null,
            new HostRoom(r.Host.Id, r.Host.Name, r.Host.State, r.Host.Cpus, r.Host.MemoryMib, r.Vcpus, r.Memory, r.Host.MaintenanceSince is not null), r.Homes, r.Incoming,
            actor.SeesFleet ? r.Host.Uri : null, actor.SeesFleet ? r.Host.Address : null, actor.SeesFleet ? r.Host.Pool : "", actor.SeesFleet ? r.Host.Report : null, r.Host.Report?.Accelerator,
            r.Host.MaintenanceSince, actor.SeesFleet ? r.Host.MaintenanceBy : null))];
    }

    static async Task<Refusal?> ClashAsync(PortalDbContext db, HostDraft draft, HostReport tested, CancellationToken ct)
    {
        var others = await db.Hosts.AsNoTracking().Where(h => h.Name == draft.Name || h.Uri == draft.Uri || h.Uuid == tested.Uuid).ToListAsync(ct);
        if (others.Exists(h => h.Name == draft.Name))
            return new HostNameTaken(draft.Name);
        if (others.Find(h => h.Uri == draft.Uri) is { } sameUri)
            return new HostUriTaken(draft.Uri, sameUri.Name);
        return others.Find(h => h.Uuid == tested.Uuid) is { } sameUuid ? new SameHostTwice(tested.Uuid, sameUuid.Name) : null;
    }
}
