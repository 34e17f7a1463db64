using Microsoft.EntityFrameworkCore;
using Portal.Domain.Accounts;

namespace Portal.Domain.Projects;

/// <summary>
/// What an actor may see and do in projects, decided once for every service: an admin everything, an owner or member what is in
/// the project, a viewer and whoever holds another platform role reads it, and for anybody else the project and what is in it do not exist.
/// </summary>
public static class ProjectAccess
{
    /// <summary>The identifiers of the projects an actor may see, to put into a query: <c>seen.Contains(x.ProjectId)</c>.</summary>
    public static IQueryable<Guid> ProjectsSeenBy(this PortalDbContext db, Actor actor) => actor.ReadsEverything
        ? db.Projects.Select(p => p.Id)
        : db.ProjectMembers.Where(m => m.UserId == actor.UserId).Select(m => m.ProjectId);

    /// <summary>The actor's role in a project, an admin's being owner; null when there is no such project for this actor.</summary>
    public static async Task<ProjectRole?> RoleInAsync(this PortalDbContext db, Actor actor, Guid projectId, CancellationToken ct)
    {
        if (actor.IsAdmin)
            return await db.Projects.AnyAsync(p => p.Id == projectId, ct) ? ProjectRole.Owner : null;
        var role = await db.ProjectMembers.Where(m => m.ProjectId == projectId && m.UserId == actor.UserId).Select(m => (ProjectRole?)m.Role).SingleOrDefaultAsync(ct);
        return role is null && actor.ReadsEverything && await db.Projects.AnyAsync(p => p.Id == projectId, ct) ? ProjectRole.Viewer : role;
    }

    /// <summary>Null when the actor may change things in the project; otherwise why not.</summary>
    /// <param name="db">The books.</param>
    /// <param name="actor">Who asks.</param>
    /// <param name="projectId">In which project.</param>
    /// <param name="thing">What is said not to exist when the actor may not see the project, e.g. <c>machine</c>.</param>
    /// <param name="action">What a viewer is told, e.g. <c>delete this machine</c>.</param>
    /// <param name="ct">Gives up.</param>
    public static async Task<Refusal?> RefuseUnlessMemberAsync(this PortalDbContext db, Actor actor, Guid projectId, string thing, string action, CancellationToken ct) =>
        RefuseUnlessMember(await db.RoleInAsync(actor, projectId, ct), thing, action);

    /// <summary>Null when a role allows to change things in its project; otherwise why not.</summary>
    internal static Refusal? RefuseUnlessMember(ProjectRole? role, string thing, string action) => role switch
    {
        null => new NotFound(thing),
        ProjectRole.Viewer => new NotAllowed(action, "the role member or owner in this project"),
        _ => null,
    };

    /// <summary>Null when the actor is an admin; otherwise why not.</summary>
    public static Refusal? RefuseUnlessAdmin(this Actor actor, string action) => actor.RefuseUnless(PlatformRoles.Admin, action);

    /// <summary>Null when the actor holds a platform role; otherwise why not. An admin holds every one.</summary>
    public static Refusal? RefuseUnless(this Actor actor, PlatformRoles role, string action) =>
        actor.Holds(role) ? null : new NotAllowed(action, $"the role {Roles.NamesOf(role).Single()}");
}
