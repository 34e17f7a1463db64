using Microsoft.EntityFrameworkCore;

namespace Portal.Domain.Projects;

/// <summary>A project as its people see it.</summary>
/// <param name="Id">Identifier.</param>
/// <param name="Name">Name.</param>
/// <param name="Role">The actor's role in it; an admin's is owner.</param>
/// <param name="Machines">Machines in it that are made and not deleted.</param>
/// <param name="Waiting">Requests that wait for a decision.</param>
public sealed record ProjectView(Guid Id, string Name, ProjectRole Role, int Machines, int Waiting)
{
    /// <summary>Whether the actor may ask for machines and work with them, and not only read.</summary>
    public bool MayAct => Role != ProjectRole.Viewer;
}

/// <summary>Projects.</summary>
public sealed class ProjectService(IDbContextFactory<PortalDbContext> contexts)
{
    /// <summary>The projects an actor may see, by name.</summary>
    public async Task<IReadOnlyList<ProjectView>> ListMineAsync(Actor actor, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var seen = db.ProjectsSeenBy(actor);
        var rows = await db.Projects.Where(p => seen.Contains(p.Id)).OrderBy(p => p.Name).Select(p => new
        {
            p.Id,
            p.Name,
            Role = db.ProjectMembers.Where(m => m.ProjectId == p.Id && m.UserId == actor.UserId).Select(m => (ProjectRole?)m.Role).SingleOrDefault(),
            Machines = db.Machines.Count(m => m.ProjectId == p.Id && m.State != Domain.Machines.MachineState.Waiting && m.State != Domain.Machines.MachineState.Deleted),
            Waiting = db.Requests.Count(r => r.ProjectId == p.Id && r.Status == Domain.Requests.RequestStatus.Waiting),
        }).ToListAsync(ct);
        return rows.ConvertAll(p => new ProjectView(p.Id, p.Name, actor.IsAdmin ? ProjectRole.Owner : p.Role ?? ProjectRole.Viewer, p.Machines, p.Waiting));
    }
}
