using Microsoft.EntityFrameworkCore;
using Portal.Domain.Accounts;
using Portal.Domain.Audit;
using Portal.Domain.Changes;
using Portal.Domain.Hosts;
using Portal.Domain.Projects;

namespace Portal.Domain.Evacuations;

/// <summary>Puts hosts into maintenance and back into service, and shows how far that is.</summary>
public sealed partial class EvacuationService(IDbContextFactory<PortalDbContext> contexts, TimeProvider time)
{
    /// <summary>What would be done: who goes where in what order, and who stays. Nothing is changed.</summary>
    /// <returns>The plan, <see cref="NotFound"/>, <see cref="NotAllowed"/> or <see cref="InvalidText"/>.</returns>
    public async Task<Result<EvacuationPreview>> PlanAsync(Actor actor, Guid hostId, EvacuationKind kind, EvacuationOrder order, CancellationToken ct)
    {
        if ((Refuse(actor) ?? order.Check()) is { } refusal)
            return refusal;
        await using var db = await contexts.CreateDbContextAsync(ct);
        if (await db.Hosts.AsNoTracking().SingleOrDefaultAsync(h => h.Id == hostId, ct) is not { } host)
            return new NotFound("host");
        var limits = order.Terms.Limits;
        var survey = await SurveyAsync(db, host, kind, order, ct);
        var plan = await ObjectivePreview.WithPromisesAsync(db, survey, await survey.PlanAsync(db, limits, ct), order.Terms, ct);
        return new EvacuationPreview(host.Id, host.Name, kind, plan, plan.Fingerprint, limits);
    }

    /// <summary>
    /// Puts a host into maintenance: from here on nothing is placed on it or moved to it, and its machines go as the plan says. A host that is in
    /// maintenance with machines left on it is emptied anew.
    /// </summary>
    /// <returns>
    /// The evacuation, or <see cref="NotFound"/>, <see cref="NotAllowed"/>, <see cref="InvalidText"/>, <see cref="EvacuationUnderWay"/>, <see cref="AlreadyInMaintenance"/>, <see cref="PlanChanged"/>.
    /// </returns>
    public async Task<Result<EvacuationDetails>> StartAsync(Actor actor, Guid hostId, EvacuationOrder order, CancellationToken ct)
    {
        if ((Refuse(actor) ?? order.Check()) is { } refusal)
            return refusal;
        await using var db = await contexts.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var found = await HoldAsync(db, hostId, ct);
        if (!found.IsOk)
            return found.Refusal;
        var host = found.Value;
        var survey = await SurveyAsync(db, host, EvacuationKind.Empty, order, ct);
        if (host.MaintenanceSince is { } since && survey.Machines.Count == 0)
            return new AlreadyInMaintenance(host.Name, host.MaintenanceBy ?? "somebody", since);
        var (before, now) = (InService(host), time.GetUtcNow());
        host.TakeOutOfService(actor.Name.Cut(80), now);
        var begun = await BeginAsync(db, survey, EvacuationKind.Empty, order, actor, now, ct);
        if (!begun.IsOk)
            return begun.Refusal;
        db.AuditEvents.Add(AuditEvent.Of(actor, "host.maintenance", "host", host.Id, host.Name, null, before, InService(host), Detail(begun.Value, order), now));
        await SaveAsync(db, begun.Value.Id, host.Id, ct);
        await transaction.CommitAsync(ct);
        return (await DetailsAsync(db, actor, begun.Value.Id, ct))!;
    }

