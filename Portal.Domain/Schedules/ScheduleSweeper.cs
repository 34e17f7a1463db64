using Microsoft.EntityFrameworkCore;
using Portal.Domain.Changes;
using Portal.Domain.Notices;
using Portal.Domain.Operations;
using Portal.Domain.Projects;

namespace Portal.Domain.Schedules;

/// <summary>What a sweep did.</summary>
/// <param name="Taken">Times that came due.</param>
/// <param name="Ordered">Operations ordered.</param>
/// <param name="Settled">Runs whose outcome became known.</param>
public sealed record ScheduleSweep(int Taken, int Ordered, int Settled);

/// <summary>
/// Has schedules run: takes the times that are due, tries each until its window closes, and notes what became of it. Rows another sweep
/// holds are passed over; a time is one row, and an order's key is its row's, so nothing runs twice.
/// </summary>
public sealed class ScheduleSweeper(IDbContextFactory<PortalDbContext> contexts, ScheduleOrders orders, ScheduleSettings settings)
{
    const int Batch = 100;

    // After a long absence the last of what was missed says it all.
    const int MostMissedTold = 20;

    /// <summary>Does everything that can be done now.</summary>
    /// <param name="now">The moment it is.</param>
    /// <param name="ct">Gives up; what was committed stays.</param>
    /// <exception cref="AggregateException">Schedules and runs that could not be dealt with; all others were.</exception>
    public async Task<ScheduleSweep> SweepAsync(DateTimeOffset now, CancellationToken ct)
    {
        var faults = new SweepFaults("schedules and their runs", ct);
        var (taken, ordered, settled) = (0, 0, 0);
        await faults.InBatchesAsync(Batch, async (limit, passed, ids) => taken += await TakeAsync(now, limit, passed, ids, ct));
        foreach (var run in await OpenAsync(ScheduleOutcome.Ordered, ct))
            await faults.TryAsync(run, async () => settled += await SettleAsync(run, now, ct) ? 1 : 0);
        foreach (var run in await OpenAsync(ScheduleOutcome.Waiting, ct))
        {
            await faults.TryAsync(run, async () =>
            {
                var outcome = await TryAsync(run, now, ct);
                ordered += outcome == ScheduleOutcome.Ordered ? 1 : 0;
                settled += outcome is ScheduleOutcome.Waiting or ScheduleOutcome.Ordered or null ? 0 : 1;
            });
        }

        faults.Tell();
        return new ScheduleSweep(taken, ordered, settled);
    }

    /// <summary>Turns what is due into runs, one for each time.</summary>
    async Task<int> TakeAsync(DateTimeOffset now, int limit, Guid[] passed, List<Guid> taken, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var due = await db.Schedules.FromSql($"select * from schedules where next_at <= {now} and not (id = any({passed})) order by next_at limit {limit} for no key update skip locked").ToListAsync(ct);
        taken.AddRange(due.Select(schedule => schedule.Id));
        foreach (var schedule in due)
        {
            var times = DueTimes(schedule, now);
            // A clock that was set back, or a schedule that was changed, may come to the same moment again.
            var known = await db.ScheduleRuns.Where(r => r.ScheduleId == schedule.Id && times.Contains(r.DueAt)).Select(r => r.DueAt).ToListAsync(ct);
            var runs = times.Where(at => !known.Contains(at)).Select(at => ScheduleRun.Due(schedule, at)).ToList();
            db.AddRange(runs);
            var late = runs.Where(run => run != runs[^1] || run.DueAt + settings.Window < now).ToList();
            foreach (var run in late)
                run.End(ScheduleOutcome.Missed, run == runs[^1] || run.DueAt + settings.Window < now ? "The portal was not running when it was due." : "The next time came before this one was done.", now);
            schedule.Took(times[^1], now);
            if (late.Count > 0)
                await TellAsync(db, schedule, $"missed {(late.Count == 1 ? "its time" : $"{late.Count} times")}", $"It was due {late[^1].DueAt.UtcDateTime:yyyy-MM-dd HH:mm} UTC and the portal was not running within {settings.Window.TotalMinutes:0} minutes of it. Nothing was done.", now, ct);
            await ChangeNotice.NotifyAsync(db, ChangeKind.Schedule, schedule.MachineId, schedule.ProjectId, ct);
        }

        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return due.Count;
    }

    static List<DateTimeOffset> DueTimes(Schedule schedule, DateTimeOffset now)
    {
        var times = new List<DateTimeOffset>();
        for (var at = schedule.NextAt; at <= now; at = schedule.Timing.Next(at.Value))
        {
            times.Add(at.Value);
            if (times.Count > MostMissedTold)
                times.RemoveAt(0);
        }

        return times;
    }

