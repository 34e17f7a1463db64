using Microsoft.EntityFrameworkCore;
using Portal.Domain.Audit;
using Portal.Domain.Changes;
using Portal.Domain.Hosts;
using Portal.Domain.Projects;

namespace Portal.Domain.Machines;

/// <summary>Brings the books in line once a machine has started with a size that waited for that.</summary>
static class PendingSizes
{
    /// <summary>Settles the machine's size by what its host says it has; without a size that waits, or without word of it, nothing happens.</summary>
    /// <param name="db">The books, with the caller's transaction; it holds the machine's row.</param>
    /// <param name="machine">The machine, tracked.</param>
    /// <param name="seen">What its host says; null when that was not looked at.</param>
    /// <param name="now">Now.</param>
    /// <param name="ct">Gives up.</param>
    public static async Task SettleAsync(PortalDbContext db, Machine machine, SeenSize? seen, DateTimeOffset now, CancellationToken ct)
    {
        if (machine.Pending is not { } pending || seen is null)
            return;
        var booked = machine.Size;
        if (Is(pending.Next, seen))
            machine.Settle();
        else if (machine.State == MachineState.Off && Is(pending.Now, seen))
            // Off, a machine shows what it will start with: the change never reached its definition.
            machine.Resize(new ResizedTo(pending.Now, pending.Now, machine.HotVcpus, machine.HotVcpus));
        else
            return;
        await TakeAsync(db, machine, booked, ct);
        db.AuditEvents.Add(AuditEvent.Of(Actor.System, "machine.size-settled", "machine", machine.Id, machine.Name, machine.ProjectId,
            new { before = pending.Now, after = machine.Size }, now));
        await ChangeNotice.NotifyAsync(db, ChangeKind.Project, machine.ProjectId, machine.ProjectId, ct);
    }

    /// <summary>Gives back what the machine was booked with before and is no longer; its room on its host follows.</summary>
    internal static async Task TakeAsync(PortalDbContext db, Machine machine, MachineSize booked, CancellationToken ct)
    {
        await QuotaBooks.ReleaseUsedAsync(db, machine.ProjectId, machine.CreatedBy, QuotaAmounts.OfResize(booked, machine.Size).Shrinkage(), ct);
        if (await db.Placements.SingleOrDefaultAsync(p => p.MachineId == machine.Id && p.Purpose == PlacementPurpose.Home, ct) is not { } home)
            return;
        home.Take(machine.Vcpus, machine.MemoryMib);
        await ChangeNotice.NotifyAsync(db, ChangeKind.Host, home.HostId, null, ct);
    }

    static bool Is(MachineSize size, SeenSize seen) => size.Vcpus == seen.Vcpus && size.MemoryMib == seen.MemoryMib;
}
