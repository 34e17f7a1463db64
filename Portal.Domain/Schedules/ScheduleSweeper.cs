using Microsoft.EntityFrameworkCore;
using Portal.Domain.Accounts;
using Portal.Domain.Notices;

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

    const string NotRunning = "The portal was not running when it was due.";
    const string Superseded = "The next time came before this one was done.";

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
            var late = runs.Where(run => run != runs[^1] || schedule.Window.BeginsUntil(run.DueAt, settings) < now).ToList();
            foreach (var run in late)
                run.End(ScheduleOutcome.Missed, run == runs[^1] || run.DueAt + settings.Window < now ? NotRunning : Superseded, now);
            if (runs.Count > late.Count && runs[^1].DueAt + settings.Window < now)
                runs[^1].Wait(NotRunning);
            schedule.Took(times[^1], now);
            if (late.Count > 0)
                await TellAsync(db, schedule, $"missed {(late.Count == 1 ? "its time" : $"{late.Count} times")}", $"It was due {late[^1].DueAt.UtcDateTime:yyyy-MM-dd HH:mm} UTC and the portal was not running within {settings.Window.TotalMinutes:0} minutes of it. Nothing was done.", now, ct);
            await SupersedeAsync(db, schedule, runs, now, ct);
            await ScheduleService.NotifyAsync(db, schedule, ct);
        }

        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return due.Count;
    }

    /// <summary>What waits since an earlier time gives way: it would be done twice in a row.</summary>
    static async Task SupersedeAsync(PortalDbContext db, Schedule schedule, List<ScheduleRun> runs, DateTimeOffset now, CancellationToken ct)
    {
        if (runs.Count == 0)
            return;
        foreach (var earlier in await db.ScheduleRuns.Where(r => r.ScheduleId == schedule.Id && r.Outcome == ScheduleOutcome.Waiting).ToListAsync(ct))
        {
            earlier.End(ScheduleOutcome.Missed, $"{Superseded} {earlier.Detail}".TrimEnd(), now);
            await TellAsync(db, schedule, "missed its time", earlier.Detail, now, ct);
        }
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
        if (await HoldAsync(db, id, ScheduleOutcome.Ordered, ct) is not { } run || await ScheduleResult.ReadAsync(db, run, ct) is not { } result)
            return false;
        var schedule = await db.Schedules.SingleAsync(s => s.Id == run.ScheduleId, ct);
        run.End(result.Outcome, $"{run.Detail} {result.Detail}".Trim() is { Length: > 0 } said ? said : null, now);
        if (result.Outcome is ScheduleOutcome.Failed or ScheduleOutcome.Partly)
            await TellAsync(db, schedule, result.Outcome == ScheduleOutcome.Failed ? "failed" : "did not move everything", result.Detail, now, ct);
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
        if (schedule.Window.BeginsUntil(run.DueAt, settings) is { } closes && closes < now)
        {
            run.End(ScheduleOutcome.Missed, $"It could not be done within {(closes - run.DueAt).TotalMinutes:0} minutes. {run.Detail}", now);
            await TellAsync(db, schedule, "missed its time", run.Detail, now, ct);
        }
        else
        {
            switch (await orders.TryAsync(db, schedule, run, now, ct))
            {
                case ScheduleAnswer.Ordered ordered:
                    var late = now - run.DueAt > settings.Window ? $"Begun {(now - run.DueAt).TotalMinutes:0} minutes late. {run.Detail}".TrimEnd() : null;
                    run.Order(ordered.Operation, ordered.Evacuation, late);
                    if (late is not null)
                        await TellAsync(db, schedule, "runs late", late, now, ct);
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
            open = open.Where(r => db.Operations.Any(o => o.Id == r.OperationId && o.EndedAt != null) || db.Evacuations.Any(e => e.Id == r.EvacuationId && e.EndedAt != null));
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
        await ScheduleService.NotifyAsync(db, schedule, ct);
        await transaction.CommitAsync(ct);
    }

    static async Task TellAsync(PortalDbContext db, Schedule schedule, string what, string? why, DateTimeOffset now, CancellationToken ct)
    {
        var name = await ScheduleSubject.NameAsync(db, schedule, ct);
        // Nobody but who looks after hosts is told what becomes of a host, and whoever made the schedule may not any more.
        var people = schedule.ProjectId is not { } project ? await NoticePeople.HoldersAsync(db, PlatformRoles.Operator | PlatformRoles.Admin, ct) is var holders && holders.Contains(schedule.CreatedBy) ? [schedule.CreatedBy] : holders
            : (await NoticePeople.OwnersAsync(db, project, ct)).Union(await NoticePeople.WhoReadAsync(db, project, [schedule.CreatedBy], ct));
        var does = schedule.Kind switch
        {
            ScheduleKind.PowerOn => "starts",
            ScheduleKind.PowerOff => "shuts down",
            ScheduleKind.Relocate => "moves",
        };
        await NoticeBoard.TellAsync(db, new Notice(NoticeKind.ScheduleTrouble, $"The schedule that {does} {name} {what}", why, schedule.MachineId is { } machine ? $"/schedules?machine={machine}" : $"/schedules?id={schedule.Id}", schedule.Id, schedule.ProjectId),
            [.. people], now, ct);
    }
}
