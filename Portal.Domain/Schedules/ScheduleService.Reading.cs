using Microsoft.EntityFrameworkCore;
using Portal.Domain.Machines;
using Portal.Domain.Projects;
using Portal.Domain.Scoping;

namespace Portal.Domain.Schedules;

/// <summary>Reading schedules.</summary>
public sealed partial class ScheduleService
{
    /// <summary>
    /// Schedules the actor may see, the next to run first. Sorts: <c>next machine kind project</c>. Filters: <c>kind</c>, <c>enabled</c>
    /// (true, false), <c>outcome</c> (of the last run), <c>about</c> (machine, tag, host), <c>machine host project id</c> (ids), <c>tag</c>. Search looks at the
    /// names of machine and host, and at the tag.
    /// </summary>
    public async Task<Page<ScheduleRow>> ListAsync(Actor actor, ListQuery query, CancellationToken ct)
    {
        await using var db = await contexts.ForAsync(actor, ct);
        var rows = db.Schedules.Where(s => s.MachineId == null || db.Machines.Any(m => m.Id == s.MachineId && m.State != MachineState.Deleted));
        if (query.LikePattern is { } like)
            rows = rows.Where(s => db.Machines.Any(m => m.Id == s.MachineId && EF.Functions.ILike(m.Name, like, @"\")) || EF.Functions.ILike(s.Tag!, like, @"\") || db.Hosts.Any(h => h.Id == s.HostId && EF.Functions.ILike(h.Name, like, @"\")));
        if (query.EnumFilter<ScheduleKind>("kind") is { } kinds)
            rows = rows.Where(s => kinds.Contains(s.Kind));
        if (query.Filter("enabled") is { } enabled)
            rows = rows.Where(s => s.Enabled == (enabled == "true"));
        if (query.EnumFilter<ScheduleOutcome>("outcome") is { } outcomes)
            rows = rows.Where(s => outcomes.Contains(db.ScheduleRuns.Where(r => r.ScheduleId == s.Id).OrderByDescending(r => r.DueAt).Select(r => r.Outcome).First()) && db.ScheduleRuns.Any(r => r.ScheduleId == s.Id));
        if (query.IdFilter("machine") is { } machine)
            rows = rows.Where(s => s.MachineId == machine);
        if (query.IdFilter("host") is { } host)
            rows = rows.Where(s => s.HostId == host);
        if (query.Filter("tag")?.ToLowerInvariant() is { } tag)
            rows = rows.Where(s => s.Tag == tag);
        if (query.IdFilter("id") is { } id)
            rows = rows.Where(s => s.Id == id);
        rows = query.Filter("about") switch
        {
            null => rows,
            "machine" => rows.Where(s => s.MachineId != null),
            "tag" => rows.Where(s => s.Tag != null),
            "host" => rows.Where(s => s.HostId != null),
            _ => rows.Where(_ => false),
        };
        if (query.IdFilter("project") is { } project)
            rows = rows.Where(s => s.ProjectId == project);
        var total = await rows.CountAsync(ct);
        var sorted = query.SortField switch
        {
            "machine" => rows.SortBy(s => db.Machines.Where(m => m.Id == s.MachineId).Select(m => m.Name).FirstOrDefault() ?? s.Tag ?? db.Hosts.Where(h => h.Id == s.HostId).Select(h => h.Name).FirstOrDefault(), query.Descending),
            "kind" => rows.SortBy(s => s.Kind, query.Descending),
            "project" => rows.SortBy(s => db.Projects.Where(p => p.Id == s.ProjectId).Select(p => p.Name).FirstOrDefault(), query.Descending),
            _ => rows.SortBy(s => s.NextAt, query.SortField == "next" && query.Descending),
        };
        return new Page<ScheduleRow>(await RowsAsync(db, actor, sorted.ThenBy(s => s.Id).Skip(query.SafeSkip).Take(query.SafeTake), ct), total);
    }

    /// <summary>One schedule; null when there is none the actor may see.</summary>
    public async Task<ScheduleRow?> GetAsync(Actor actor, Guid id, CancellationToken ct)
    {
        await using var db = await contexts.ForAsync(actor, ct);
        return (await RowsAsync(db, actor, db.Schedules.Where(s => s.Id == id), ct)).SingleOrDefault();
    }

    /// <summary>A machine's schedules.</summary>
    public async Task<IReadOnlyList<ScheduleRow>> OfMachineAsync(Actor actor, Guid machineId, CancellationToken ct)
    {
        await using var db = await contexts.ForAsync(actor, ct);
        return await RowsAsync(db, actor, db.Schedules.Where(s => s.MachineId == machineId).OrderBy(s => s.Kind).ThenBy(s => s.Id), ct);
    }

    /// <summary>Whether the actor may have this machine's power switched by a schedule.</summary>
    public async Task<bool> MayPowerAsync(Actor actor, Guid machineId, CancellationToken ct)
    {
        await using var db = await contexts.ForAsync(actor, ct);
        return await db.Machines.Where(m => m.Id == machineId).Select(m => (Guid?)m.ProjectId).SingleOrDefaultAsync(ct) is { } project
            && await ScheduleRules.RefuseAsync(db, actor, project, ScheduleKind.PowerOn, ct) is null;
    }

    /// <summary>The runs of a schedule, the newest first; null when there is none the actor may see.</summary>
    public async Task<IReadOnlyList<ScheduleRunRow>?> RunsAsync(Actor actor, Guid id, int most, CancellationToken ct)
    {
        await using var db = await contexts.ForAsync(actor, ct);
        if (!await db.Schedules.AnyAsync(s => s.Id == id, ct))
            return null;
        var runs = await db.ScheduleRuns.Where(r => r.ScheduleId == id).OrderByDescending(r => r.DueAt).Take(Math.Clamp(most, 1, ListQuery.MostRows))
            .Select(r => new ScheduleRunRow(r.Id, r.DueAt, r.Outcome, r.OperationId, r.Detail, r.EndedAt, r.EvacuationId)).ToListAsync(ct);
        var evacuations = runs.Select(r => r.EvacuationId).OfType<Guid>().ToList();
        var machines = (await db.EvacuationItems.Where(i => evacuations.Contains(i.EvacuationId)).OrderBy(i => i.Ordinal).Select(i => new
        {
            i.EvacuationId,
            Row = new ScheduleMachineRow(i.MachineId, i.MachineName, i.State, i.DestinationName, i.Detail, db.Migrations.Where(m => m.OperationId == i.OperationId).Select(m => (Guid?)m.Id).FirstOrDefault()),
        }).ToListAsync(ct)).ToLookup(i => i.EvacuationId, i => i.Row);
        // Why a machine stayed tells how full hosts are.
        return runs.ConvertAll(r => r.EvacuationId is { } evacuation ? r with { Machines = [.. machines[evacuation].Select(m => actor.SeesFleet ? m : m with { Detail = null })] } : r);
    }

    /// <summary>The next times, to be shown before anything is saved; the refusal when the timing makes none.</summary>
    public Result<DateTimeOffset[]> Preview(ScheduleTiming timing, int count) =>
        timing.Check() is { } refusal ? refusal : timing.Upcoming(time.GetUtcNow(), Math.Clamp(count, 1, 50)).ToArray();

    static async Task<IReadOnlyList<ScheduleRow>> RowsAsync(PortalDbContext db, Actor actor, IQueryable<Schedule> some, CancellationToken ct)
    {
        var rows = await some.AsNoTracking().Select(s => new
        {
            Schedule = s,
            Machine = db.Machines.Where(m => m.Id == s.MachineId).Select(m => m.Name).FirstOrDefault(),
            Host = db.Hosts.Where(h => h.Id == s.HostId).Select(h => h.Name).FirstOrDefault(),
            Project = db.Projects.Where(p => p.Id == s.ProjectId).Select(p => p.Name).FirstOrDefault(),
            By = db.Users.Where(u => u.Id == s.CreatedBy).Select(u => u.DisplayName).FirstOrDefault(),
            Last = db.ScheduleRuns.Where(r => r.ScheduleId == s.Id).OrderByDescending(r => r.DueAt).Select(r => new ScheduleRunRow(r.Id, r.DueAt, r.Outcome, r.OperationId, r.Detail, r.EndedAt, r.EvacuationId)).FirstOrDefault(),
        }).ToListAsync(ct);
        var hosts = rows.Exists(r => r.Schedule.Move?.AskedHostId is not null) ? await db.Hosts.ToDictionaryAsync(h => h.Id, h => h.Name, ct) : [];
        var writable = (await db.ProjectMembers.Where(m => m.UserId == actor.UserId && m.Role != ProjectRole.Viewer).Select(m => m.ProjectId).ToListAsync(ct)).ToHashSet();
        return rows.ConvertAll(r => new ScheduleRow(r.Schedule.Id, r.Schedule.MachineId, r.Machine, r.Schedule.Tag, r.Schedule.HostId, r.Host, r.Schedule.ProjectId, r.Project, r.Schedule.Kind, r.Schedule.Timing, r.Schedule.Window, r.Schedule.Move,
            r.Schedule.Move?.AskedHostId is { } host ? hosts.GetValueOrDefault(host, "a host that is gone") : null, r.Schedule.Enabled, r.Schedule.NextAt, r.By ?? "somebody who is gone",
            r.Schedule.Version, r.Last, r.Schedule.Kind == ScheduleKind.Relocate ? actor.IsOperator : actor.IsAdmin || (r.Schedule.ProjectId is { } project && writable.Contains(project))));
    }
}
