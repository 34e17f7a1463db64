using Microsoft.EntityFrameworkCore;
using Portal.Domain.Audit;
using Portal.Domain.Changes;
using Portal.Domain.Machines;
using Portal.Domain.Operations;
using Portal.Domain.Projects;
using Portal.Domain.Scoping;

namespace Portal.Domain.Leases;

/// <summary>Shows leases and their terms, lets admins set terms and owners take the end of a lease back.</summary>
public sealed class LeaseService(IDbContextFactory<PortalDbContext> contexts, TimeProvider time)
{
    /// <summary>A machine's lease; null when there is no such machine for the actor.</summary>
    public async Task<LeaseDetails?> GetAsync(Actor actor, Guid machineId, CancellationToken ct)
    {
        await using var db = await contexts.ForAsync(actor, ct);
        if (await db.Machines.AsNoTracking().SingleOrDefaultAsync(m => m.Id == machineId, ct) is not { } machine)
            return null;
        var terms = await LeaseBook.TermsAsync(db, machine.ProjectId, ct);
        var keep = machine.LeaseStage is LeaseStage.Ending or LeaseStage.Grace
            ? await RefuseUnlessOwnerAsync(db, actor, machine, ct) is { } refusal ? refusal : Keep(machine, terms, time.GetUtcNow())
            : default(Result<DateTimeOffset>?);
        return new LeaseDetails(machineId, new LeaseView(machine.LeaseStage, machine.LeaseEndsAt, machine.GraceUntil, machine.LeaseDays), terms,
            machine.LeaseStartedAt is { } start ? terms.LatestEnd(start) : null, keep is { IsOk: true } yes ? yes.Value : null, keep?.Refusal?.Message,
            await LeaseBook.IsGoingDownAsync(db, machineId, ct));
    }

