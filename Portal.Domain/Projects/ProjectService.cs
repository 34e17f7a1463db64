using Microsoft.EntityFrameworkCore;
using Portal.Domain.Machines;
using Portal.Domain.Requests;
using Portal.Domain.Scoping;

namespace Portal.Domain.Projects;

/// <summary>Shows projects to those who may see them.</summary>
public sealed class ProjectService(IDbContextFactory<PortalDbContext> contexts)
{
    const int MostOwnersNamed = 3;

    /// <summary>The projects in use that an actor may see, by name.</summary>
    public async Task<IReadOnlyList<ProjectView>> ListMineAsync(Actor actor, CancellationToken ct)
    {
        await using var db = await contexts.ForAsync(actor, ct);
        var rows = await db.Projects.Where(p => p.ArchivedAt == null).OrderBy(p => p.Name).Select(p => new
        {
            p.Id,
            p.Name,
            Role = db.ProjectMembers.Where(m => m.ProjectId == p.Id && m.UserId == actor.UserId).Select(m => (ProjectRole?)m.Role).SingleOrDefault(),
            Machines = db.Machines.Count(m => m.ProjectId == p.Id && m.State != MachineState.Waiting && m.State != MachineState.Deleted),
        }).ToListAsync(ct);
        var ids = rows.ConvertAll(p => p.Id);
        // Counted for all projects at once: one by one would look through every request that each ever had.
        var waiting = await db.Requests.Where(r => r.Status == RequestStatus.Waiting && ids.Contains(r.ProjectId)).GroupBy(r => r.ProjectId).Select(g => new { g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Key, g => g.Count, ct);
        return rows.ConvertAll(p => new ProjectView(p.Id, p.Name, RoleOf(actor, p.Role), p.Machines, waiting.GetValueOrDefault(p.Id)));
    }

    /// <summary>
    /// Projects the actor may see, by name; archived ones only when <c>state</c> says so. Sorts: <c>name members machines waiting created</c>.
    /// Filters: <c>state</c> (<c>active</c>, <c>archived</c>, <c>all</c>), <c>role</c> (names, commas between: the actor's own membership). Search looks at
    /// the name and at the names of the owners.
    /// </summary>
    public async Task<Page<ProjectRow>> ListAsync(Actor actor, ListQuery query, CancellationToken ct)
    {
        await using var db = await contexts.ForAsync(actor, ct);
        var projects = query.Filter("state") switch
        {
            "archived" => db.Projects.Where(p => p.ArchivedAt != null),
            "all" => db.Projects,
            _ => db.Projects.Where(p => p.ArchivedAt == null),
        };
        if (query.EnumFilter<ProjectRole>("role") is { } roles)
            projects = projects.Where(p => db.ProjectMembers.Any(m => m.ProjectId == p.Id && m.UserId == actor.UserId && roles.Contains(m.Role)));
        if (query.LikePattern is { } like)
        {
            projects = projects.Where(p => EF.Functions.ILike(p.Name, like, @"\")
                || db.ProjectMembers.Any(m => m.ProjectId == p.Id && m.Role == ProjectRole.Owner && db.Users.Any(u => u.Id == m.UserId && EF.Functions.ILike(u.DisplayName, like, @"\"))));
        }
        var sorted = query.SortField switch
        {
            "members" => projects.SortBy(p => db.ProjectMembers.Count(m => m.ProjectId == p.Id), query.Descending),
            "machines" => projects.SortBy(p => db.Machines.Count(m => m.ProjectId == p.Id && m.State != MachineState.Waiting && m.State != MachineState.Deleted), query.Descending),
            "waiting" => projects.SortBy(p => db.Requests.Count(r => r.ProjectId == p.Id && r.Status == RequestStatus.Waiting), query.Descending),
            "created" => projects.SortBy(p => p.CreatedAt, query.Descending),
            _ => projects.SortBy(p => p.Name, query.SortField == "name" && query.Descending),
        };
        var total = await projects.CountAsync(ct);
        return new Page<ProjectRow>(await RowsAsync(db, actor, sorted.ThenBy(p => p.Id).Skip(query.SafeSkip).Take(query.SafeTake), ct), total);
    }

    /// <summary>One project, and what the actor may do with it; null when there is none the actor may see.</summary>
    public async Task<ProjectDetails?> GetAsync(Actor actor, Guid id, CancellationToken ct)
    {
        await using var db = await contexts.ForAsync(actor, ct);
        return await DetailsAsync(db, actor, id, ct);
    }

    internal static async Task<ProjectDetails?> DetailsAsync(PortalDbContext db, Actor actor, Guid id, CancellationToken ct)
    {
        if ((await RowsAsync(db, actor, db.Projects.Where(p => p.Id == id), ct)).SingleOrDefault() is not { } row)
            return null;
        var emptiness = await RefuseUnlessEmptyAsync(db, id, row.Name, ct);
        return new ProjectDetails(row, row.Role == ProjectRole.Owner, actor.IsAdmin, emptiness?.Message);
    }

    internal static async Task<ProjectNotEmpty?> RefuseUnlessEmptyAsync(PortalDbContext db, Guid id, string name, CancellationToken ct)
    {
        var machines = await db.Machines.CountAsync(m => m.ProjectId == id && m.State != MachineState.Waiting && m.State != MachineState.Deleted, ct);
        var waiting = await db.Requests.CountAsync(r => r.ProjectId == id && r.Status == RequestStatus.Waiting, ct);
        return machines + waiting == 0 ? null : new ProjectNotEmpty(name, machines, waiting);
    }

    static async Task<IReadOnlyList<ProjectRow>> RowsAsync(PortalDbContext db, Actor actor, IQueryable<Project> projects, CancellationToken ct)
    {
        var rows = await projects.AsNoTracking().Select(p => new
        {
            Project = p,
            Role = db.ProjectMembers.Where(m => m.ProjectId == p.Id && m.UserId == actor.UserId).Select(m => (ProjectRole?)m.Role).SingleOrDefault(),
            Owners = db.ProjectMembers.Where(m => m.ProjectId == p.Id && m.Role == ProjectRole.Owner)
                .Join(db.Users, m => m.UserId, u => u.Id, (_, u) => Accounts.User.NameOf(u.DisplayName, u.UserName)).OrderBy(name => name).Take(MostOwnersNamed).ToList(),
            Members = db.ProjectMembers.Count(m => m.ProjectId == p.Id),
            Machines = db.Machines.Count(m => m.ProjectId == p.Id && m.State != MachineState.Waiting && m.State != MachineState.Deleted),
            Waiting = db.Requests.Count(r => r.ProjectId == p.Id && r.Status == RequestStatus.Waiting),
        }).ToListAsync(ct);
        return rows.ConvertAll(r => new ProjectRow(r.Project.Id, r.Project.Name, RoleOf(actor, r.Role), r.Owners, r.Members, r.Machines, r.Waiting, r.Project.CreatedAt, r.Project.ArchivedAt, r.Project.Version));
    }

    static ProjectRole RoleOf(Actor actor, ProjectRole? membership) => actor.IsAdmin ? ProjectRole.Owner : membership ?? ProjectRole.Viewer;
}
