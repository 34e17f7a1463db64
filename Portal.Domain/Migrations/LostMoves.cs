using Microsoft.EntityFrameworkCore;
using Portal.Domain.Audit;
using Portal.Domain.Changes;
using Portal.Domain.Machines;
using Portal.Domain.Operations;

namespace Portal.Domain.Migrations;

/// <summary>A move that ended without anybody knowing where its machine runs.</summary>
/// <param name="Id">The move.</param>
/// <param name="MachineId">Its machine.</param>
/// <param name="MachineName">The machine's name then.</param>
/// <param name="SourceHostId">From.</param>
/// <param name="DestinationHostId">To.</param>
/// <param name="CarriesDisks">The machine's disks went along.</param>
/// <param name="Stream">The way its memory was told to take; null of one from before that could be chosen.</param>
public sealed record LostMove(Guid Id, Guid MachineId, string MachineName, Guid SourceHostId, Guid DestinationHostId, bool CarriesDisks, StreamTerms? Stream);

/// <summary>
/// Finds moves of which the end is not known, and writes on their receipts what their hosts say when they answer again. A machine with an
/// active operation is left to its runner.
/// </summary>
public sealed class LostMoves(IDbContextFactory<PortalDbContext> contexts, TimeProvider time)
{
    /// <summary>
    /// Those with an end on a host. Only the last thing that was done with a machine counts: after a later move, or a new start, the hosts
    /// cannot tell any more how this one ended.
    /// </summary>
    public async Task<IReadOnlyList<LostMove>> OnAsync(Guid hostId, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var moves = await db.Migrations.AsNoTracking()
            .Where(m => m.Status == MigrationStatus.Lost && m.Settled == null && (m.SourceHostId == hostId || m.DestinationHostId == hostId))
            .Where(m => !db.Migrations.Any(later => later.MachineId == m.MachineId && later.StartedAt != null && later.Id > m.Id))
            .Where(m => !db.Operations.Any(later => later.MachineId == m.MachineId && later.Status == OperationStatus.Succeeded && later.Id > m.OperationId))
            .Where(m => db.Machines.Any(x => x.Id == m.MachineId && x.State != MachineState.Deleting && x.State != MachineState.Deleted))
            .Where(m => !db.Operations.Any(o => o.MachineId == m.MachineId && (o.Status == OperationStatus.Queued || o.Status == OperationStatus.Running)))
            .OrderBy(m => m.Id).ToListAsync(ct);
        return moves.ConvertAll(m => new LostMove(m.Id, m.MachineId, m.MachineName, m.SourceHostId, m.DestinationHostId, m.CarriesDisks, m.Stream));
    }

    /// <summary>Both hosts answered: the receipt says how the move ended after all, and the machine lives where it was found.</summary>
    /// <param name="moveId">The move.</param>
    /// <param name="status">Moved, Stayed, or Lost when neither host runs the machine.</param>
    /// <param name="explanation">What was found and done, and what to do now.</param>
    /// <param name="atDestination">The machine's state at the destination, when it lives there.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>False when there is nothing to settle (any more).</returns>
    public async Task<bool> SettleAsync(Guid moveId, MigrationStatus status, string explanation, MachineState atDestination, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var machineId = await db.Migrations.Where(m => m.Id == moveId).Select(m => m.MachineId).SingleAsync(ct);
        if (await MachineStrays.FreeAsync(db, machineId, ct) is not { } machine)
            return false;
        var move = await db.Migrations.SingleAsync(m => m.Id == moveId, ct);
        if (move is not { Status: MigrationStatus.Lost, Settled: null })
            return false;
        var now = time.GetUtcNow();
        move.Settle(status, explanation, now);
        if (status == MigrationStatus.Moved)
            await MachineStrays.HouseAsync(db, machine, move.DestinationHostId, atDestination, now, ct);
        db.AuditEvents.Add(AuditEvent.Of(Actor.System, "machine.move-settled", "machine", machine.Id, machine.Name, machine.ProjectId, new { migration = move.Id, status, explanation }, now));
        await db.SaveChangesAsync(ct);
        await ChangeNotice.NotifyAsync(db, ChangeKind.Migration, move.Id, move.ProjectId, ct);
        await ChangeNotice.NotifyAsync(db, ChangeKind.Machine, machine.Id, machine.ProjectId, ct);
        await ChangeNotice.NotifyAsync(db, ChangeKind.Host, move.SourceHostId, null, ct);
        await ChangeNotice.NotifyAsync(db, ChangeKind.Host, move.DestinationHostId, null, ct);
        await transaction.CommitAsync(ct);
        return true;
    }
}
