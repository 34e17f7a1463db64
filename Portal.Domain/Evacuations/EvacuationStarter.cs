using Microsoft.EntityFrameworkCore;
using Portal.Domain.Affinity;
using Portal.Domain.Hosts;
using Portal.Domain.Machines;
using Portal.Domain.Migrations;
using Portal.Domain.Operations;
using Portal.Domain.Rehoming;

namespace Portal.Domain.Evacuations;

/// <summary>Orders the moves whose turn it is, as far as the limits allow.</summary>
sealed class EvacuationStarter(PortalDbContext db, EvacuationTurn turn, Actor actor, MoveOrders moves, RehomeOrders rehomes)
{
    readonly List<HostRoom> rooms = [.. turn.Survey.Rooms];
    readonly List<EvacuationItem> homeless = [];
    readonly List<Route> underWay = [];
    FleetTies ties = turn.Survey.Ties;
    string? trouble;

    /// <summary>Orders them. A machine that waits for something of its own is passed over; one that waits for the limits lets nobody pass.</summary>
    /// <returns>Why nothing more can be ordered with this person's rights; null when it can.</returns>
    public async Task<string?> StartAsync(CancellationToken ct)
    {
        // Those of others too: a host and a link do not care who uses them.
        underWay.AddRange(await db.Migrations.AsNoTracking().Where(m => m.Status == MigrationStatus.Queued || m.Status == MigrationStatus.Running)
            .Select(m => new Route(m.SourceHostId, m.DestinationHostId)).ToListAsync(ct));
        underWay.AddRange((await db.Operations.AsNoTracking().Where(o => o.Kind == OperationKind.Rehome && (o.Status == OperationStatus.Queued || o.Status == OperationStatus.Running)).ToListAsync(ct)).Select(OrderedTurn.RouteOf));
        var held = false;
        foreach (var item in turn.Waiting.ToList())
        {
            var machine = turn.MachineOf(item);
            if (EvacuationPlanner.WhyNever(machine) is { } never)
                turn.Stay(item, never);
            else if ((EvacuationPlanner.Note(machine) ?? turn.Survey.Silent(machine.From)) is { } note)
                item.Wait(note);
            else if (held || !await MoveAsync(item, machine, ct))
                held = Hold(item);
        }

        GiveUpOnHomeless();
        return trouble;
    }

    /// <summary>It waits for nothing but its turn; why an earlier try failed is kept.</summary>
    static bool Hold(EvacuationItem item)
    {
        if (item.Tried.Length == 0)
            item.Wait(null);
        return true;
    }

    /// <summary>Orders one move, at another host when the first will not do; false when those behind it have to wait too.</summary>
    async Task<bool> MoveAsync(EvacuationItem item, EvacuationCandidate machine, CancellationToken ct)
    {
        var unfit = new HashSet<Guid>(item.Tried);
        string? broken = null;
        var limits = turn.Evacuation.Terms.Limits;
        while (Choose(item, machine, unfit) is { } room)
        {
            var route = new Route(machine.From, room.Id);
            if (!limits.Allow(underWay, route))
                return false;
            var ordered = await OrderAsync(item, machine, room.Id, ct);
            if (ordered.IsOk)
            {
                item.Move(ordered.Value, room.Id, room.Name);
                underWay.Add(route);
                rooms[rooms.FindIndex(r => r.Id == room.Id)] = room.With(machine.Size);
                ties = ties.With(machine.Id, room.Id);
                return true;
            }

            switch (ordered.Refusal)
            {
                case HostFull or HostInMaintenance or KeptByAffinity or ModeNotPossible or HostSilent { Role: "destination" }:
                    unfit.Add(room.Id);
                    continue;
                case ObjectiveNotKept no:
                    broken = $"{no.Message} {no.Advice}";
                    unfit.Add(room.Id);
                    continue;
                case NotAllowed or NotFound:
                    trouble = ordered.Refusal.Message;
                    return false;
                // Somebody was quicker, or its host went away just now: it is looked at again when that has changed.
                case MachineBusy or WrongState or HostSilent:
                    item.Wait(ordered.Refusal.Message);
                    return true;
                default:
                    turn.Stay(item, $"{ordered.Refusal.Message} {ordered.Refusal.Advice}");
                    return true;
            }
        }

        if (broken is not null)
        {
            turn.Stay(item, broken);
            return true;
        }

        var nowhere = EvacuationPlanner.WhyNowhere(rooms.FindAll(r => !item.Tried.Contains(r.Id)), machine, turn.Survey.WhyNoRoute, ties.For(machine.Id));
        item.Wait(item.Tried.Length == 0 ? nowhere : $"{item.Detail} Then: {nowhere}");
        if (item.Tried.Length > 0)
            turn.Stay(item, item.Detail!);
        else
            homeless.Add(item);
        return true;
    }

    async Task<Result<Guid>> OrderAsync(EvacuationItem item, EvacuationCandidate machine, Guid to, CancellationToken ct)
    {
        if (machine.State == MachineState.Off)
            return await rehomes.StartAsync(actor, machine.Id, to, item.NextKey, ct);
        var terms = turn.Evacuation.Terms;
        var how = terms.Move ?? new MigrationParameters(null, terms.Mode, terms.ObjectiveMs);
        var move = await moves.StartAsync(actor, machine.Id, how with { AskedHostId = to, AnyMode = true }, item.NextKey, ct);
        return move.IsOk ? move.Value.OperationId : move.Refusal;
    }

    /// <summary>The planned host while it will do, else the best of the others.</summary>
    HostRoom? Choose(EvacuationItem item, EvacuationCandidate machine, HashSet<Guid> unfit)
    {
        var able = rooms.Where(room => !unfit.Contains(room.Id)).ToList();
        return able.Find(room => room.Id == item.DestinationHostId && Placing.Misfit(room, machine.Size, ties.For(machine.Id)) is null && turn.Survey.WhyNoRoute(new Route(machine.From, room.Id)) is null)
            ?? EvacuationPlanner.Choose(able, machine, turn.Survey.WhyNoRoute, ties.For(machine.Id));
    }

    /// <summary>Machines without a host wait as long as anything else may still change; then they stay.</summary>
    void GiveUpOnHomeless()
    {
        if (trouble is not null || turn.Moving.Any() || turn.Waiting.Any(item => !homeless.Contains(item)))
            return;
        foreach (var item in homeless)
            turn.Stay(item, item.Detail!);
    }
}
