using Microsoft.EntityFrameworkCore;
using Portal.Domain.Audit;
using Portal.Domain.Changes;
using Portal.Domain.Machines;
using Portal.Domain.Migrations;
using Portal.Domain.Operations;
using Portal.Domain.Scoping;

namespace Portal.Domain.Schedules;

/// <summary>Shows schedules to the people they belong to, and makes, changes and removes them.</summary>
public sealed partial class ScheduleService(IDbContextFactory<PortalDbContext> contexts, TimeProvider time)
{
    /// <summary>Makes the schedules of one form, all or none: a pair of on and off, or one.</summary>
    /// <returns>The schedules, or <see cref="NotFound"/>, <see cref="NotAllowed"/>, <see cref="InvalidText"/>, <see cref="WrongState"/>, <see cref="ScheduleExists"/> or <see cref="TooManySchedules"/>.</returns>
    public async Task<Result<ScheduleRow[]>> CreateAsync(Actor actor, Guid machineId, IReadOnlyList<SchedulePart> parts, CancellationToken ct)
    {
        await using var db = await contexts.ForAsync(actor, ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        // Two presses of one button go one after the other, and the second finds what the first made.
        await Ledger.LockMachineAsync(db, machineId, ct);
        if (await db.Machines.SingleOrDefaultAsync(m => m.Id == machineId, ct) is not { } machine)
            return new NotFound("machine");
        if (parts.Count == 0)
            return new InvalidText("parts", "Nothing is to be done at any time.", "Choose a time to switch it on or off, or to move it.");
        if (ScheduleRules.Refuse(machine) is { } wrong)
            return wrong;
        var there = await db.Schedules.AsNoTracking().Where(s => s.MachineId == machineId).ToListAsync(ct);
        var now = time.GetUtcNow();
        var made = new List<Guid>();
        foreach (var part in parts)
        {
            if ((await ScheduleRules.RefuseAsync(db, actor, machine.ProjectId, part.Kind, ct) ?? await ScheduleRules.CheckAsync(db, part, ct)) is { } refusal)
                return refusal;
            if (there.Count >= ScheduleRules.MostPerMachine)
                return new TooManySchedules(machine.Name, ScheduleRules.MostPerMachine);
            if (there.Exists(s => s.Kind == part.Kind && ScheduleRules.Same(s.Timing, part.Timing)))
                return new ScheduleExists(machine.Name, part.Timing.ToString());
            var schedule = Schedule.Create(machine, part.Kind, part.Timing, part.Move, enabled: true, actor, now);
            db.Add(schedule);
            there.Add(schedule);
            made.Add(schedule.Id);
            Audit(db, actor, "schedule.create", schedule, machine.Name, new { after = Said(schedule) }, now);
        }

        await db.SaveChangesAsync(ct);
        await NotifyAsync(db, machine.ProjectId, machine.Id, ct);
        var rows = await RowsAsync(db, actor, db.Schedules.Where(s => made.Contains(s.Id)).OrderBy(s => s.Id), ct);
        await transaction.CommitAsync(ct);
        // In the order of the form: identifiers of one millisecond have none.
        return rows.OrderBy(row => made.IndexOf(row.Id)).ToArray();
    }

    /// <summary>Says anew when and how a schedule runs; it runs with the rights of who said it last.</summary>
    /// <param name="actor">Who may make it.</param>
    /// <param name="id">The schedule.</param>
    /// <param name="timing">When.</param>
    /// <param name="move">How and where to, for a relocation.</param>
    /// <param name="enabled">Whether it runs.</param>
    /// <param name="version">The version that was read.</param>
    /// <param name="ct">Gives up.</param>
    public Task<Result<ScheduleRow>> ChangeAsync(Actor actor, Guid id, ScheduleTiming timing, MigrationParameters? move, bool enabled, int version, CancellationToken ct) =>
        WriteAsync(actor, id, version, async (db, schedule, machine) =>
        {
            if (await ScheduleRules.CheckAsync(db, new SchedulePart(schedule.Kind, timing, move), ct) is { } wrong)
                return wrong;
            var others = await db.Schedules.AsNoTracking().Where(s => s.MachineId == machine.Id && s.Id != id && s.Kind == schedule.Kind).ToListAsync(ct);
            if (others.Exists(s => ScheduleRules.Same(s.Timing, timing)))
                return new ScheduleExists(machine.Name, timing.ToString());
            var before = Said(schedule);
            schedule.Say(timing, move, enabled, actor, time.GetUtcNow());
            Audit(db, actor, "schedule.change", schedule, machine.Name, new { before, after = Said(schedule) }, time.GetUtcNow());
            return null;
        }, ct);

    /// <summary>Lets a schedule run, or stops it.</summary>
    public Task<Result<ScheduleRow>> EnableAsync(Actor actor, Guid id, bool enabled, CancellationToken ct) =>
        WriteAsync(actor, id, null, (db, schedule, machine) =>
        {
            if (schedule.Enabled != enabled)
            {
                var before = Said(schedule);
                schedule.Say(schedule.Timing, schedule.Move, enabled, actor, time.GetUtcNow());
                Audit(db, actor, enabled ? "schedule.enable" : "schedule.disable", schedule, machine.Name, new { before, after = Said(schedule) }, time.GetUtcNow());
            }

            return Task.FromResult<Refusal?>(null);
        }, ct);

    /// <summary>Removes a schedule with its history. What it ordered goes on.</summary>
    public async Task<Result<Done>> DeleteAsync(Actor actor, Guid id, CancellationToken ct)
    {
        await using var db = await contexts.ForAsync(actor, ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var found = await FindAsync(db, actor, id, ct);
        if (!found.IsOk)
            return found.Refusal;
        var (schedule, machine) = found.Value;
        db.Remove(schedule);
        Audit(db, actor, "schedule.delete", schedule, machine.Name, new { before = Said(schedule) }, time.GetUtcNow());
        await db.SaveChangesAsync(ct);
        await NotifyAsync(db, schedule.ProjectId, machine.Id, ct);
        await transaction.CommitAsync(ct);
        return Done.Value;
    }

    async Task<Result<ScheduleRow>> WriteAsync(Actor actor, Guid id, int? version, Func<PortalDbContext, Schedule, Machine, Task<Refusal?>> change, CancellationToken ct)
    {
        await using var db = await contexts.ForAsync(actor, ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var found = await FindAsync(db, actor, id, ct);
        if (!found.IsOk)
            return found.Refusal;
        var (schedule, machine) = found.Value;
        if (version is { } read && read != schedule.Version)
            return await ChangedAsync(db, schedule, machine.Name, ct);
        if (await change(db, schedule, machine) is { } refusal)
            return refusal;
        await db.SaveChangesAsync(ct);
        await NotifyAsync(db, schedule.ProjectId, machine.Id, ct);
        var row = (await RowsAsync(db, actor, db.Schedules.Where(s => s.Id == id), ct)).Single();
        await transaction.CommitAsync(ct);
        return row;
    }

    /// <summary>The schedule, held, when the actor may change it.</summary>
    static async Task<Result<(Schedule Schedule, Machine Machine)>> FindAsync(PortalDbContext db, Actor actor, Guid id, CancellationToken ct)
    {
        await db.Database.ExecuteSqlAsync($"select 1 from schedules where id = {id} for update", ct);
        if (await db.Schedules.SingleOrDefaultAsync(s => s.Id == id, ct) is not { } schedule)
            return new NotFound("schedule");
        if (await ScheduleRules.RefuseAsync(db, actor, schedule.ProjectId, schedule.Kind, ct) is { } refusal)
            return refusal;
        return (schedule, await db.Machines.AsNoTracking().SingleAsync(m => m.Id == schedule.MachineId, ct));
    }

    static async Task<ChangedMeanwhile> ChangedAsync(PortalDbContext db, Schedule now, string machine, CancellationToken ct)
    {
        var last = await db.AuditEvents.Where(e => e.SubjectId == now.Id).OrderByDescending(e => e.At).FirstOrDefaultAsync(ct);
        return new ChangedMeanwhile($"This schedule of {machine}", last?.ActorName, last?.At ?? now.CreatedAt, $"Now: {now.Timing}{(now.Enabled ? "" : ", switched off")}.");
    }

    static object Said(Schedule schedule) => new { kind = schedule.Kind, when = schedule.Timing.ToString(), move = schedule.Move, enabled = schedule.Enabled };

    static void Audit(PortalDbContext db, Actor actor, string action, Schedule schedule, string machine, object detail, DateTimeOffset now) =>
        db.AuditEvents.Add(AuditEvent.Of(actor, action, "schedule", schedule.Id, machine, schedule.ProjectId, detail, now));

    static async Task NotifyAsync(PortalDbContext db, Guid projectId, Guid machineId, CancellationToken ct) =>
        await ChangeNotice.NotifyAsync(db, ChangeKind.Schedule, machineId, projectId, ct);
}