    /// <summary>Takes a host back into service, and has the machines that left it come back if that is wished.</summary>
    /// <param name="actor">An operator.</param>
    /// <param name="hostId">The host; it must be in maintenance, and not being emptied.</param>
    /// <param name="bringBack">How machines come back; null leaves them where they are.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>The host and what brings its machines back, or <see cref="NotFound"/>, <see cref="NotAllowed"/>, <see cref="InvalidText"/>, <see cref="EvacuationUnderWay"/>, <see cref="NotInMaintenance"/>, <see cref="PlanChanged"/>.</returns>
    public async Task<Result<BackInService>> ReleaseAsync(Actor actor, Guid hostId, EvacuationOrder? bringBack, CancellationToken ct)
    {
        if ((Refuse(actor) ?? bringBack?.Check()) is { } refusal)
            return refusal;
        await using var db = await contexts.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var found = await HoldAsync(db, hostId, ct);
        if (!found.IsOk)
            return found.Refusal;
        var host = found.Value;
        if (host.MaintenanceSince is null)
            return new NotInMaintenance(host.Name);
        var (before, now) = (InService(host), time.GetUtcNow());
        Evacuation? back = null;
        if (bringBack is not null)
        {
            var begun = await BeginAsync(db, await SurveyAsync(db, host, EvacuationKind.BringBack, bringBack, ct), EvacuationKind.BringBack, bringBack, actor, now, ct);
            if (!begun.IsOk)
                return begun.Refusal;
            back = begun.Value;
        }
        host.TakeBackIntoService();
        db.AuditEvents.Add(AuditEvent.Of(actor, "host.in-service", "host", host.Id, host.Name, null, before, InService(host), back is null ? null : Detail(back, bringBack!), now));
        await SaveAsync(db, back?.Id, host.Id, ct);
        await transaction.CommitAsync(ct);
        return new BackInService(host.Id, host.Name, back is null ? null : await DetailsAsync(db, actor, back.Id, ct));
    }

    /// <summary>Begins nothing else; what is under way ends.</summary>
    /// <returns>The evacuation, or <see cref="NotFound"/>, <see cref="NotAllowed"/>, <see cref="EvacuationNotThere"/>.</returns>
    public Task<Result<EvacuationDetails>> PauseAsync(Actor actor, Guid id, CancellationToken ct) => ChangeAsync(actor, id, "evacuation.pause", e => e.Status == EvacuationStatus.Running, "Only what runs can be paused", e => e.Pause(null), ct);

    /// <summary>Goes on, from now on with the rights of who says so.</summary>
    /// <returns>As for <see cref="PauseAsync"/>.</returns>
    public Task<Result<EvacuationDetails>> ResumeAsync(Actor actor, Guid id, CancellationToken ct) => ChangeAsync(actor, id, "evacuation.resume", e => e.Status == EvacuationStatus.Paused, "Only what is paused can go on", e => e.Resume(actor), ct);

    /// <summary>Gives it up: what is under way is asked to stop, and nothing else begins. Machines that moved stay where they are, and a host that was being emptied stays in maintenance.</summary>
    /// <returns>As for <see cref="PauseAsync"/>.</returns>
    public Task<Result<EvacuationDetails>> CancelAsync(Actor actor, Guid id, CancellationToken ct) =>
        ChangeAsync(actor, id, "evacuation.cancel", e => e.Status is EvacuationStatus.Running or EvacuationStatus.Paused, "Only what is under way can be cancelled", e => e.Cancel(actor), ct);

    /// <summary>The host, held, and nothing under way with it. Whoever is placing right now is done first: what it placed is in the plan, and nobody places here afterwards.</summary>
    static async Task<Result<Host>> HoldAsync(PortalDbContext db, Guid hostId, CancellationToken ct)
    {
        await HostRooms.LockAsync(db, ct);
        if (await db.Hosts.SingleOrDefaultAsync(h => h.Id == hostId, ct) is not { } host)
            return new NotFound("host");
        return await UnderWayAsync(db, hostId, ct) is { } first ? first : host;
    }

