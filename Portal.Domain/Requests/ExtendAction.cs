using Portal.Domain.Audit;
using Portal.Domain.Changes;
using Portal.Domain.Leases;
using Portal.Domain.Machines;
using Portal.Domain.Projects;

namespace Portal.Domain.Requests;

/// <summary>A later end for a machine's lease; granted, it holds at once.</summary>
sealed class ExtendAction : ChangeAction
{
    /// <summary>The most days one request adds.</summary>
    internal const int MostDays = 3650;

    /// <inheritdoc/>
    public override RequestKind Kind => RequestKind.ExtendLease;

    /// <inheritdoc/>
    public override bool Takes(Draft draft) => draft is ExtendDraft;

    /// <inheritdoc/>
    protected override Guid? MachineOf(Draft draft) => ((ExtendDraft)draft).MachineId;

    /// <inheritdoc/>
    public override async Task<Result<Look>> LookAsync(PortalDbContext db, Actor actor, Draft draft, DateTimeOffset now, CancellationToken ct)
    {
        var asked = (ExtendDraft)draft;
        var found = await MachineAsync(db, actor, asked.MachineId, RequestKinds.Asking(Kind), ct);
        if (!found.IsOk)
            return found.Refusal;
        var machine = found.Value;
        var refusals = new List<Refusal>();
        if (asked.Days is < 1 or > MostDays)
            refusals.Add(new InvalidText("days", $"A lease cannot be extended by {asked.Days} days.", $"Choose 1 to {MostDays} days."));
        var end = LeaseBook.NewEnd(machine, await LeaseBook.TermsAsync(db, machine.ProjectId, ct), Math.Clamp(asked.Days, 1, MostDays), now);
        if (!end.IsOk)
            refusals.Add(end.Refusal);
        if (await OtherAsync(db, machine, ct) is { } other)
            refusals.Add(other);
        var from = machine.LeaseEndsAt ?? now;
        var terms = new ExtendTerms(asked.Days, from, end.IsOk ? end.Value : from);
        var quota = await QuotaBooks.ReadAsync(db, machine.ProjectId, ct);
        return new Look(machine.ProjectId, machine, machine.Name, terms, machine.CreatedBy, QuotaAmounts.None, QuotaEffect.OfNew(quota, QuotaAmounts.None), refusals,
            await FactsAsync(db, actor, machine.ProjectId, machine.Size, QuotaAmounts.None, quota, asked.Days, ct), []);
    }

    /// <inheritdoc/>
    public override async Task<Refusal?> GrantAsync(PortalDbContext db, Actor actor, Request request, DateTimeOffset now, CancellationToken ct)
    {
        var machine = await TakeMachineAsync(db, request, ct);
        var terms = (ExtendTerms)request.Terms;
        if (Gone(machine) is { } gone)
            return gone;
        if (machine is not { LeaseEndsAt: { } before, LeaseStage: not LeaseStage.Over })
            return new NoLeaseToExtend(machine.Name, "it has none, or its days of grace are over.");
        // A yes that came after the end counts its days from now: nobody is granted a time that is over, nor one past the most a machine may have in all.
        var to = terms.To;
        if (to <= now)
        {
            var rules = await LeaseBook.TermsAsync(db, machine.ProjectId, ct);
            var latest = rules.LatestEnd(machine.LeaseStartedAt ?? now);
            if (latest <= now)
                return new LeaseTotalReached(machine.Name, rules.TotalDays ?? 0, latest.Value);
            to = now.AddDays(terms.Days);
            if (latest < to)
                to = latest.Value;
        }

        // Somebody may have moved the end further meanwhile: an extension never brings it nearer.
        machine.ExtendLease(to > before ? to : before, now);
        await LeaseBook.CallOffAsync(db, machine, now, ct);
        request.End(RequestStatus.Fulfilled, now, $"The lease ends on {machine.LeaseEndsAt.Value.UtcDateTime:yyyy-MM-dd HH:mm} UTC.");
        db.Add(AuditEvent.Of(actor, "machine.extend-lease", "machine", machine.Id, machine.Name, machine.ProjectId, new { before, after = machine.LeaseEndsAt }, now));
        await db.SaveChangesAsync(ct);
        await ChangeNotice.NotifyAsync(db, ChangeKind.Machine, machine.Id, machine.ProjectId, ct);
        return null;
    }

    /// <inheritdoc/>
    public override async Task<IReadOnlyList<Refusal>> ProblemsAsync(PortalDbContext db, Request request, CancellationToken ct)
    {
        var machine = await db.Machines.FindAsync([request.MachineId], ct) ?? throw new InvalidOperationException($"Machine {request.MachineId} is gone.");
        var end = LeaseBook.NewEnd(machine, await LeaseBook.TermsAsync(db, machine.ProjectId, ct), ((ExtendTerms)request.Terms).Days, now: request.SubmittedAt);
        return end.IsOk ? [] : [end.Refusal];
    }

    static WrongState? Gone(Machine machine) => machine.State is MachineState.Deleting or MachineState.Deleted
        ? new WrongState(machine.Name, machine.State, $"{machine.Name} is deleted, so it has no lease any more.", "Ask for a new machine.") : null;
}
