using Portal.Domain.Audit;
using Portal.Domain.Machines;
using Portal.Domain.Notices;
using Portal.Domain.Operations;

namespace Portal.Domain.Leases;

/// <summary>One machine's turn in a sweep: takes its lease as far as it goes now, in the caller's transaction.</summary>
sealed class LeaseWork(PortalDbContext db, Machine machine, IReadOnlyCollection<Guid> people, DateTimeOffset now)
{
    /// <summary>Does step after step until there is nothing to do now; whether anything was done.</summary>
    public async Task<bool> CarryOnAsync(LeaseTerms terms, bool busy, LeaseSweeper.Tally tally, CancellationToken ct)
    {
        var did = false;
        while (machine.LeaseDueAt <= now)
        {
            switch (LeaseSteps.Next(machine, terms, busy, now))
            {
                case LeaseStep.Wait wait:
                    machine.LookAtLease(wait.Until);
                    continue;
                case LeaseStep.Warn warn:
                    machine.LeaseWarned(warn.Days, warn.Until);
                    await TellAsync(LeaseWords.Warned(machine, warn.Days), ct);
                    tally.Warned++;
                    break;
                case LeaseStep.End:
                    var running = machine.LeaseStage;
                    machine.EndLease(now);
                    Audit("machine.lease-end", new { before = new { stage = running }, after = new { stage = machine.LeaseStage }, end = machine.LeaseEndsAt });
                    await TellAsync(LeaseWords.Ended(machine), ct);
                    tally.Ended++;
                    break;
                case LeaseStep.Switch power:
                    Order(OperationKind.Power, power.Action == PowerAction.ShutDown ? $"Shut down {machine.Name}: its lease has ended" : $"Cut the power of {machine.Name}: its lease has ended",
                        power.Action == PowerAction.ShutDown ? "machine.shut-down" : "machine.power-off", new PowerParameters(power.Action));
                    machine.TryLeaseAgain(power.LookAgain);
                    busy = true;
                    tally.Switched++;
                    break;
                case LeaseStep.Keep keep:
                    var ending = machine.LeaseStage;
                    machine.KeepInGrace(keep.Until, terms.GraceDays, keep.Next);
                    Audit("machine.lease-grace", new { before = new { stage = ending }, after = new { stage = machine.LeaseStage }, until = keep.Until });
                    await TellAsync(LeaseWords.Kept(machine), ct);
                    tally.Kept++;
                    break;
                case LeaseStep.Spare spare:
                    machine.LookAtLease(spare.RemindAgain);
                    await TellAsync(LeaseWords.Spared(machine), ct);
                    tally.Warned++;
                    break;
                case LeaseStep.Delete delete:
                    await DeleteAsync(delete, ct);
                    busy = true;
                    tally.Deleted++;
                    break;
            }

            did = true;
        }

        return did;
    }

    async Task DeleteAsync(LeaseStep.Delete delete, CancellationToken ct)
    {
        // Told once, however often a host that fails makes it be tried.
        if (machine.LeaseStage != LeaseStage.Over)
        {
            machine.FinishLease(now);
            await TellAsync(LeaseWords.Deleted(machine), ct);
        }

        machine.Become(MachineState.Deleting, null, now);
        Order(OperationKind.Delete, $"Delete {machine.Name}: its days of grace are over", "machine.delete", null);
        machine.TryLeaseAgain(delete.LookAgain);
    }

    void Order(OperationKind kind, string title, string action, object? parameters)
    {
        var key = $"{LeaseBook.OrderKey}{machine.Id:n}-{machine.LeaseEndsAt!.Value.ToUnixTimeMilliseconds()}-{machine.LeaseStage}-{machine.LeaseTries}";
        var operation = Operation.Queue(kind, machine, title, Actor.System, key, Ledger.Write(parameters), now);
        db.Operations.Add(operation);
        Audit(action, new { operation = operation.Id, lease = machine.LeaseEndsAt });
    }

    void Audit(string action, object detail) => db.AuditEvents.Add(AuditEvent.Of(Actor.System, action, "machine", machine.Id, machine.Name, machine.ProjectId, detail, now));

    Task TellAsync(Notice notice, CancellationToken ct) => NoticeBoard.TellAsync(db, notice, people, now, ct);
}
