using Portal.Domain.Machines;

namespace Portal.Domain.Leases;

/// <summary>What is to be done about a lease now.</summary>
abstract record LeaseStep
{
    /// <summary>Nothing before a moment; null: nothing ever.</summary>
    public sealed record Wait(DateTimeOffset? Until) : LeaseStep;

    /// <summary>People are warned of the end, or of the deletion.</summary>
    public sealed record Warn(int Days, DateTimeOffset Until) : LeaseStep;

    /// <summary>The end has come.</summary>
    public sealed record End : LeaseStep;

    /// <summary>The machine is told to go off.</summary>
    public sealed record Switch(PowerAction Action, DateTimeOffset LookAgain) : LeaseStep;

    /// <summary>The machine is off: the days of grace begin.</summary>
    public sealed record Keep(DateTimeOffset Until, DateTimeOffset Next) : LeaseStep;

    /// <summary>The machine would be deleted and is protected from that: people are reminded.</summary>
    public sealed record Spare(DateTimeOffset RemindAgain) : LeaseStep;

    /// <summary>The machine is deleted.</summary>
    public sealed record Delete(DateTimeOffset LookAgain) : LeaseStep;
}

/// <summary>Decides the next step of a lease; knows no database and no clock.</summary>
static class LeaseSteps
{
    /// <summary>How often a guest is asked before its power is cut.</summary>
    public const int AsksBeforeCut = 3;

    // The ledger tells nobody when an operation ends; a look every few seconds costs one indexed read.
    static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(10);
    static readonly TimeSpan HostAway = TimeSpan.FromSeconds(30);
    static readonly TimeSpan BetweenDeletions = TimeSpan.FromMinutes(10);
    static readonly TimeSpan BetweenReminders = TimeSpan.FromDays(1);

    /// <summary>The next step.</summary>
    public static LeaseStep Next(Machine machine, LeaseTerms terms, bool busy, DateTimeOffset now) => machine switch
    {
        { State: MachineState.Deleted } or { LeaseStage: LeaseStage.None } => new LeaseStep.Wait(null),
        { LeaseStage: LeaseStage.Running } => Running(machine, terms, now),
        { LeaseStage: LeaseStage.Ending } => Ending(machine, terms, busy, now),
        { LeaseStage: LeaseStage.Grace } => Grace(machine, busy, now),
        _ => Over(machine, busy, now),
    };

    static LeaseStep Running(Machine machine, LeaseTerms terms, DateTimeOffset now)
    {
        var end = machine.LeaseEndsAt!.Value;
        return now >= end ? new LeaseStep.End() : Warning(end, terms.WarnDays, machine.LeaseWarnedDays, now);
    }

    static LeaseStep Ending(Machine machine, LeaseTerms terms, bool busy, DateTimeOffset now) => machine.State switch
    {
        // A broken machine runs nothing any more.
        MachineState.Off or MachineState.Failed when !busy => Keep(terms.GraceDays, now),
        MachineState.Running when !busy => new LeaseStep.Switch(machine.LeaseTries < AsksBeforeCut ? PowerAction.ShutDown : PowerAction.PowerOff, now + LookAgain),
        MachineState.Unknown => new LeaseStep.Wait(now + HostAway),
        _ => new LeaseStep.Wait(now + LookAgain),
    };

    static LeaseStep Grace(Machine machine, bool busy, DateTimeOffset now)
    {
        var until = machine.GraceUntil!.Value;
        return now < until ? Warning(until, [1], machine.LeaseWarnedDays, now) : Deletion(machine, busy, now);
    }

    static LeaseStep Over(Machine machine, bool busy, DateTimeOffset now) =>
        machine.State == MachineState.Deleting ? new LeaseStep.Wait(now + HostAway) : Deletion(machine, busy, now);

    static LeaseStep Deletion(Machine machine, bool busy, DateTimeOffset now) => machine.State switch
    {
        // Only its people take that off; until then it is kept, off, and costs what it costs.
        _ when machine.Protected => new LeaseStep.Spare(now + BetweenReminders),
        MachineState.Running or MachineState.Off or MachineState.Failed when !busy => new LeaseStep.Delete(now + BetweenDeletions),
        MachineState.Unknown => new LeaseStep.Wait(now + HostAway),
        _ => new LeaseStep.Wait(now + LookAgain),
    };

    static LeaseStep.Keep Keep(int graceDays, DateTimeOffset now)
    {
        var until = now.AddDays(graceDays);
        return new(until, graceDays > 1 ? until.AddDays(-1) : until);
    }

    /// <summary>The nearest warning that is due and was not given, or when the next one is. Of several that were slept through only the last is given.</summary>
    static LeaseStep Warning(DateTimeOffset end, IReadOnlyList<int> ahead, int? warned, DateTimeOffset now)
    {
        var open = ahead.Where(days => days < (warned ?? int.MaxValue)).ToList();
        if (open.Where(days => end.AddDays(-days) <= now).DefaultIfEmpty(0).Min() is > 0 and var due)
            return new LeaseStep.Warn(due, After(due));
        return new LeaseStep.Wait(After(warned ?? int.MaxValue));

        DateTimeOffset After(int days) => open.Where(next => next < days).DefaultIfEmpty(0).Max() is > 0 and var next ? end.AddDays(-next) : end;
    }
}
