using Microsoft.EntityFrameworkCore;
using Portal.Domain.Audit;
using Portal.Domain.Changes;
using Portal.Domain.Migrations;
using Portal.Domain.Hosts;
using Portal.Domain.Operations;

namespace Portal.Domain.Machines;

/// <summary>A machine a host was found to know, as the books have it.</summary>
/// <param name="Id">The machine.</param>
/// <param name="Name">Its name.</param>
/// <param name="State">Its state in the books.</param>
/// <param name="HostId">Its home in the books.</param>
/// <param name="IsBusy">Whether an operation is queued or runs for it: then its runner tells its state, and nobody else.</param>
public sealed record BookedMachine(Guid Id, string Name, MachineState State, Guid? HostId, bool IsBusy);

/// <summary>The two hosts of a machine's last move.</summary>
/// <param name="SourceHostId">From.</param>
/// <param name="DestinationHostId">To.</param>
/// <param name="CarriesDisks">The machine's disks went along.</param>
/// <param name="Stream">The way its memory was told to take; null of one from before that could be chosen.</param>
public sealed record LastMove(Guid SourceHostId, Guid DestinationHostId, bool CarriesDisks, StreamTerms? Stream);

/// <summary>
/// Finds machines that are where the books do not expect them, as an interruption leaves them. A machine with an active operation
/// is left to its runner.
/// </summary>
public sealed class MachineStrays(IDbContextFactory<PortalDbContext> contexts, TimeProvider time)
{
    /// <summary>What the books know of the machines that live on a host, and of those it was found to know.</summary>
    public async Task<IReadOnlyList<BookedMachine>> BookedAsync(Guid hostId, IReadOnlyCollection<Guid> found, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.Machines.AsNoTracking().Where(m => m.HostId == hostId || found.Contains(m.Id)).OrderBy(m => m.Id)
            .Select(m => new BookedMachine(m.Id, m.Name, m.State, m.HostId,
                db.Operations.Any(o => o.MachineId == m.Id && (o.Status == OperationStatus.Queued || o.Status == OperationStatus.Running))))
            .ToListAsync(ct);
    }

    /// <summary>Those of the machines that are deleted, so that nothing may be left of them.</summary>
    public async Task<IReadOnlySet<Guid>> DeletedAsync(IReadOnlyCollection<Guid> machines, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.Machines.Where(m => machines.Contains(m.Id) && m.State == MachineState.Deleted).Select(m => m.Id).ToHashSetAsync(ct);
    }

    /// <summary>
    /// The machine was found running on another host than the books say, and its home does not run it: after a move whose end nobody
    /// saw. The truth wins, even where the host is fuller than placing would allow.
    /// </summary>
    public async Task<bool> AdoptAsync(Guid machineId, Guid hostId, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        if (await FreeAsync(db, machineId, ct) is not { } machine || machine.HostId == hostId)
            return false;
        await HouseAsync(db, machine, hostId, MachineState.Running, time.GetUtcNow(), ct);
        await db.SaveChangesAsync(ct);
        await ChangeNotice.NotifyAsync(db, ChangeKind.Machine, machine.Id, machine.ProjectId, ct);
        await ChangeNotice.NotifyAsync(db, ChangeKind.Host, hostId, null, ct);
        await transaction.CommitAsync(ct);
        return true;
    }

    /// <summary>Whether the machine is there and nobody has it in hand.</summary>
    public async Task<bool> IsFreeAsync(Guid machineId, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        return await FreeAsync(db, machineId, ct) is not null;
    }

    /// <summary>Between which hosts the machine was last on the move; null when it never was.</summary>
    public async Task<LastMove?> LastMoveAsync(Guid machineId, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.Migrations.AsNoTracking().Where(m => m.MachineId == machineId && m.StartedAt != null).OrderByDescending(m => m.Id).FirstOrDefaultAsync(ct) is { } m ? new LastMove(m.SourceHostId, m.DestinationHostId, m.CarriesDisks, m.Stream) : null;
    }

    /// <summary>Two hosts run the machine: people must act, so its page says so, and the audit trail once an hour for as long as it lasts.</summary>
    public async Task RunsTwiceAsync(Guid machineId, string home, string other, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        if (await FreeAsync(db, machineId, ct) is not { } machine)
            return;
        var now = time.GetUtcNow();
        machine.Become(MachineState.Unknown, $"It runs on {home} and on {other} at once. Cut its power on one of them now: two guests on one disk destroy it.", now);
        var anHourAgo = now.AddHours(-1);
        if (!await db.AuditEvents.AnyAsync(e => e.SubjectId == machineId && e.Action == "machine.runs-twice" && e.At > anHourAgo, ct))
            db.AuditEvents.Add(AuditEvent.Of(Actor.System, "machine.runs-twice", "machine", machine.Id, machine.Name, machine.ProjectId, new { home, other }, now));
        await db.SaveChangesAsync(ct);
        await ChangeNotice.NotifyAsync(db, ChangeKind.Machine, machine.Id, machine.ProjectId, ct);
        await transaction.CommitAsync(ct);
    }

    /// <summary>The machine lives on that host, whoever thought otherwise: its room is booked there and nowhere else.</summary>
    internal static async Task HouseAsync(PortalDbContext db, Machine machine, Guid hostId, MachineState state, DateTimeOffset now, CancellationToken ct)
    {
        var before = machine.HostId;
        await HostRooms.LockAsync(db, ct);
        await db.Placements.Where(p => p.MachineId == machine.Id).ExecuteDeleteAsync(ct);
        db.Placements.Add(Placement.Create(machine.Id, hostId, PlacementPurpose.Home, machine.Vcpus, machine.MemoryMib));
        machine.LiveOn(hostId);
        machine.Become(state, null, now);
        if (before != hostId)
            db.AuditEvents.Add(AuditEvent.Of(Actor.System, "machine.found-elsewhere", "machine", machine.Id, machine.Name, machine.ProjectId, new { from = before, to = hostId }, now));
    }

    /// <summary>The machine with its row taken; null when an operation is queued or runs for it, and when it is not made yet, deleted, or about to be.</summary>
    internal static async Task<Machine?> FreeAsync(PortalDbContext db, Guid machineId, CancellationToken ct)
    {
        await Ledger.LockMachineAsync(db, machineId, ct);
        return await Ledger.BusyAsync(db, machineId, ct) is null
            && await db.Machines.SingleOrDefaultAsync(m => m.Id == machineId, ct) is { State: MachineState.Running or MachineState.Off or MachineState.Unknown or MachineState.Failed } machine
                ? machine
                : null;
    }
}
