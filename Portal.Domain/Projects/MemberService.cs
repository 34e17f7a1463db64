using Microsoft.EntityFrameworkCore;
using Portal.Domain.Accounts;
using Portal.Domain.Audit;
using Portal.Domain.Changes;
using Portal.Domain.Machines;
using Portal.Domain.Requests;
using Portal.Domain.Scoping;

namespace Portal.Domain.Projects;

/// <summary>Who belongs to a project. Its owners say so, and admins.</summary>
public sealed class MemberService(IDbContextFactory<PortalDbContext> contexts, TimeProvider time)
{
    const int MostCandidates = 8;

    /// <summary>Everybody in a project, owners first; null when the actor may not see it.</summary>
    public async Task<IReadOnlyList<MemberRow>?> ListAsync(Actor actor, Guid projectId, CancellationToken ct)
    {
        await using var db = await contexts.ForAsync(actor, ct);
        if (await db.RoleInAsync(actor, projectId, ct) is null)
            return null;
        var rows = await RowsAsync(db, projectId, null, ct);
        return [.. rows.OrderBy(m => m.Role).ThenBy(m => m.Name, StringComparer.OrdinalIgnoreCase).ThenBy(m => m.UserId)];
    }

    /// <summary>People who could be added, by name: open accounts that are not in the project yet. Only who may add somebody is told.</summary>
    public async Task<IReadOnlyList<PersonView>> CandidatesAsync(Actor actor, Guid projectId, string text, CancellationToken ct)
    {
        if (new ListQuery(text).LikePattern is not { } like)
            return [];
        await using var db = await contexts.CreateDbContextAsync(ct);
        if (await db.RefuseUnlessOwnerAsync(actor, projectId, "project", "add people to this project", ct) is not null)
            return [];
        return await db.Users.Where(u => u.DisabledAt == null && !db.ProjectMembers.Any(m => m.ProjectId == projectId && m.UserId == u.Id))
            .Where(u => EF.Functions.ILike(u.DisplayName, like, @"\") || EF.Functions.ILike(u.UserName ?? "", like, @"\"))
            .OrderBy(u => u.DisplayName).ThenBy(u => u.Id).Take(MostCandidates)
            .Select(u => new PersonView(u.Id, User.NameOf(u.DisplayName, u.UserName), u.UserName ?? "")).ToListAsync(ct);
    }

    /// <summary>Adds a person.</summary>
    /// <returns>The member, or <see cref="NotFound"/>, <see cref="NotAllowed"/>, <see cref="MemberAlready"/>, <see cref="AccountDisabled"/>.</returns>
    public Task<Result<MemberRow>> AddAsync(Actor actor, Guid projectId, Guid userId, ProjectRole role, CancellationToken ct) => ChangeAsync<MemberRow>(actor, projectId, userId, "add people to this project", async db =>
    {
        if (await RefuseAsync(db, userId, ct) is { } nobody)
            return nobody;
        if (await RowsAsync(db, projectId, userId, ct) is [var there])
            return new MemberAlready(there.Name, there.Role);
        db.Add(ProjectMember.Create(projectId, userId, role));
        await db.SaveChangesAsync(ct);
        var row = (await RowsAsync(db, projectId, userId, ct)).Single();
        db.Add(Event(actor, "member.add", projectId, row, new { after = new { role } }));
        return row;
    }, ct);

    /// <summary>Gives a member another role.</summary>
    /// <param name="actor">An owner of the project, or an admin.</param>
    /// <param name="projectId">The project.</param>
    /// <param name="userId">The member.</param>
    /// <param name="role">The new role.</param>
    /// <param name="version">The row's version as the page showed it.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>The member, or <see cref="NotFound"/>, <see cref="NotAllowed"/>, <see cref="LastOwner"/>, <see cref="ChangedMeanwhile"/>.</returns>
    public Task<Result<MemberRow>> ChangeRoleAsync(Actor actor, Guid projectId, Guid userId, ProjectRole role, uint version, CancellationToken ct) =>
        ChangeAsync<MemberRow>(actor, projectId, userId, "change roles in this project", async db =>
        {
            var found = await FindAsync(db, projectId, userId, version, ct);
            if (!found.IsOk)
                return found.Refusal;
            var before = found.Value;
            if (before.Role == role)
                return before;
            if (before.Role == ProjectRole.Owner && await IsLastOwnerAsync(db, projectId, userId, ct))
                return new LastOwner(before.Name);
            (await db.ProjectMembers.SingleAsync(m => m.ProjectId == projectId && m.UserId == userId, ct)).Become(role);
            await db.SaveChangesAsync(ct);
            db.Add(Event(actor, "member.role", projectId, before, new { before = new { before.Role }, after = new { role } }));
            return (await RowsAsync(db, projectId, userId, ct)).Single();
        }, ct);

    /// <summary>Takes a person out of a project. What they made stays, and is looked after by its owners.</summary>
    /// <param name="actor">An owner of the project, or an admin.</param>
    /// <param name="projectId">The project.</param>
    /// <param name="userId">The member.</param>
    /// <param name="version">The row's version as the page showed it.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>What stays, or <see cref="NotFound"/>, <see cref="NotAllowed"/>, <see cref="LastOwner"/>, <see cref="ChangedMeanwhile"/>.</returns>
    public Task<Result<MemberLeft>> RemoveAsync(Actor actor, Guid projectId, Guid userId, uint version, CancellationToken ct) =>
        ChangeAsync<MemberLeft>(actor, projectId, userId, "take people out of this project", async db =>
        {
            var found = await FindAsync(db, projectId, userId, version, ct);
            if (!found.IsOk)
                return found.Refusal;
            var member = found.Value;
            if (member.Role == ProjectRole.Owner && await IsLastOwnerAsync(db, projectId, userId, ct))
                return new LastOwner(member.Name);
            await db.ProjectMembers.Where(m => m.ProjectId == projectId && m.UserId == userId).ExecuteDeleteAsync(ct);
            db.Add(Event(actor, "member.remove", projectId, member, new { before = new { member.Role }, member.Machines, member.Waiting }));
            var owners = (await RowsAsync(db, projectId, null, ct)).Where(m => m is { Role: ProjectRole.Owner, IsDisabled: false }).Select(m => m.Name).Order(StringComparer.OrdinalIgnoreCase);
            return new MemberLeft(member.Name, member.Machines, member.Waiting, [.. owners]);
        }, ct);

    /// <summary>Why a person can be given no place in a project, or null.</summary>
    internal static async Task<Refusal?> RefuseAsync(PortalDbContext db, Guid userId, CancellationToken ct) =>
        await db.Users.Where(u => u.Id == userId).Select(u => new { u.DisplayName, u.UserName, u.DisabledAt }).SingleOrDefaultAsync(ct) switch
        {
            null => new NotFound("person"),
            { DisabledAt: not null } shut => new AccountDisabled(User.NameOf(shut.DisplayName, shut.UserName)),
            _ => null,
        };

    /// <summary>One change to a project's people at a time: two owners who take each other out at once would leave it with none.</summary>
    async Task<Result<T>> ChangeAsync<T>(Actor actor, Guid projectId, Guid userId, string action, Func<PortalDbContext, Task<Result<T>>> change, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await db.Database.ExecuteSqlAsync($"select 1 from projects where id = {projectId} for no key update", ct);
        if (await db.RefuseUnlessOwnerAsync(actor, projectId, "project", action, ct) is { } refusal)
            return refusal;
        var result = await change(db);
        if (!result.IsOk)
            return result;
        await db.SaveChangesAsync(ct);
        await ChangeNotice.NotifyAsync(db, ChangeKind.Project, projectId, projectId, ct);
        await ChangeNotice.NotifyAsync(db, ChangeKind.Account, userId, projectId, ct);
        await transaction.CommitAsync(ct);
        return result;
    }

    async Task<Result<MemberRow>> FindAsync(PortalDbContext db, Guid projectId, Guid userId, uint version, CancellationToken ct)
    {
        if (await RowsAsync(db, projectId, userId, ct) is not [var member])
            return new NotFound("member");
        return member.Version == version ? member
            : await ChangedMeanwhile.ExplainAsync(db, $"The role of {member.Name}", userId, projectId, $"{member.Name} is {MemberWords.Of(member.Role)} now.", time.GetUtcNow(), ct);
    }

    AuditEvent Event(Actor actor, string action, Guid projectId, MemberRow member, object detail) =>
        AuditEvent.Of(actor, action, "member", member.UserId, member.Name, projectId, detail, time.GetUtcNow());

    static async Task<bool> IsLastOwnerAsync(PortalDbContext db, Guid projectId, Guid userId, CancellationToken ct) =>
        !await db.ProjectMembers.AnyAsync(m => m.ProjectId == projectId && m.UserId != userId && m.Role == ProjectRole.Owner, ct);

    static async Task<List<MemberRow>> RowsAsync(PortalDbContext db, Guid projectId, Guid? userId, CancellationToken ct) =>
        await db.ProjectMembers.AsNoTracking().Where(m => m.ProjectId == projectId && (userId == null || m.UserId == userId))
            .Join(db.Users, m => m.UserId, u => u.Id, (m, u) => new MemberRow(u.Id, User.NameOf(u.DisplayName, u.UserName), u.UserName ?? "", m.Role,
                db.Machines.Count(x => x.ProjectId == projectId && x.CreatedBy == u.Id && x.State != MachineState.Waiting && x.State != MachineState.Deleted),
                db.Requests.Count(r => r.ProjectId == projectId && r.RequesterId == u.Id && r.Status == RequestStatus.Waiting), u.DisabledAt != null, m.Version)).ToListAsync(ct);
}
