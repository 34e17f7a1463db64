using Microsoft.EntityFrameworkCore;
using Portal.Domain.Accounts;
using Portal.Domain.Projects;

namespace Portal.Domain.Notices;

/// <summary>Finds whom to tell. Whoever did the thing is usually left out by the caller: <c>.Where(id => id != actor.UserId)</c>.</summary>
static class NoticePeople
{
    /// <summary>The owners of a project.</summary>
    public static Task<List<Guid>> OwnersAsync(PortalDbContext db, Guid projectId, CancellationToken ct) =>
        db.ProjectMembers.Where(m => m.ProjectId == projectId && m.Role == ProjectRole.Owner).Select(m => m.UserId).ToListAsync(ct);

    /// <summary>The owners of some projects, by project; one question for a whole sweep.</summary>
    public static async Task<ILookup<Guid, Guid>> OwnersOfAsync(PortalDbContext db, IReadOnlyCollection<Guid> projects, CancellationToken ct) =>
        (await db.ProjectMembers.Where(m => projects.Contains(m.ProjectId) && m.Role == ProjectRole.Owner).Select(m => new { m.ProjectId, m.UserId }).ToListAsync(ct)).ToLookup(m => m.ProjectId, m => m.UserId);

    /// <summary>Everybody who belongs to a project, in whatever role.</summary>
    public static Task<List<Guid>> MembersAsync(PortalDbContext db, Guid projectId, CancellationToken ct) =>
        db.ProjectMembers.Where(m => m.ProjectId == projectId).Select(m => m.UserId).ToListAsync(ct);

    /// <summary>Those who may change things in a project: its owners and members, not its viewers.</summary>
    public static Task<List<Guid>> ActiveMembersAsync(PortalDbContext db, Guid projectId, CancellationToken ct) =>
        db.ProjectMembers.Where(m => m.ProjectId == projectId && m.Role != ProjectRole.Viewer).Select(m => m.UserId).ToListAsync(ct);

    /// <summary>Those of some people who may read what is in a project: who is in it, and who holds a platform role. Who left hears nothing of it any more.</summary>
    public static Task<List<Guid>> WhoReadAsync(PortalDbContext db, Guid projectId, IReadOnlyCollection<Guid> people, CancellationToken ct) =>
        db.ProjectMembers.Where(m => m.ProjectId == projectId && people.Contains(m.UserId)).Select(m => m.UserId)
            .Union(db.UserRoles.Where(held => people.Contains(held.UserId)).Join(db.Roles.Where(r => r.Name != Roles.Member), held => held.RoleId, role => role.Id, (held, _) => held.UserId)).ToListAsync(ct);

    /// <summary>The admins of the platform.</summary>
    public static Task<List<Guid>> AdminsAsync(PortalDbContext db, CancellationToken ct) => HoldersAsync(db, PlatformRoles.Admin, ct);

    /// <summary>Those who hold the role approver itself, not the admins, who could decide too.</summary>
    public static Task<List<Guid>> ApproversAsync(PortalDbContext db, CancellationToken ct) => HoldersAsync(db, PlatformRoles.Approver, ct);

    /// <summary>Those who hold any of some platform roles.</summary>
    public static Task<List<Guid>> HoldersAsync(PortalDbContext db, PlatformRoles roles, CancellationToken ct)
    {
        var names = Roles.NamesOf(roles).ToList();
        return db.UserRoles.Join(db.Roles, held => held.RoleId, role => role.Id, (held, role) => new { held.UserId, role.Name })
            .Where(held => names.Contains(held.Name!)).Select(held => held.UserId).Distinct().ToListAsync(ct);
    }
}
