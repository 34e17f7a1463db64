using Microsoft.EntityFrameworkCore;
using Portal.Domain.Audit;
using Portal.Domain.Changes;
using Portal.Domain.Machines;
using Portal.Domain.Operations;
using Portal.Domain.Projects;
using Portal.Domain.Scoping;

namespace Portal.Domain.Migrations;

/// <summary>An objective as its card shows it.</summary>
/// <param name="Own">What was set here; null: nothing.</param>
/// <param name="Standing">What counts for moves; null: nothing does.</param>
/// <param name="MayEdit">Whether the actor may set it.</param>
public sealed record ObjectiveView(Objective? Own, StandingObjective? Standing, bool MayEdit);

/// <summary>Shows and sets what users may at most notice of moves: a machine's by those who work with it, a project's by its owners.</summary>
public sealed class ObjectiveService(IDbContextFactory<PortalDbContext> contexts, TimeProvider time)
{
    /// <summary>A machine's objective; null when there is no such machine for the actor.</summary>
    public async Task<ObjectiveView?> OfMachineAsync(Actor actor, Guid machineId, CancellationToken ct)
    {
        await using var db = await contexts.ForAsync(actor, ct);
        if (await db.Machines.AsNoTracking().SingleOrDefaultAsync(m => m.Id == machineId, ct) is not { } machine)
            return null;
        var mayEdit = machine.State is not (MachineState.Deleting or MachineState.Deleted) && await RefuseAsync(db, actor, machine.ProjectId, ct) is null;
        return new ObjectiveView(machine.Objective, await MoveOutlook.StandingAsync(db, machine, ct), mayEdit);
    }

    /// <summary>A project's objective; null when there is no such project for the actor.</summary>
    public async Task<ObjectiveView?> OfProjectAsync(Actor actor, Guid projectId, CancellationToken ct)
    {
        await using var db = await contexts.ForAsync(actor, ct);
        if (await db.Projects.AsNoTracking().SingleOrDefaultAsync(p => p.Id == projectId, ct) is not { } project)
            return null;
        var own = Objective.Of(project.ObjectiveMs, project.ObjectivePings);
        var mayEdit = project.ArchivedAt is null && await db.RefuseUnlessOwnerAsync(actor, projectId, "project", "set this project's objective", ct) is null;
        return new ObjectiveView(own, own is null ? null : new StandingObjective(own, ObjectiveSource.Project), mayEdit);
    }

    /// <summary>Sets a machine's own objective; null takes it off, and its project's counts. For its project's owners and members, and operators. Again is fine.</summary>
    /// <returns>How it is now, <see cref="NotFound"/>, <see cref="NotAllowed"/>, <see cref="WrongState"/> or <see cref="InvalidText"/>.</returns>
    public async Task<Result<ObjectiveView>> SetForMachineAsync(Actor actor, Guid machineId, double? blackoutMs, int? lostPings, CancellationToken ct)
    {
        if (Objective.Refuse(blackoutMs, lostPings) is { } senseless)
            return senseless;
        await using var db = await contexts.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await Ledger.LockMachineAsync(db, machineId, ct);
        if (await db.Machines.SingleOrDefaultAsync(m => m.Id == machineId, ct) is not { } machine || await db.RoleInAsync(actor, machine.ProjectId, ct) is null)
            return new NotFound("machine");
        if (await RefuseAsync(db, actor, machine.ProjectId, ct) is { } refusal)
            return refusal;
        if (machine.State is MachineState.Deleting or MachineState.Deleted)
            return new WrongState(machine.Name, machine.State, $"{machine.Name} is deleted and is moved no more.", "Ask for a new machine.");
        var (before, after) = (machine.Objective, Objective.Of(blackoutMs, lostPings));
        if (before != after)
        {
            machine.Promise(after);
            db.AuditEvents.Add(AuditEvent.Of(actor, "machine.objective", "machine", machine.Id, machine.Name, machine.ProjectId, new { before = Told(before), after = Told(after) }, time.GetUtcNow()));
            await db.SaveChangesAsync(ct);
            await ChangeNotice.NotifyAsync(db, ChangeKind.Machine, machine.Id, machine.ProjectId, ct);
        }
        var view = new ObjectiveView(after, await MoveOutlook.StandingAsync(db, machine, ct), MayEdit: true);
        await transaction.CommitAsync(ct);
        return view;
    }

    /// <summary>Sets the objective of a project's machines that have none of their own; null takes it off. For its owners and admins. Again is fine.</summary>
    /// <returns>How it is now, <see cref="NotFound"/>, <see cref="NotAllowed"/>, <see cref="ProjectArchived"/> or <see cref="InvalidText"/>.</returns>
    public async Task<Result<ObjectiveView>> SetForProjectAsync(Actor actor, Guid projectId, double? blackoutMs, int? lostPings, CancellationToken ct)
    {
        if (Objective.Refuse(blackoutMs, lostPings) is { } senseless)
            return senseless;
        await using var db = await contexts.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await db.Database.ExecuteSqlAsync($"select 1 from projects where id = {projectId} for update", ct);
        if (await db.RefuseUnlessOwnerAsync(actor, projectId, "project", "set this project's objective", ct) is { } refusal)
            return refusal;
        var project = await db.Projects.SingleAsync(p => p.Id == projectId, ct);
        if (project.ArchivedAt is not null)
            return new ProjectArchived(project.Name);
        var (before, after) = (Objective.Of(project.ObjectiveMs, project.ObjectivePings), Objective.Of(blackoutMs, lostPings));
        if (before != after)
        {
            project.Promise(after);
            db.AuditEvents.Add(AuditEvent.Of(actor, "project.objective", "project", projectId, project.Name, projectId, new { before = Told(before), after = Told(after) }, time.GetUtcNow()));
            await db.SaveChangesAsync(ct);
            await ChangeNotice.NotifyAsync(db, ChangeKind.Project, projectId, projectId, ct);
        }
        await transaction.CommitAsync(ct);
        return new ObjectiveView(after, after is null ? null : new StandingObjective(after, ObjectiveSource.Project), MayEdit: true);
    }

    static async Task<Refusal?> RefuseAsync(PortalDbContext db, Actor actor, Guid projectId, CancellationToken ct) =>
        actor.IsOperator || await db.RoleInAsync(actor, projectId, ct) is ProjectRole.Owner or ProjectRole.Member
            ? null
            : new NotAllowed("set this machine's objective", "the role member or owner in this project, or operator");

    static object Told(Objective? objective) => new { objectiveMs = objective?.BlackoutMs, objectivePings = objective?.LostPings };
}
