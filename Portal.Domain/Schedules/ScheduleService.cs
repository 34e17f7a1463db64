using Microsoft.EntityFrameworkCore;
using Portal.Domain.Audit;
using Portal.Domain.Changes;
using Portal.Domain.Machines;
using Portal.Domain.Migrations;
using Portal.Domain.Scoping;

namespace Portal.Domain.Schedules;

/// <summary>Shows schedules to the people they belong to, and makes, changes and removes them.</summary>
public sealed partial class ScheduleService(IDbContextFactory<PortalDbContext> contexts, TimeProvider time)
{
    /// <summary>Makes the schedules of one form, all or none: a pair of on and off, or one.</summary>
    /// <returns>The schedules, or <see cref="NotFound"/>, <see cref="NotAllowed"/>, <see cref="InvalidText"/>, <see cref="WrongState"/>, <see cref="ScheduleExists"/> or <see cref="TooManySchedules"/>.</returns>
    public Task<Result<ScheduleRow[]>> CreateAsync(Actor actor, Guid machineId, IReadOnlyList<SchedulePart> parts, CancellationToken ct) => CreateAsync(actor, new ScheduleTarget(machineId), parts, ct);

    /// <summary>Makes the schedules of one form for a machine, a tag or what is on a host, all or none. Only moves go for more than one machine.</summary>
    /// <returns>As for a machine.</returns>
    public async Task<Result<ScheduleRow[]>> CreateAsync(Actor actor, ScheduleTarget target, IReadOnlyList<SchedulePart> parts, CancellationToken ct)
    {
        if (target.Check() is { } unclear)
            return unclear;
        await using var db = await contexts.ForAsync(actor, ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var found = await ScheduleSubject.HoldAsync(db, actor, target, ct);
        if (!found.IsOk)
            return found.Refusal;
        var subject = found.Value;
        if (parts.Count == 0)
            return new InvalidText("parts", "Nothing is to be done at any time.", "Choose a time to switch it on or off, or to move it.");
        var there = await db.Schedules.AsNoTracking().Where(s => s.MachineId == target.MachineId && s.Tag == target.Tag && s.HostId == target.HostId && s.ProjectId == subject.ProjectId).ToListAsync(ct);
        var now = time.GetUtcNow();
        var made = new List<Guid>();
        foreach (var part in parts)
        {
            if ((await ScheduleRules.RefuseAsync(db, actor, subject.ProjectId, part.Kind, ct) ?? await ScheduleRules.CheckAsync(db, target, part, now, ct)) is { } refusal)
                return refusal;
            if (there.Count >= ScheduleRules.Most)
                return new TooManySchedules(subject.Name, ScheduleRules.Most);
            if (there.Exists(s => s.Kind == part.Kind && ScheduleRules.Same(s.Timing, part.Timing)))
                return new ScheduleExists(subject.Name, part.Timing.ToString());
            var schedule = Schedule.Create(target, subject.ProjectId, part, actor, now);
            db.Add(schedule);
            there.Add(schedule);
            made.Add(schedule.Id);
            Audit(db, actor, "schedule.create", schedule, subject.Name, new { after = Said(schedule) }, now);
        }

        await db.SaveChangesAsync(ct);
        await ChangeNotice.NotifyAsync(db, ChangeKind.Schedule, target.MachineId ?? made[0], subject.ProjectId, ct);
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
    /// <param name="window">How long after its time it may begin something; null: the usual.</param>
    public Task<Result<ScheduleRow>> ChangeAsync(Actor actor, Guid id, ScheduleTiming timing, MigrationParameters? move, bool enabled, int version, CancellationToken ct, ScheduleWindow? window = null) =>
        WriteAsync(actor, id, version, async (db, schedule, name) =>
        {
            var (part, now) = (new SchedulePart(schedule.Kind, timing, move, window), time.GetUtcNow());
            // One whose only time is over may be said anew while it is off.
            if (await ScheduleRules.CheckAsync(db, schedule.Target, part, enabled ? now : null, ct) is { } wrong)
                return wrong;
            var others = await db.Schedules.AsNoTracking().Where(s => s.MachineId == schedule.MachineId && s.Tag == schedule.Tag && s.HostId == schedule.HostId && s.ProjectId == schedule.ProjectId && s.Id != id && s.Kind == schedule.Kind).ToListAsync(ct);
            if (others.Exists(s => ScheduleRules.Same(s.Timing, timing)))
                return new ScheduleExists(name, timing.ToString());
            var before = Said(schedule);
            schedule.Say(part, enabled, actor, now);
            Audit(db, actor, "schedule.change", schedule, name, new { before, after = Said(schedule) }, now);
            return null;
        }, ct);

    /// <summary>Lets a schedule run, or stops it.</summary>
    public Task<Result<ScheduleRow>> EnableAsync(Actor actor, Guid id, bool enabled, CancellationToken ct) =>
        WriteAsync(actor, id, null, (db, schedule, name) =>
        {
            var now = time.GetUtcNow();
            if (schedule.Enabled == enabled)
                return Task.FromResult<Refusal?>(null);
            if (enabled && ScheduleRules.RefuseOver(schedule.Timing, now) is { } over)
                return Task.FromResult<Refusal?>(over);
            var before = Said(schedule);
            schedule.Say(new SchedulePart(schedule.Kind, schedule.Timing, schedule.Move, schedule.Window), enabled, actor, now);
            Audit(db, actor, enabled ? "schedule.enable" : "schedule.disable", schedule, name, new { before, after = Said(schedule) }, now);
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
        var (schedule, name) = found.Value;
        db.Remove(schedule);
        Audit(db, actor, "schedule.delete", schedule, name, new { before = Said(schedule) }, time.GetUtcNow());
        await db.SaveChangesAsync(ct);
        await NotifyAsync(db, schedule, ct);
        await transaction.CommitAsync(ct);
        return Done.Value;
    }

    async Task<Result<ScheduleRow>> WriteAsync(Actor actor, Guid id, int? version, Func<PortalDbContext, Schedule, string, Task<Refusal?>> change, CancellationToken ct)
    {
        await using var db = await contexts.ForAsync(actor, ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var found = await FindAsync(db, actor, id, ct);
        if (!found.IsOk)
            return found.Refusal;
        var (schedule, name) = found.Value;
        if (version is { } read && read != schedule.Version)
            return await ChangedAsync(db, schedule, name, ct);
        if (await change(db, schedule, name) is { } refusal)
            return refusal;
        await db.SaveChangesAsync(ct);
        await NotifyAsync(db, schedule, ct);
        var row = (await RowsAsync(db, actor, db.Schedules.Where(s => s.Id == id), ct)).Single();
        await transaction.CommitAsync(ct);
        return row;
    }

    /// <summary>The schedule, held, when the actor may change it.</summary>
    static async Task<Result<(Schedule Schedule, string Name)>> FindAsync(PortalDbContext db, Actor actor, Guid id, CancellationToken ct)
    {
        await db.Database.ExecuteSqlAsync($"select 1 from schedules where id = {id} for update", ct);
        if (await db.Schedules.SingleOrDefaultAsync(s => s.Id == id, ct) is not { } schedule)
            return new NotFound("schedule");
        if (await ScheduleRules.RefuseAsync(db, actor, schedule.ProjectId, schedule.Kind, ct) is { } refusal)
            return refusal;
        return (schedule, await ScheduleSubject.NameAsync(db, schedule, ct));
    }

    static async Task<ChangedMeanwhile> ChangedAsync(PortalDbContext db, Schedule now, string name, CancellationToken ct)
    {
        var last = await db.AuditEvents.Where(e => e.SubjectId == now.Id).OrderByDescending(e => e.At).FirstOrDefaultAsync(ct);
        return new ChangedMeanwhile($"This schedule of {name}", last?.ActorName, last?.At ?? now.CreatedAt, $"Now: {now.Timing}{(now.Enabled ? "" : ", switched off")}.");
    }

    static object Said(Schedule schedule) => new { kind = schedule.Kind, when = schedule.Timing.ToString(), window = schedule.Window, move = schedule.Move, enabled = schedule.Enabled };

    static void Audit(PortalDbContext db, Actor actor, string action, Schedule schedule, string name, object detail, DateTimeOffset now) =>
        db.AuditEvents.Add(AuditEvent.Of(actor, action, "schedule", schedule.Id, name, schedule.ProjectId, detail, now));

    internal static Task NotifyAsync(PortalDbContext db, Schedule schedule, CancellationToken ct) =>
        ChangeNotice.NotifyAsync(db, ChangeKind.Schedule, schedule.MachineId ?? schedule.Id, schedule.ProjectId, ct);
}
