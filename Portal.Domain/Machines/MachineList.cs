using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Portal.Domain.Catalog;
using Portal.Domain.Leases;

namespace Portal.Domain.Machines;

/// <summary>How lists of machines are filtered and sorted, and which actions a machine's page offers.</summary>
static class MachineList
{
    /// <summary>What the query asks for.</summary>
    public static async Task<IQueryable<Machine>> FilterAsync(PortalDbContext db, IQueryable<Machine> rows, ListQuery query, DateTimeOffset now, CancellationToken ct)
    {
        if (query.LikePattern?.ToLowerInvariant() is { } like)
        {
            // Hosts are few: their names are looked at once, not once per machine.
            var hosts = await db.Hosts.Where(h => EF.Functions.Like(h.Name.ToLower(), like, @"\")).Select(h => (Guid?)h.Id).ToListAsync(ct);
            rows = hosts.Count == 0
                ? rows.Where(m => EF.Functions.Like(EF.Property<string>(m, MachineConfiguration.SearchText), like, @"\"))
                : rows.Where(m => EF.Functions.Like(EF.Property<string>(m, MachineConfiguration.SearchText), like, @"\") || hosts.Contains(m.HostId));
        }
        var states = query.EnumFilter<MachineState>("state");
        // Said even where it follows: the indexes hold only machines that are not deleted, and the database must see that they will do.
        if (states?.Contains(MachineState.Deleted) != true)
            rows = rows.Where(m => m.State != MachineState.Deleted);
        if (states is not null)
            rows = rows.Where(m => states.Contains(m.State));
        if (query.IdFilter("project") is { } project)
            rows = rows.Where(m => m.ProjectId == project);
        if (query.IdFilter("host") is { } host)
            rows = rows.Where(m => m.HostId == host);
        if (query.IdFilter("image") is { } image)
            rows = rows.Where(m => m.ImageId == image);
        if (query.Filter("tag") is { } tag)
            rows = rows.Where(m => m.Tags.Length > 0 && m.Tags.Contains(tag.ToLowerInvariant()));
        if (query.IdsFilter("id") is { } ids)
            rows = rows.Where(m => ids.Contains(m.Id));
        return query.Filter("lease") is { } lease ? ByLease(rows, lease, now) : rows;
    }

    /// <summary>The identifiers of a page and how many machines there are. Names of hosts and projects are sorted, not the machines on or in each.</summary>
    public static async Task<(IReadOnlyList<Guid> Ids, int Total)> PageAsync(PortalDbContext db, IQueryable<Machine> rows, ListQuery query, CancellationToken ct)
    {
        switch (query.SortField)
        {
            case "state":
                return await rows.PageByGroupAsync(m => m.State, some => m => some.Contains(m.State), m => new() { Key = m.State, Id = m.Id }, state => state.ToString(), query, ct);
            case "host":
                var hosts = await db.Hosts.ToDictionaryAsync(h => h.Id, h => h.Name, ct);
                return await rows.PageByGroupAsync(m => m.HostId, some => m => some.Contains(m.HostId), m => new() { Key = m.HostId, Id = m.Id }, host => host is { } id ? hosts.GetValueOrDefault(id, "") : null, query, ct);
            case "project":
                var projects = await db.Projects.ToDictionaryAsync(p => p.Id, p => p.Name, ct);
                return await rows.PageByGroupAsync(m => m.ProjectId, some => m => some.Contains(m.ProjectId), m => new() { Key = m.ProjectId, Id = m.Id }, project => projects.GetValueOrDefault(project, ""), query, ct);
            case "memory":
                return await rows.PageByGroupAsync(m => m.MemoryMib, some => m => some.Contains(m.MemoryMib), m => new() { Key = m.MemoryMib, Id = m.Id }, memory => memory.ToString("d10", CultureInfo.InvariantCulture), query, ct);
            default:
                var total = await rows.CountAsync(ct);
                return (await Sort(rows, query).Select(m => m.Id).Skip(query.SafeSkip).Take(query.SafeTake).ToListAsync(ct), total);
        }
    }

    /// <summary>The rows with these identifiers, in their order.</summary>
    public static async Task<IReadOnlyList<MachineRow>> RowsAsync(PortalDbContext db, IReadOnlyList<Guid> ids, CancellationToken ct)
    {
        var rows = await db.Machines.AsNoTracking().Where(m => ids.Contains(m.Id)).Select(MachineRow.From(db)).ToDictionaryAsync(m => m.Id, ct);
        return [.. ids.Where(rows.ContainsKey).Select(id => rows[id])];
    }

    static IQueryable<Machine> Sort(IQueryable<Machine> rows, ListQuery query)
    {
        var descending = query.SortField is "address" or "created" or "lease" or "name" && query.Descending;
        var sorted = query.SortField switch
        {
            "address" => rows.SortBy(m => AddressOrder.Inet(m.Address), descending),
            "created" => rows.SortBy(m => m.CreatedAt, descending),
            "lease" => rows.SortBy(m => m.LeaseEndsAt, descending),
            _ => rows.SortBy(m => m.Name, descending),
        };
        return descending ? sorted.ThenByDescending(m => m.Id) : sorted.ThenBy(m => m.Id);
    }

    /// <summary>A name that is none finds nothing, rather than everything.</summary>
    static IQueryable<Machine> ByLease(IQueryable<Machine> rows, string lease, DateTimeOffset now)
    {
        var soon = now + LeaseView.Soon;
        return lease.ToLowerInvariant() switch
        {
            "soon" => rows.Where(m => m.LeaseStage == LeaseStage.Running && m.LeaseEndsAt <= soon),
            "grace" => rows.Where(m => m.LeaseStage == LeaseStage.Grace || m.LeaseStage == LeaseStage.Ending),
            "running" => rows.Where(m => m.LeaseStage == LeaseStage.Running),
            "none" => rows.Where(m => m.LeaseStage == LeaseStage.None),
            _ => rows.Where(_ => false),
        };
    }

    /// <summary>What the actor could do now; the services decide again when it is done.</summary>
    public static IReadOnlyList<MachineAction> Actions(MachineRow row, Refusal? member, Actor actor)
    {
        var busy = row.Active is { } active ? $"“{active.Title}” is not finished." : null;
        return
        [
            .. Enum.GetValues<PowerAction>().Select(power => new MachineAction(power.ToString(), member?.Message ?? busy ?? Over(row, power) ?? MachineRules.Power(row.Name, row.State, power)?.Message)),
            new("Delete", member?.Message ?? busy ?? MachineRules.Delete(row.Name, row.State)?.Message),
            new("Migrate", actor.IsOperator ? busy ?? MachineRules.Migrate(row.Name, row.State)?.Message : "Only an operator moves machines."),
        ];
    }

    static string? Over(MachineRow row, PowerAction power) =>
        power == PowerAction.Start && row.Lease.Stage is (LeaseStage.Ending or LeaseStage.Grace or LeaseStage.Over) ? new LeaseOver(row.Name).Message : null;
}
