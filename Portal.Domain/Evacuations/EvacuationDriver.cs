using Microsoft.EntityFrameworkCore;
using Portal.Domain.Accounts;
using Portal.Domain.Audit;
using Portal.Domain.Changes;
using Portal.Domain.Migrations;
using Portal.Domain.Notices;
using Portal.Domain.Operations;
using Portal.Domain.Rehoming;

namespace Portal.Domain.Evacuations;

/// <summary>
/// Takes evacuations on: settles what is over and orders what is due. It is called when something changed, and may be called at any time, late,
/// twice, or by several processes: an evacuation's row is held meanwhile, and one that somebody else holds is passed over. A process that dies
/// leaves nothing undone, for an order's key is its machine's turn: the next one finds what was ordered.
/// </summary>
public sealed class EvacuationDriver(IDbContextFactory<PortalDbContext> contexts, MoveOrders moves, RehomeOrders rehomes, OperationService operations, TimeProvider time)
{
    /// <summary>Takes on every evacuation that is not over. One that fails keeps none of the others.</summary>
    /// <exception cref="AggregateException">Evacuations that could not be taken on; all others were.</exception>
    public async Task AdvanceAllAsync(CancellationToken ct)
    {
        List<Guid> open;
        await using (var db = await contexts.CreateDbContextAsync(ct))
            open = await db.Evacuations.Where(e => e.EndedAt == null).OrderBy(e => e.Id).Select(e => e.Id).ToListAsync(ct);
        var faults = new SweepFaults("evacuations", ct);
        foreach (var id in open)
            await faults.TryAsync(id, () => AdvanceAsync(id, ct));
        faults.Tell();
    }

    /// <summary>Takes on one; a no-op when it is over or held by another process.</summary>
    public async Task AdvanceAsync(Guid id, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        if ((await db.Evacuations.FromSql($"select * from evacuations where id = {id} and ended_at is null for no key update skip locked").ToListAsync(ct)).SingleOrDefault() is not { } evacuation)
            return;
        var host = await db.Hosts.AsNoTracking().SingleOrDefaultAsync(h => h.Id == evacuation.HostId, ct);
        if (host is not null || evacuation.HostId is null)
            await AdvanceAsync(db, await EvacuationTurn.LookAsync(db, evacuation, host, time.GetUtcNow(), ct), ct);
        else
            await AbandonAsync(db, evacuation, ct);
        if (!db.ChangeTracker.HasChanges())
            return;
        await db.SaveChangesAsync(ct);
        await ChangeNotice.NotifyAsync(db, ChangeKind.Evacuation, id, null, ct);
        await transaction.CommitAsync(ct);
    }

    async Task AdvanceAsync(PortalDbContext db, EvacuationTurn turn, CancellationToken ct)
    {
        var evacuation = turn.Evacuation;
        turn.CloseWindow();
        if (evacuation.Status == EvacuationStatus.Running && turn.Waiting.Any())
            await StartAsync(db, turn, ct);
        else if (evacuation.Status == EvacuationStatus.Cancelling)
            await StopAsync(db, turn, ct);

        if (evacuation.Status == EvacuationStatus.Running)
            evacuation.Wait(turn.Moving.Any() ? null : turn.Waiting.Select(i => $"Nothing moves just now. {i.MachineName}: {i.Detail ?? "other moves use up the limits."}").FirstOrDefault());
        if (!turn.Moving.Any() && !turn.Waiting.Any())
            await EndAsync(db, turn, evacuation.Status == EvacuationStatus.Cancelling ? EvacuationStatus.Cancelled : EvacuationStatus.Done, ct);
    }

    async Task StartAsync(PortalDbContext db, EvacuationTurn turn, CancellationToken ct)
    {
        var actor = await Deputy.ForAsync(db, turn.Evacuation.RunBy, "maintenance", ct);
        var trouble = actor is null ? "Whoever had this go on has no account any more."
            : actor.IsOperator ? await new EvacuationStarter(db, turn, actor, moves, rehomes).StartAsync(ct) : $"{actor.Name} may not move machines any more.";
        if (trouble is not null)
            turn.Evacuation.Pause($"{trouble} Nothing else begins until an operator has it go on.");
    }

    async Task StopAsync(PortalDbContext db, EvacuationTurn turn, CancellationToken ct)
    {
        foreach (var item in turn.Waiting.ToList())
            turn.Stay(item, "The evacuation was cancelled before its turn.");
        var actor = await Deputy.ForAsync(db, turn.Evacuation.RunBy, "maintenance", ct);
        foreach (var item in turn.Moving)
        {
            // Asking twice is asking once; a move past the point of no return ends well, and says so.
            if (actor is not null && (await operations.CancelAsync(actor, item.OperationId!.Value, ct)).Refusal is { } refusal and not AlreadyEnded)
                item.Wait($"It cannot be stopped: {refusal.Message}");
        }
    }

    async Task EndAsync(PortalDbContext db, EvacuationTurn turn, EvacuationStatus status, CancellationToken ct)
    {
        var (evacuation, now) = (turn.Evacuation, time.GetUtcNow());
        evacuation.End(status, now);
        var stayed = turn.Items.Where(i => i.State == EvacuationItemState.Stayed).ToList();
        var action = evacuation.Kind switch { EvacuationKind.Empty => "host.emptied", EvacuationKind.BringBack => "host.brought-back", EvacuationKind.Relocate => "schedule.moved" };
        db.AuditEvents.Add(AuditEvent.Of(Actor.System, action, evacuation.HostId is null ? "evacuation" : "host", evacuation.HostId ?? evacuation.Id, evacuation.Subject, null,
            new { evacuation = evacuation.Id, status, moved = turn.Items.Count(i => i.State == EvacuationItemState.Moved), stayed = stayed.Select(i => i.MachineName) }, now));
        // What a schedule moves is told of by its run.
        if (status == EvacuationStatus.Done && stayed.Count > 0 && evacuation.Kind != EvacuationKind.Relocate)
            await NoticeBoard.TellAsync(db, Trouble(evacuation, stayed), [evacuation.RunBy], now, ct);
    }

    static Notice Trouble(Evacuation evacuation, List<EvacuationItem> stayed)
    {
        var count = stayed.Count == 1 ? "one machine" : $"{stayed.Count} machines";
        var title = evacuation.Kind switch
        {
            EvacuationKind.Empty => $"{evacuation.HostName} is not empty: {count} stayed",
            EvacuationKind.BringBack => $"Not everything came back to {evacuation.HostName}: {count} stayed away",
            EvacuationKind.Relocate => $"Not all of {evacuation.Subject} moved: {count} stayed",
        };
        return new Notice(NoticeKind.MachineTrouble, title, string.Join('\n', stayed.Select(i => $"{i.MachineName}: {i.Detail}")), $"/hosts/{evacuation.HostId}/maintenance", evacuation.Id, null);
    }

    async Task AbandonAsync(PortalDbContext db, Evacuation evacuation, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        foreach (var item in await db.EvacuationItems.Where(i => i.EvacuationId == evacuation.Id && i.EndedAt == null).ToListAsync(ct))
            item.End(EvacuationItemState.Stayed, $"{evacuation.Subject} was removed from the portal.", now);
        evacuation.End(EvacuationStatus.Cancelled, now);
    }
}