    async Task<Result<EvacuationDetails>> ChangeAsync(Actor actor, Guid id, string action, Func<Evacuation, bool> may, string rule, Action<Evacuation> change, CancellationToken ct)
    {
        if (Refuse(actor) is { } refusal)
            return refusal;
        await using var db = await contexts.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        if ((await db.Evacuations.FromSql($"select * from evacuations where id = {id} for no key update").ToListAsync(ct)).SingleOrDefault() is not { } evacuation)
            return new NotFound("evacuation");
        if (!may(evacuation))
            return new EvacuationNotThere(evacuation.Subject, evacuation.Status, $"{rule}; this one is {EvacuationWords.Of(evacuation.Status)}.");
        var (before, now) = (evacuation.Status, time.GetUtcNow());
        change(evacuation);
        db.AuditEvents.Add(AuditEvent.Of(actor, action, evacuation.HostId is null ? "evacuation" : "host", evacuation.HostId ?? id, evacuation.Subject, null, new { status = before }, new { status = evacuation.Status }, new { evacuation = id }, now));
        await SaveAsync(db, id, evacuation.HostId, ct);
        await transaction.CommitAsync(ct);
        return (await DetailsAsync(db, actor, id, ct))!;
    }

    static async Task<Result<Evacuation>> BeginAsync(PortalDbContext db, EvacuationSurvey survey, EvacuationKind kind, EvacuationOrder order, Actor actor, DateTimeOffset now, CancellationToken ct)
    {
        var plan = await survey.PlanAsync(db, order.Terms.Limits, ct);
        if (order.Plan is { } seen && seen != plan.Fingerprint)
            return new PlanChanged(survey.Host!.Name);
        var evacuation = Evacuation.Begin(survey.Host!, kind, order, plan, actor, now);
        Add(db, evacuation, survey, plan, now);
        return evacuation;
    }

    internal static void Add(PortalDbContext db, Evacuation evacuation, EvacuationSurvey survey, EvacuationPlan plan, DateTimeOffset now)
    {
        var from = survey.Machines.ToDictionary(m => m.Id, m => m.From);
        db.Evacuations.Add(evacuation);
        db.EvacuationItems.AddRange(plan.Moves.Select((move, n) => EvacuationItem.Turn(evacuation.Id, move, n)));
        // A plan counts every machine at both ends of its move at once. Nobody saw this one of a schedule, so who has no place in it may find one when others have moved.
        db.EvacuationItems.AddRange(plan.Stays.Select((machine, n) => evacuation.Kind == EvacuationKind.Relocate
            ? EvacuationItem.Later(evacuation.Id, machine, from[machine.MachineId], plan.Moves.Count + n)
            : EvacuationItem.Stay(evacuation.Id, machine, from[machine.MachineId], plan.Moves.Count + n, now)));
    }

    static async Task<EvacuationSurvey> SurveyAsync(PortalDbContext db, Host host, EvacuationKind kind, EvacuationOrder order, CancellationToken ct) => kind switch
    {
        EvacuationKind.Empty => await EvacuationSurvey.ToEmptyAsync(db, host, order.Mode, ct),
        EvacuationKind.BringBack => await EvacuationSurvey.ToBringBackAsync(db, host, order.Mode, await EvacuationSurvey.LeftAsync(db, host, ct), ct),
        EvacuationKind.Relocate => throw new InvalidOperationException("What a schedule moves is not maintenance."),
    };

    static async Task SaveAsync(PortalDbContext db, Guid? evacuation, Guid? host, CancellationToken ct)
    {
        await db.SaveChangesAsync(ct);
        if (evacuation is { } id)
            await ChangeNotice.NotifyAsync(db, ChangeKind.Evacuation, id, null, ct);
        if (host is { } about)
            await ChangeNotice.NotifyAsync(db, ChangeKind.Host, about, null, ct);
    }

    internal static async Task<EvacuationUnderWay?> UnderWayAsync(PortalDbContext db, Guid hostId, CancellationToken ct) =>
        await db.Evacuations.AsNoTracking().SingleOrDefaultAsync(e => e.HostId == hostId && e.EndedAt == null, ct) is { } first
            ? new EvacuationUnderWay(first.Id, first.Subject, first.Kind, first.RequestedByName, first.CreatedAt)
            : null;

    static Refusal? Refuse(Actor actor) => actor.RefuseUnless(PlatformRoles.Operator, "put hosts into maintenance or take them back");

    static object InService(Host host) => new { inMaintenance = host.MaintenanceSince is not null };

    static object Detail(Evacuation evacuation, EvacuationOrder order) => new { evacuation = evacuation.Id, order.Terms };
}
