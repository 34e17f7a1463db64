using Microsoft.EntityFrameworkCore;
using Portal.Domain.Changes;
using Portal.Domain.Hosts;
using Portal.Domain.Machines;
using Portal.Domain.Migrations;

namespace Portal.Domain.Evacuations;

/// <summary>What a schedule moves at once.</summary>
/// <param name="HostId">What is on this host.</param>
/// <param name="ProjectId">Or the machines of this project</param>
/// <param name="Tag">that have this tag.</param>
/// <param name="Move">How, and where to; no host: each to the best other than its own.</param>
/// <param name="Until">No move begins after this; null: whenever its turn comes.</param>
sealed record RelocationOrder(Guid? HostId, Guid? ProjectId, string? Tag, MigrationParameters Move, DateTimeOffset? Until)
{
    /// <summary>How machines are moved, and how many at once.</summary>
    public EvacuationTerms Terms => new(Move.Mode, Move.ObjectiveMs, EvacuationLimits.Usual, Move);
}

/// <summary>Begins what a schedule moves at once, in the caller's transaction. Nothing is kept from being placed on a host that machines leave this way.</summary>
static class Relocation
{
    /// <summary>Begins it.</summary>
    /// <returns>The evacuation; null when no machine is meant; <see cref="NotFound"/> or <see cref="EvacuationUnderWay"/>.</returns>
    public static async Task<Result<Evacuation?>> BeginAsync(PortalDbContext db, RelocationOrder order, Actor actor, DateTimeOffset now, CancellationToken ct)
    {
        await HostRooms.LockAsync(db, ct);
        var host = order.HostId is { } id ? await db.Hosts.AsNoTracking().SingleOrDefaultAsync(h => h.Id == id, ct) : null;
        if (order.HostId is { } leaving && host is null)
            return new NotFound("host");
        if (host is not null && await EvacuationService.UnderWayAsync(db, host.Id, ct) is { } first)
            return first;
        var survey = await EvacuationSurvey.ToRelocateAsync(db, host, order.Terms, Meant(db, order), ct);
        if (survey.Machines.Count == 0)
            return (Evacuation?)null;
        var there = survey.Machines.Where(m => m.From == order.Move.AskedHostId).ToList();
        var plan = await survey.Without(there).PlanAsync(db, order.Terms.Limits, ct);
        var evacuation = Evacuation.Begin(host, order, plan, actor, now);
        EvacuationService.Add(db, evacuation, survey, plan, now);
        db.EvacuationItems.AddRange(there.Select((machine, n) => EvacuationItem.There(evacuation.Id, machine, survey.NameOf(machine.From), plan.Moves.Count + plan.Stays.Count + n, now)));
        await ChangeNotice.NotifyAsync(db, ChangeKind.Evacuation, evacuation.Id, null, ct);
        return evacuation;
    }

    /// <summary>What is asked for and on a host, or about to be.</summary>
    static IQueryable<Machine> Meant(PortalDbContext db, RelocationOrder order)
    {
        var placed = db.Machines.Where(m => m.HostId != null && m.State != MachineState.Waiting && m.State != MachineState.Deleting && m.State != MachineState.Deleted);
        return order.HostId is { } host ? placed.Where(m => m.HostId == host) : placed.Where(m => m.ProjectId == order.ProjectId && m.Tags.Length > 0 && m.Tags.Contains(order.Tag!));
    }
}
