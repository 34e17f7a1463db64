using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Portal.Domain;
using Portal.Domain.Machines;
using Portal.Domain.Migrations;
using Portal.Domain.Schedules;
using Portal.Tests.Postgres;

namespace Portal.Tests.Domain.Schedules;

/// <summary>A database of its own, and schedules to move through time.</summary>
public abstract class ScheduleTest(PostgresCluster cluster) : FreshDatabase(cluster)
{
    protected ScheduleService Schedules => Get<ScheduleService>();

    protected DateTimeOffset Now => Postgres.Time.GetUtcNow();

    /// <summary>Every day at a minute so far from now.</summary>
    protected ScheduleTiming In(TimeSpan time) => new("UTC", Enum.GetValues<DayOfWeek>(), TimeOnly.FromDateTime((Now + time).UtcDateTime.AddSeconds(59)));

    protected Task<ScheduleSweep> SweepAsync() => Get<ScheduleSweeper>().SweepAsync(Now, Ct);

    protected Task<ScheduleSweep> AfterAsync(TimeSpan time)
    {
        Postgres.Time.Advance(time);
        return SweepAsync();
    }

    protected async Task<ScheduleRow> MakeAsync(Actor by, Machine machine, ScheduleKind kind, MigrationParameters? move = null) =>
        (await Schedules.CreateAsync(by, machine.Id, [new SchedulePart(kind, In(TimeSpan.FromMinutes(5)) with { At = AtMinute(5) }, move)], Ct)).Value.Single();

    protected async Task<IReadOnlyList<ScheduleRunRow>> RunsAsync(ScheduleRow schedule) => (await Schedules.RunsAsync(Actor.System, schedule.Id, 50, Ct)).ShouldNotBeNull();

    /// <summary>Goes to the next time of a schedule.</summary>
    protected async Task<ScheduleSweep> AtItsTimeAsync(ScheduleRow schedule)
    {
        var next = (await Schedules.GetAsync(Actor.System, schedule.Id, Ct))!.NextAt!.Value;
        return await AfterAsync(next - Now);
    }

    protected async Task ChangeAsync(Guid machineId, Action<Machine> change)
    {
        await using var db = await Postgres.Contexts.CreateDbContextAsync(Ct);
        change(await db.Machines.SingleAsync(m => m.Id == machineId, Ct));
        await db.SaveChangesAsync(Ct);
    }

    protected async Task<int> OperationsAsync(Guid machineId)
    {
        await using var db = await Postgres.Contexts.CreateDbContextAsync(Ct);
        return await db.Operations.CountAsync(o => o.MachineId == machineId, Ct);
    }

    TimeOnly AtMinute(int ahead) => new TimeOnly((Now.AddMinutes(ahead)).Hour, Now.AddMinutes(ahead).Minute);
}