    /// <summary>
    /// Takes the end of a lease back while the machine is being shut down or kept: it is extended by what the terms give without asking. An order to
    /// shut down that waits is never carried out; one that is under way is called off, and the guest may go off all the same
    /// (<see cref="LeaseDetails.IsGoingDown"/>). The machine stays as it is otherwise and may be started.
    /// </summary>
    /// <returns>The new end, or <see cref="NotFound"/>, <see cref="NotAllowed"/>, <see cref="NoLeaseToExtend"/> or <see cref="LeaseTotalReached"/>.</returns>
    public async Task<Result<DateTimeOffset>> KeepAsync(Actor actor, Guid machineId, CancellationToken ct)
    {
        await using var db = await contexts.ForAsync(actor, ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await Ledger.LockMachineAsync(db, machineId, ct);
        if (await db.Machines.SingleOrDefaultAsync(m => m.Id == machineId, ct) is not { } machine)
            return new NotFound("machine");
        if (await RefuseUnlessOwnerAsync(db, actor, machine, ct) is { } refusal)
            return refusal;
        // Pressed twice: it is kept already.
        if (machine is { LeaseStage: LeaseStage.Running, LeaseEndsAt: { } already })
            return already;
        var now = time.GetUtcNow();
        var end = Keep(machine, await LeaseBook.TermsAsync(db, machine.ProjectId, ct), now);
        if (!end.IsOk)
            return end.Refusal;
        var before = new { end = machine.LeaseEndsAt, stage = machine.LeaseStage };
        machine.ExtendLease(end.Value, now);
        await LeaseBook.CallOffAsync(db, machine, now, ct);
        db.AuditEvents.Add(AuditEvent.Of(actor, "machine.lease-undo", "machine", machine.Id, machine.Name, machine.ProjectId, new { before, after = new { end = machine.LeaseEndsAt, stage = machine.LeaseStage } }, now));
        await db.SaveChangesAsync(ct);
        await ChangeNotice.NotifyAsync(db, ChangeKind.Machine, machine.Id, machine.ProjectId, ct);
        await transaction.CommitAsync(ct);
        return end.Value;
    }

    /// <summary>A project's terms, or with null the platform's.</summary>
    /// <returns>The terms, or <see cref="NotFound"/>, or <see cref="NotAllowed"/> for the platform's.</returns>
    public async Task<Result<LeaseTermsView>> TermsAsync(Actor actor, Guid? projectId, CancellationToken ct)
    {
        await using var db = await contexts.ForAsync(actor, ct);
        return await ReadAsync(db, actor, projectId, ct);
    }

    /// <summary>Sets a project's terms, or with null the platform's.</summary>
    /// <param name="actor">An admin.</param>
    /// <param name="projectId">The project; null for the platform.</param>
    /// <param name="terms">The terms; null: none of its own, it takes over the platform's, and the platform the built-in ones.</param>
    /// <param name="version">The version that was read.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>The terms, or <see cref="NotFound"/>, <see cref="NotAllowed"/>, <see cref="InvalidText"/> or <see cref="ChangedMeanwhile"/>.</returns>
    public async Task<Result<LeaseTermsView>> SetTermsAsync(Actor actor, Guid? projectId, LeaseTerms? terms, uint version, CancellationToken ct)
    {
        await using var db = await contexts.ForAsync(actor, ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        // One change of terms after the other: the version is judged against what is there when this one's turn comes.
        await db.Database.ExecuteSqlAsync($"select pg_advisory_xact_lock(hashtextextended({"lease-terms-" + projectId}, 0))", ct);
        var read = await ReadAsync(db, actor, projectId, ct);
        if (!read.IsOk)
            return read.Refusal;
        var before = read.Value;
        if (actor.RefuseUnlessAdmin("change lease terms") is { } notAdmin)
            return notAdmin;
        if (terms?.Check() is { } wrong)
            return wrong;
        if (before.Version != version)
            return await ChangedAsync(db, before, ct);
        var own = terms?.Tidy();
        await WriteAsync(db, projectId, own, ct);
        await db.SaveChangesAsync(ct);
        var after = await ReadAsync(db, actor, projectId, ct);
        var now = time.GetUtcNow();
        db.AuditEvents.Add(AuditEvent.Of(actor, "lease-terms.change", "lease-terms", projectId ?? Guid.Empty, before.Name, projectId, Told(before), Told(after.Value), null, now));
        await db.SaveChangesAsync(ct);
        // Warnings may be due earlier or later now. Several machines are taken by identifier, as everywhere.
        await db.Database.ExecuteSqlAsync($"""
            update machines set lease_due_at = least(lease_due_at, {now})
            where id in (select id from machines where lease_stage = 'Running' and lease_due_at is not null and ({projectId}::uuid is null or project_id = {projectId}) order by id for no key update)
            """, ct);
        await ChangeNotice.NotifyAsync(db, ChangeKind.Project, projectId ?? Guid.Empty, projectId, ct);
        await transaction.CommitAsync(ct);
        return after;
    }

    /// <summary>What holds, whoever set it: terms of its own that say what the platform's said change nothing but whose they are.</summary>
    static object Told(LeaseTermsView view) => new { own = view.IsOwn, view.Terms.DefaultDays, view.Terms.MostDays, view.Terms.TotalDays, view.Terms.WarnDays, view.Terms.GraceDays, view.Terms.ForEver };

    static async Task WriteAsync(PortalDbContext db, Guid? projectId, LeaseTerms? own, CancellationToken ct)
    {
        if (projectId is { } id)
        {
            var row = await db.ProjectLeases.SingleOrDefaultAsync(l => l.ProjectId == id, ct);
            if (own is null && row is not null)
                db.Remove(row);
            else if (own is not null && row is null)
                db.Add(ProjectLease.Create(id, own));
            else if (own is not null)
                row!.Set(own);
            return;
        }

        var platform = await db.LeaseSettings.SingleOrDefaultAsync(ct);
        if (own is null && platform is not null)
            db.Remove(platform);
        else if (own is not null && platform is null)
            db.Add(LeaseSettings.Create(own));
        else if (own is not null)
            platform!.Set(own);
    }

    static async Task<Result<LeaseTermsView>> ReadAsync(PortalDbContext db, Actor actor, Guid? projectId, CancellationToken ct)
    {
        if (projectId is not { } id)
        {
            if (!actor.ReadsEverything)
                return new NotAllowed("see the platform's lease terms", "a platform role");
            var settings = await db.LeaseSettings.AsNoTracking().SingleOrDefaultAsync(ct);
            return new LeaseTermsView(null, "the platform", settings?.Terms ?? LeaseTerms.BuiltIn, settings is not null, settings?.Version ?? 0, actor.IsAdmin);
        }

        if (await db.Projects.Where(p => p.Id == id).Select(p => p.Name).SingleOrDefaultAsync(ct) is not { } name)
            return new NotFound("project");
        var own = await db.ProjectLeases.AsNoTracking().SingleOrDefaultAsync(l => l.ProjectId == id, ct);
        return new LeaseTermsView(id, name, own?.Terms ?? await LeaseBook.PlatformAsync(db, ct), own is not null, own?.Version ?? 0, actor.IsAdmin);
    }

    static async Task<ChangedMeanwhile> ChangedAsync(PortalDbContext db, LeaseTermsView now, CancellationToken ct)
    {
        var subject = now.ProjectId ?? Guid.Empty;
        var last = await db.AuditEvents.Where(e => e.SubjectId == subject && e.Action == "lease-terms.change").OrderByDescending(e => e.At).FirstOrDefaultAsync(ct);
        var terms = now.Terms;
        return new ChangedMeanwhile($"The lease terms of {now.Name}", last?.ActorName, last?.At ?? DateTimeOffset.UnixEpoch,
            $"Now: {(now.IsOwn ? "" : "no terms of its own; ")}usual length {(terms.DefaultDays is { } usual ? $"{usual} days" : "for ever")}, at most {terms.MostDays} days, {(terms.TotalDays is { } total ? $"{total} days in all" : "no limit in all")}, warned {string.Join(", ", terms.WarnDays)} days ahead, {terms.GraceDays} days of grace.");
    }

    static async Task<Refusal?> RefuseUnlessOwnerAsync(PortalDbContext db, Actor actor, Machine machine, CancellationToken ct) => await db.RoleInAsync(actor, machine.ProjectId, ct) switch
    {
        null => new NotFound("machine"),
        ProjectRole.Owner => null,
        _ => new NotAllowed("take the end of a lease back", "the role owner in this project; others ask for an extension"),
    };

    /// <summary>The end that is given without asking: by the usual length, and not past the total.</summary>
    static Result<DateTimeOffset> Keep(Machine machine, LeaseTerms terms, DateTimeOffset now)
    {
        if (machine.LeaseStage is not (LeaseStage.Ending or LeaseStage.Grace))
            return new NoLeaseToExtend(machine.Name, machine.LeaseStage == LeaseStage.Over ? "its days of grace are over and it is being deleted." : "it has not ended.");
        var days = Math.Min(terms.DefaultDays ?? terms.MostDays, terms.MostDays);
        if (terms.LatestEnd(machine.LeaseStartedAt!.Value) is { } latest && now.AddDays(days) > latest)
            return latest > now ? latest : new LeaseTotalReached(machine.Name, terms.TotalDays!.Value, latest);
        return LeaseBook.NewEnd(machine, terms, days, now);
    }
}