    /// <summary>Notes how the operation ended that a run ordered; false when another sweep did, or has it.</summary>
    async Task<bool> SettleAsync(Guid id, DateTimeOffset now, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        if (await HoldAsync(db, id, ScheduleOutcome.Ordered, ct) is not { } run || await db.Operations.AsNoTracking().SingleAsync(o => o.Id == run.OperationId, ct) is not { IsActive: false } operation)
            return false;
        var schedule = await db.Schedules.SingleAsync(s => s.Id == run.ScheduleId, ct);
        run.End(operation.Status == OperationStatus.Succeeded ? ScheduleOutcome.Done : ScheduleOutcome.Failed, operation.Error, now);
        if (run.Outcome == ScheduleOutcome.Failed)
            await TellAsync(db, schedule, "failed", operation.Error, now, ct);
        await CloseAsync(db, schedule, transaction, ct);
        return true;
    }

    /// <summary>Tries one run; null when another sweep has it.</summary>
    async Task<ScheduleOutcome?> TryAsync(Guid id, DateTimeOffset now, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        if (await HoldAsync(db, id, ScheduleOutcome.Waiting, ct) is not { } run)
            return null;
        var schedule = await db.Schedules.SingleAsync(s => s.Id == run.ScheduleId, ct);
        if (run.DueAt + settings.Window < now)
        {
            run.End(ScheduleOutcome.Missed, $"It could not be done within {settings.Window.TotalMinutes:0} minutes. {run.Detail}", now);
            await TellAsync(db, schedule, "missed its time", run.Detail, now, ct);
        }
        else
        {
            switch (await orders.TryAsync(db, schedule, run, ct))
            {
                case ScheduleAnswer.Ordered ordered:
                    run.Order(ordered.Operation);
                    break;
                case ScheduleAnswer.NotNow later when run.Detail == later.Why:
                    return ScheduleOutcome.Waiting;
                case ScheduleAnswer.NotNow later:
                    run.Wait(later.Why);
                    break;
                case ScheduleAnswer.Nothing nothing:
                    run.End(ScheduleOutcome.Skipped, nothing.Why, now);
                    if (nothing.Trouble)
                        await TellAsync(db, schedule, "was skipped", nothing.Why, now, ct);
                    break;
                case ScheduleAnswer.Refused refused:
                    run.End(ScheduleOutcome.Failed, $"{refused.Refusal.Message} {refused.Refusal.Advice}", now);
                    await TellAsync(db, schedule, "was refused", run.Detail, now, ct);
                    break;
            }
        }

        await CloseAsync(db, schedule, transaction, ct);
        return run.Outcome;
    }

    async Task<List<Guid>> OpenAsync(ScheduleOutcome outcome, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var open = db.ScheduleRuns.Where(r => r.Outcome == outcome);
        if (outcome == ScheduleOutcome.Ordered)
            open = open.Where(r => db.Operations.Any(o => o.Id == r.OperationId && o.EndedAt != null));
        return await open.OrderBy(r => r.DueAt).Select(r => r.Id).ToListAsync(ct);
    }

    /// <summary>The run with its schedule, both held; null when either is somebody else's. Whoever removes a schedule holds it and then its runs.</summary>
    static async Task<ScheduleRun?> HoldAsync(PortalDbContext db, Guid id, ScheduleOutcome outcome, CancellationToken ct)
    {
        var word = outcome.ToString();
        return (await db.ScheduleRuns.FromSql($"""
            select r.* from schedule_runs r join schedules s on s.id = r.schedule_id where r.id = {id} and r.outcome = {word}
            for no key update of s skip locked for update of r skip locked
            """).ToListAsync(ct)).SingleOrDefault();
    }

    static async Task CloseAsync(PortalDbContext db, Schedule schedule, Microsoft.EntityFrameworkCore.Storage.IDbContextTransaction transaction, CancellationToken ct)
    {
        await db.SaveChangesAsync(ct);
        await ChangeNotice.NotifyAsync(db, ChangeKind.Schedule, schedule.MachineId, schedule.ProjectId, ct);
        await transaction.CommitAsync(ct);
    }

    static async Task TellAsync(PortalDbContext db, Schedule schedule, string what, string? why, DateTimeOffset now, CancellationToken ct)
    {
        var machine = await db.Machines.Where(m => m.Id == schedule.MachineId).Select(m => m.Name).SingleAsync(ct);
        var people = await db.ProjectMembers.Where(m => m.ProjectId == schedule.ProjectId && m.Role == ProjectRole.Owner).Select(m => m.UserId).ToListAsync(ct);
        var does = schedule.Kind switch
        {
            ScheduleKind.PowerOn => "starts",
            ScheduleKind.PowerOff => "shuts down",
            ScheduleKind.Relocate => "moves",
        };
        await NoticeBoard.TellAsync(db, new Notice(NoticeKind.ScheduleTrouble, $"The schedule that {does} {machine} {what}", why, $"/schedules?machine={schedule.MachineId}", schedule.Id, schedule.ProjectId),
            [.. people.Union(await NoticePeople.WhoReadAsync(db, schedule.ProjectId, [schedule.CreatedBy], ct))], now, ct);
    }
}
