using Portal.Domain.Audit;
using Portal.Domain.Machines;
using Portal.Domain.Notices;
using Portal.Domain.Operations;

namespace Portal.Domain.Leases;

/// <summary>One machine's turn in a sweep: takes its lease as far as it goes now, in the caller's transaction.</summary>
/// <param name="db">Where operations and audit are added; the caller writes them.</param>
/// <param name="machine">The machine.</param>
/// <param name="told">Gets what people are to be told; the caller tells them.</param>
/// <param name="now">The moment it is.</param>
sealed class LeaseWork(PortalDbContext db, Machine machine, ICollection<Notice> told, DateTimeOffset now)
{
    /// <summary>Does step after step until there is nothing to do now; whether anything was done.</summary>
    public bool CarryOn(LeaseTerms terms, bool busy, LeaseSweeper.Tally tally)
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
                    told.Add(LeaseWords.Warned(machine, warn.Days));
                    tally.Warned++;
                    break;
                case LeaseStep.End:
                    var running = machine.LeaseStage;
                    machine.EndLease(now);
                    Audit("machine.lease-end", new { before = new { stage = running }, after = new { stage = machine.LeaseStage }, end = machine.LeaseEndsAt });
                    told.Add(LeaseWords.Ended(machine));
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
                    told.Add(LeaseWords.Kept(machine));
                    tally.Kept++;
                    break;
                case LeaseStep.Spare spare:
                    machine.LookAtLease(spare.RemindAgain);
                    told.Add(LeaseWords.Spared(machine));
                    tally.Warned++;
                    break;
                case LeaseStep.Delete delete:
                    Delete(delete);
                    busy = true;
                    tally.Deleted++;
                    break;
            }

            did = true;
        }

        return did;
    }

    void Delete(LeaseStep.Delete delete)
    {
        // Told once, however often a host that fails makes it be tried.
        if (machine.LeaseStage != LeaseStage.Over)
        {
            machine.FinishLease(now);
            told.Add(LeaseWords.Deleted(machine));
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
}
