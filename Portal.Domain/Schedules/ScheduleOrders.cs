using Microsoft.EntityFrameworkCore;
using Portal.Domain.Evacuations;
using Portal.Domain.Hosts;
using Portal.Domain.Leases;
using Portal.Domain.Machines;
using Portal.Domain.Migrations;
using Portal.Domain.Operations;

namespace Portal.Domain.Schedules;

/// <summary>What came of trying a run.</summary>
abstract record ScheduleAnswer
{
    /// <summary>An operation carries it out, or an evacuation.</summary>
    public sealed record Ordered(Guid? Operation, Guid? Evacuation = null) : ScheduleAnswer;

    /// <summary>It cannot be done now and may be in a moment.</summary>
    public sealed record NotNow(string Why) : ScheduleAnswer;

    /// <summary>There is nothing to do; whether somebody should know.</summary>
    public sealed record Nothing(string Why, bool Trouble) : ScheduleAnswer;

    /// <summary>It is refused, and trying again would not help.</summary>
    public sealed record Refused(Refusal Refusal) : ScheduleAnswer;
}

/// <summary>Gives a schedule's order to the service a person would give it to, with the rights its maker has now.</summary>
public sealed class ScheduleOrders(MachineService machines, MoveOrders moves)
{
    internal async Task<ScheduleAnswer> TryAsync(PortalDbContext db, Schedule schedule, ScheduleRun run, DateTimeOffset now, CancellationToken ct)
    {
        if (schedule.MachineId is null)
            return await MoveManyAsync(db, schedule, run, now, ct);
        var machine = await db.Machines.AsNoTracking().SingleAsync(m => m.Id == schedule.MachineId, ct);
        if (machine.State is MachineState.Deleting or MachineState.Deleted)
        {
            schedule.Switch(enabled: false, run.DueAt);
            return new ScheduleAnswer.Nothing($"{machine.Name} is deleted; the schedule is switched off.", Trouble: false);
        }

        if (await ScheduleRules.ActorAsync(db, schedule.CreatedBy, ct) is not { } actor)
            return NoAccount();
        // The order's own service decides again; this one knows that it is a schedule, and its words are to the point.
        if (await ScheduleRules.RefuseAsync(db, actor, schedule.ProjectId, schedule.Kind, ct) is { } notAllowed)
            return new ScheduleAnswer.Refused(notAllowed);
        var key = $"schedule-{run.Id:n}";
        return schedule.Kind switch
        {
            ScheduleKind.PowerOn when machine.LeaseIsOver => new ScheduleAnswer.Nothing(new LeaseOver(machine.Name).Message, Trouble: true),
            ScheduleKind.PowerOn when machine.State == MachineState.Running && !await IsBusyAsync(db, machine, ct) => new ScheduleAnswer.Nothing($"{machine.Name} ran already.", Trouble: false),
            ScheduleKind.PowerOff when machine.State == MachineState.Off && !await IsBusyAsync(db, machine, ct) => new ScheduleAnswer.Nothing($"{machine.Name} was off already.", Trouble: false),
            ScheduleKind.PowerOn => Read(await machines.PowerAsync(actor, machine.Id, PowerAction.Start, key, ct), row => row.Id),
            ScheduleKind.PowerOff => Read(await machines.PowerAsync(actor, machine.Id, PowerAction.ShutDown, key, ct), row => row.Id),
            ScheduleKind.Relocate when machine.State == MachineState.Off => new ScheduleAnswer.Nothing($"{machine.Name} is off: only a running machine is moved.", Trouble: true),
            ScheduleKind.Relocate => Read(await moves.StartAsync(actor, machine.Id, schedule.Move! with { AnyMode = true }, key, ct), row => row.OperationId),
        };
    }

    /// <summary>For a tag or a host: an evacuation of its own, which knows what became of each machine.</summary>
    static async Task<ScheduleAnswer> MoveManyAsync(PortalDbContext db, Schedule schedule, ScheduleRun run, DateTimeOffset now, CancellationToken ct)
    {
        if (await ScheduleRules.ActorAsync(db, schedule.CreatedBy, ct) is not { } actor)
            return NoAccount();
        if (await ScheduleRules.RefuseAsync(db, actor, schedule.ProjectId, schedule.Kind, ct) is { } notAllowed)
            return new ScheduleAnswer.Refused(notAllowed);
        if (await db.ScheduleRuns.AnyAsync(r => r.ScheduleId == schedule.Id && r.Outcome == ScheduleOutcome.Ordered, ct))
            return new ScheduleAnswer.NotNow("What an earlier time of this schedule began is not finished.");
        var begun = await Relocation.BeginAsync(db, new RelocationOrder(schedule.HostId, schedule.ProjectId, schedule.Tag, schedule.Move!, schedule.Window.Closes(run.DueAt)), actor, now, ct);
        return begun switch
        {
            { Refusal: EvacuationUnderWay busy } => new ScheduleAnswer.NotNow(busy.Message),
            { Refusal: { } refusal } => new ScheduleAnswer.Refused(refusal),
            { Value: { } evacuation } => new ScheduleAnswer.Ordered(null, evacuation.Id),
            _ => new ScheduleAnswer.Nothing($"No machine is there to be moved: {await ScheduleSubject.NameAsync(db, schedule, ct)}.", Trouble: schedule.Tag is not null),
        };
    }

    static ScheduleAnswer.Refused NoAccount() => new(new NotAllowed("have this done", "an account: whoever made this schedule has none any more"));

    static async Task<bool> IsBusyAsync(PortalDbContext db, Machine machine, CancellationToken ct) => await Ledger.BusyAsync(db, machine.Id, ct) is not null;

    static ScheduleAnswer Read<T>(Result<T> result, Func<T, Guid> operation) => result.Refusal switch
    {
        null => new ScheduleAnswer.Ordered(operation(result.Value)),
        SameHost same => new ScheduleAnswer.Nothing(same.Message, Trouble: false),
        MachineBusy or HostSilent or HostFull or HostInMaintenance or NoHostWithRoom => new ScheduleAnswer.NotNow(result.Refusal.Message),
        WrongState { State: MachineState.Unknown or MachineState.Provisioning or MachineState.Waiting } => new ScheduleAnswer.NotNow(result.Refusal.Message),
        var refusal => new ScheduleAnswer.Refused(refusal),
    };
}
