using Portal.Domain.Audit;
using Portal.Domain.Changes;
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
        var found = await MachineAsync(db, actor, asked.MachineId, "extend this machine's lease", ct);
        if (!found.IsOk)
            return found.Refusal;
        var machine = found.Value;
        var refusals = new List<Refusal>();
        if (asked.Days is < 1 or > MostDays)
            refusals.Add(new InvalidText("days", $"A lease cannot be extended by {asked.Days} days.", $"Choose 1 to {MostDays} days."));
        if (machine.LeaseEndsAt is null)
            refusals.Add(new NoLease(machine.Name));
        if (Gone(machine) is { } gone)
            refusals.Add(gone);
        if (await OtherAsync(db, machine, ct) is { } other)
            refusals.Add(other);
        var from = machine.LeaseEndsAt ?? now;
        var terms = new ExtendTerms(asked.Days, from, End(from, Math.Clamp(asked.Days, 0, MostDays), now));
        var quota = await QuotaBooks.ReadAsync(db, machine.ProjectId, ct);
        return new Look(machine.ProjectId, machine, machine.Name, terms, machine.CreatedBy, QuotaAmounts.None, QuotaEffect.OfNew(quota, QuotaAmounts.None), refusals,
            await FactsAsync(db, actor, machine.ProjectId, machine.Size, QuotaAmounts.None, quota, asked.Days, ct), []);
    }

    /// <inheritdoc/>
    public override async Task<Refusal?> GrantAsync(PortalDbContext db, Actor actor, Request request, DateTimeOffset now, CancellationToken ct)
    {
        var machine = await TakeMachineAsync(db, request, ct);
        if (Gone(machine) is { } gone)
            return gone;
        if (machine.LeaseEndsAt is not { } before)
            return new NoLease(machine.Name);
        var terms = (ExtendTerms)request.Terms;
        // A yes that came after the end counts its days from now: nobody is granted a time that is over.
        machine.ExtendLease(terms.To > now ? terms.To : End(before, terms.Days, now), now);
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
        Refusal?[] problems = [Gone(machine), machine.LeaseEndsAt is null ? new NoLease(machine.Name) : null];
        return [.. problems.OfType<Refusal>()];
    }

    static DateTimeOffset End(DateTimeOffset from, int days, DateTimeOffset now) => (from > now ? from : now).AddDays(days);

    static WrongState? Gone(Machine machine) => machine.State is MachineState.Deleting or MachineState.Deleted
        ? new WrongState(machine.Name, machine.State, $"{machine.Name} is deleted, so it has no lease any more.", "Ask for a new machine.") : null;
}
