using Portal.Domain.Audit;
using Portal.Domain.Machines;
using Portal.Domain.Operations;
using Portal.Domain.Projects;

namespace Portal.Domain.Requests;

/// <summary>The end of a machine that is protected: what it used comes free when it is gone.</summary>
sealed class DeleteAction(Ledger ledger) : ChangeAction
{
    /// <inheritdoc/>
    public override RequestKind Kind => RequestKind.Delete;

    /// <inheritdoc/>
    public override bool Takes(Draft draft) => draft is DeleteDraft;

    /// <inheritdoc/>
    protected override Guid? MachineOf(Draft draft) => ((DeleteDraft)draft).MachineId;

    /// <inheritdoc/>
    public override async Task<Result<Look>> LookAsync(PortalDbContext db, Actor actor, Draft draft, DateTimeOffset now, CancellationToken ct)
    {
        var asked = (DeleteDraft)draft;
        var found = await MachineAsync(db, actor, asked.MachineId, RequestKinds.Asking(Kind), ct);
        if (!found.IsOk)
            return found.Refusal;
        var machine = found.Value;
        var refusals = new List<Refusal>();
        if (asked.ConfirmName != machine.Name)
            refusals.Add(new NameNotConfirmed(machine.Name));
        if (!machine.Protected)
            refusals.Add(new NotProtected(machine.Name));
        if (MachineRules.Delete(machine.Name, machine.State) is { } wrong)
            refusals.Add(wrong);
        if (await OtherAsync(db, machine, ct) is { } other)
            refusals.Add(other);
        var quota = (await QuotaBooks.SheetAsync(db, machine.ProjectId, machine.CreatedBy, ct)).Lines;
        var size = machine.Size;
        var back = new QuotaAmounts(-1, -size.Vcpus, -size.MemoryMib, -size.DiskGib, -1);
        return new Look(machine.ProjectId, machine, machine.Name, new DeleteTerms(size), machine.CreatedBy, QuotaAmounts.None, QuotaEffect.OfNew(quota, back), refusals,
            await FactsAsync(db, actor, machine.ProjectId, size, QuotaAmounts.None, quota, null, ct), []);
    }

    /// <inheritdoc/>
    public override async Task<Refusal?> GrantAsync(PortalDbContext db, Actor actor, Request request, DateTimeOffset now, CancellationToken ct)
    {
        var machine = await TakeMachineAsync(db, request, ct);
        if (await Ledger.BusyAsync(db, machine.Id, ct) is { } busy)
            return busy;
        if (MachineRules.Delete(machine.Name, machine.State) is { } wrong)
            return wrong;
        machine.Become(MachineState.Deleting, null, now);
        await db.SaveChangesAsync(ct);
        var operation = await ledger.EnqueueAsync(db, OperationKind.Delete, machine, $"Delete {machine.Name}", actor, RequestKinds.OperationKey(Kind, request.Id)!, new { requestId = request.Id }, ct);
        if (!operation.IsOk)
            return operation.Refusal;
        db.Add(AuditEvent.Of(actor, "machine.delete", "machine", machine.Id, machine.Name, machine.ProjectId, new { operation = operation.Value.Id, request = request.Id }, now));
        return null;
    }

    /// <inheritdoc/>
    public override async Task<IReadOnlyList<Refusal>> ProblemsAsync(PortalDbContext db, Request request, CancellationToken ct)
    {
        var machine = await db.Machines.FindAsync([request.MachineId], ct) ?? throw new InvalidOperationException($"Machine {request.MachineId} is gone.");
        Refusal?[] problems = [await Ledger.BusyAsync(db, machine.Id, ct), MachineRules.Delete(machine.Name, machine.State)];
        return [.. problems.OfType<Refusal>()];
    }
}
