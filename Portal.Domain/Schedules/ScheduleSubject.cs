using Microsoft.EntityFrameworkCore;
using Portal.Domain.Operations;

namespace Portal.Domain.Schedules;

/// <summary>What a schedule is about, as the books have it.</summary>
/// <param name="ProjectId">Its project; null for a host.</param>
/// <param name="Name">What it is called in a sentence.</param>
sealed record ScheduleSubject(Guid? ProjectId, string Name)
{
    /// <summary>
    /// The subject, held: two presses of one button go one after the other, and the second finds what the first made. Read through the actor's own
    /// context, so what that actor may not see is not found.
    /// </summary>
    public static async Task<Result<ScheduleSubject>> HoldAsync(PortalDbContext db, Actor actor, ScheduleTarget target, CancellationToken ct)
    {
        if (target.MachineId is { } machineId)
        {
            await Ledger.LockMachineAsync(db, machineId, ct);
            if (await db.Machines.SingleOrDefaultAsync(m => m.Id == machineId, ct) is not { } machine)
                return new NotFound("machine");
            return ScheduleRules.Refuse(machine) is { } wrong ? wrong : new ScheduleSubject(machine.ProjectId, machine.Name);
        }

        if (target.ProjectId is { } projectId)
        {
            await db.Database.ExecuteSqlAsync($"select 1 from projects where id = {projectId} for no key update", ct);
            return await db.Projects.AnyAsync(p => p.Id == projectId, ct) ? new ScheduleSubject(projectId, ScheduleTarget.Name(null, target.Tag, null)) : new NotFound("project");
        }

        await db.Database.ExecuteSqlAsync($"select 1 from hosts where id = {target.HostId} for no key update", ct);
        var host = actor.SeesFleet ? await db.Hosts.Where(h => h.Id == target.HostId).Select(h => h.Name).SingleOrDefaultAsync(ct) : null;
        return host is null ? new NotFound("host") : new ScheduleSubject(null, ScheduleTarget.Name(null, null, host));
    }

    /// <summary>What a schedule is about, in a sentence.</summary>
    public static async Task<string> NameAsync(PortalDbContext db, Schedule schedule, CancellationToken ct)
    {
        var machine = schedule.MachineId is null ? null : await db.Machines.Where(m => m.Id == schedule.MachineId).Select(m => m.Name).SingleAsync(ct);
        var host = schedule.HostId is null ? null : await db.Hosts.Where(h => h.Id == schedule.HostId).Select(h => h.Name).SingleAsync(ct);
        return ScheduleTarget.Name(machine, schedule.Tag, host);
    }
}
