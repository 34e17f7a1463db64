using Microsoft.EntityFrameworkCore;
using Portal.Domain.Catalog;
using Portal.Domain.Leases;

namespace Portal.Domain.Machines;

/// <summary>How lists of machines are filtered and sorted, and which actions a machine's page offers.</summary>
static class MachineList
{
    public static IQueryable<Machine> Filter(PortalDbContext db, IQueryable<Machine> rows, ListQuery query, DateTimeOffset now)
    {
        if (query.LikePattern is { } like)
        {
            rows = rows.Where(m => EF.Functions.ILike(m.Name, like, @"\") || EF.Functions.ILike((string)(object)m.Address, like, @"\")
                || db.Hosts.Any(h => h.Id == m.HostId && EF.Functions.ILike(h.Name, like, @"\")));
        }
        rows = query.EnumFilter<MachineState>("state") is { } states ? rows.Where(m => states.Contains(m.State)) : rows.Where(m => m.State != MachineState.Deleted);
        if (query.IdFilter("project") is { } project)
            rows = rows.Where(m => m.ProjectId == project);
        if (query.IdFilter("host") is { } host)
            rows = rows.Where(m => m.HostId == host);
        if (query.IdFilter("image") is { } image)
            rows = rows.Where(m => m.ImageId == image);
        if (query.IdsFilter("id") is { } ids)
            rows = rows.Where(m => ids.Contains(m.Id));
        return query.Filter("lease") is { } lease ? ByLease(rows, lease, now) : rows;
    }

    public static IOrderedQueryable<Machine> Sort(PortalDbContext db, IQueryable<Machine> rows, ListQuery query) => query.SortField switch
    {
        "state" => rows.SortBy(m => m.State, query.Descending),
        "host" => rows.SortBy(m => db.Hosts.Where(h => h.Id == m.HostId).Select(h => h.Name).FirstOrDefault(), query.Descending),
        "project" => rows.SortBy(m => db.Projects.Where(p => p.Id == m.ProjectId).Select(p => p.Name).FirstOrDefault(), query.Descending),
        "memory" => rows.SortBy(m => m.MemoryMib, query.Descending),
        "address" => rows.SortBy(m => AddressOrder.Inet(m.Address), query.Descending),
        "lease" => rows.SortBy(m => m.LeaseEndsAt, query.Descending),
        "created" => rows.SortBy(m => m.CreatedAt, query.Descending),
        _ => rows.SortBy(m => m.Name, query.SortField == "name" && query.Descending),
    };

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
