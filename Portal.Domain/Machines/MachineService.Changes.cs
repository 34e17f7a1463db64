using Microsoft.EntityFrameworkCore;
using Portal.Domain.Audit;
using Portal.Domain.Changes;
using Portal.Domain.Operations;
using Portal.Domain.Projects;
using Portal.Domain.Requests;

namespace Portal.Domain.Machines;

/// <content>Protection, and what of a machine can be asked for.</content>
public sealed partial class MachineService
{
    /// <summary>Puts a machine's protection from deletion on or takes it off; for owners of its project. Again is fine.</summary>
    /// <returns>Whether it is protected now, <see cref="NotFound"/>, <see cref="NotAllowed"/> or <see cref="WrongState"/>.</returns>
    public async Task<Result<bool>> ProtectAsync(Actor actor, Guid id, bool on, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await Ledger.LockMachineAsync(db, id, ct);
        if (await db.Machines.SingleOrDefaultAsync(m => m.Id == id, ct) is not { } machine || await db.RoleInAsync(actor, machine.ProjectId, ct) is not { } role)
            return new NotFound("machine");
        if (role != ProjectRole.Owner)
            return new NotAllowed(on ? "protect this machine" : "take this machine's protection off", "the role owner in this project");
        if (machine.State is MachineState.Deleting or MachineState.Deleted)
            return new WrongState(machine.Name, machine.State, $"{machine.Name} is deleted, so there is nothing to protect.", "Ask for a new machine.");
        if (machine.Protected == on)
            return on;
        machine.Protect(on);
        db.AuditEvents.Add(AuditEvent.Of(actor, on ? "machine.protect" : "machine.unprotect", "machine", id, machine.Name, machine.ProjectId,
            new { before = new { isProtected = !on }, after = new { isProtected = on } }, time.GetUtcNow()));
        await db.SaveChangesAsync(ct);
        await ChangeNotice.NotifyAsync(db, ChangeKind.Machine, id, machine.ProjectId, ct);
        await transaction.CommitAsync(ct);
        return on;
    }

    /// <summary>What the actor could ask for about the machine now; the services decide again when it is asked.</summary>
    static async Task<IReadOnlyList<MachineAction>> ChangesAsync(PortalDbContext db, Actor actor, MachineRow row, Machine machine, Refusal? member, CancellationToken ct)
    {
        var waiting = await db.Requests.Where(r => r.MachineId == row.Id && (r.Status == RequestStatus.Waiting || r.Status == RequestStatus.Approved)).Select(r => new { r.Id, r.Kind, r.Status }).ToListAsync(ct);
        string? Other(RequestKind kind) => waiting.FirstOrDefault(r => r.Kind == kind) is { } other ? new OtherWaits(other.Id, row.Name, kind, other.Status).Message : null;
        var owner = await db.RoleInAsync(actor, row.ProjectId, ct) == ProjectRole.Owner;
        var actions = new List<MachineAction>
        {
            new("Resize", member?.Message ?? ResizeRules.State(row.Name, row.State)?.Message ?? Other(RequestKind.Resize)),
            new("Protect", owner ? null : "Only an owner of the project switches the protection."),
        };
        if (machine.LeaseEndsAt is not null)
            actions.Add(new("ExtendLease", member?.Message ?? Other(RequestKind.ExtendLease)));
        if (machine.Protected)
            actions.Add(new("AskDelete", member?.Message ?? MachineRules.Delete(row.Name, row.State)?.Message ?? Other(RequestKind.Delete)));
        return actions;
    }
}
