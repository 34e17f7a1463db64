using Microsoft.EntityFrameworkCore;
using Portal.Domain.Accounts;
using Portal.Domain.Scoping;

namespace Portal.Domain.Projects;

/// <summary>
/// What an actor may do in projects, decided once for every service: an admin everything, an owner or member what is in the project,
/// a viewer and whoever holds another platform role reads it, and for anybody else the project and what is in it do not exist.
/// What an actor sees is <see cref="Scopes.ForAsync"/>'s to say.
/// </summary>
public static class ProjectAccess
{
    /// <summary>The actor's role in a project, an admin's being owner; null when there is no such project for this actor.</summary>
    public static async Task<ProjectRole?> RoleInAsync(this PortalDbContext db, Actor actor, Guid projectId, CancellationToken ct) =>
        (await db.PlaceInAsync(actor, projectId, ct))?.Role;

    /// <summary>Null when the actor may change things in the project; otherwise why not.</summary>
    /// <param name="db">The books.</param>
    /// <param name="actor">Who asks.</param>
    /// <param name="projectId">In which project.</param>
    /// <param name="thing">What is said not to exist when the actor may not see the project, e.g. <c>machine</c>.</param>
    /// <param name="action">What a viewer is told, e.g. <c>delete this machine</c>.</param>
    /// <param name="ct">Gives up.</param>
    public static async Task<Refusal?> RefuseUnlessMemberAsync(this PortalDbContext db, Actor actor, Guid projectId, string thing, string action, CancellationToken ct) =>
        RefuseUnlessMember(await db.PlaceInAsync(actor, projectId, ct), thing, action);

    /// <summary>Null when a place in a project allows to change things in it; otherwise why not.</summary>
    internal static Refusal? RefuseUnlessMember(Place? place, string thing, string action) => place switch
    {
        null => new NotFound(thing),
        { Role: ProjectRole.Viewer } => new NotAllowed(action, "the role member or owner in this project"),
        { IsArchived: true, ProjectName: var name } => new ProjectArchived(name),
        _ => null,
    };

    /// <summary>Null when the actor looks after the project: one of its owners, or an admin; otherwise why not.</summary>
    public static async Task<Refusal?> RefuseUnlessOwnerAsync(this PortalDbContext db, Actor actor, Guid projectId, string thing, string action, CancellationToken ct) =>
        await db.RoleInAsync(actor, projectId, ct) switch
        {
            null => new NotFound(thing),
            ProjectRole.Owner => null,
            _ => new NotAllowed(action, "the role owner in this project"),
        };

    /// <summary>
    /// Keeps the project from being archived until the caller's transaction ends; whoever asks for something in it takes this before
    /// looking whether it is archived. Nobody else who asks waits for it.
    /// </summary>
    internal static Task KeepOpenAsync(this PortalDbContext db, Guid projectId, CancellationToken ct) =>
        db.Database.ExecuteSqlAsync($"select 1 from projects where id = {projectId} for key share", ct);

    /// <summary>Null when the actor is an admin; otherwise why not.</summary>
    public static Refusal? RefuseUnlessAdmin(this Actor actor, string action) => actor.RefuseUnless(PlatformRoles.Admin, action);

    /// <summary>Null when the actor holds a platform role; otherwise why not. An admin holds every one.</summary>
    public static Refusal? RefuseUnless(this Actor actor, PlatformRoles role, string action) =>
        actor.Holds(role) ? null : new NotAllowed(action, $"the role {Roles.NamesOf(role).Single()}");

    internal static async Task<Place?> PlaceInAsync(this PortalDbContext db, Actor actor, Guid projectId, CancellationToken ct)
    {
        var found = await db.Projects.IgnoreQueryFilters([Scopes.Filter]).Where(p => p.Id == projectId).Select(p => new
        {
            p.Name,
            p.ArchivedAt,
            Role = db.ProjectMembers.Where(m => m.ProjectId == p.Id && m.UserId == actor.UserId).Select(m => (ProjectRole?)m.Role).SingleOrDefault(),
        }).SingleOrDefaultAsync(ct);
        if (found is null)
            return null;
        ProjectRole? role = actor.IsAdmin ? ProjectRole.Owner : found.Role ?? (actor.ReadsEverything ? ProjectRole.Viewer : null);
        return role is null ? null : new Place(role.Value, found.Name, found.ArchivedAt is not null);
    }

    /// <summary>What an actor is in a project, and what the project is.</summary>
    internal sealed record Place(ProjectRole Role, string ProjectName, bool IsArchived);
}
