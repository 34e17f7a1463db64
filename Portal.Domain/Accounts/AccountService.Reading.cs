using Microsoft.EntityFrameworkCore;
using Portal.Domain.Projects;

namespace Portal.Domain.Accounts;

/// <content>The list of accounts.</content>
public sealed partial class AccountService
{
    /// <summary>
    /// Accounts by name. Sorts: <c>name username email projects seen</c>. Filters: <c>role</c> (names, commas between; <c>none</c>: no platform role), <c>state</c>
    /// (<c>enabled</c>, <c>disabled</c>). Search looks at names and address. For admins.
    /// </summary>
    public async Task<Result<Page<AccountRow>>> ListAsync(Actor actor, ListQuery query, CancellationToken ct)
    {
        if (actor.RefuseUnlessAdmin("look at accounts") is { } refusal)
            return refusal;
        await using var db = await contexts.CreateDbContextAsync(ct);
        var users = db.Users.AsNoTracking();
        if (query.LikePattern is { } like)
            users = users.Where(u => EF.Functions.ILike(u.DisplayName, like, @"\") || EF.Functions.ILike(u.UserName ?? "", like, @"\") || EF.Functions.ILike(u.Email ?? "", like, @"\"));
        users = query.Filter("state") switch
        {
            "enabled" => users.Where(u => u.DisabledAt == null),
            "disabled" => users.Where(u => u.DisabledAt != null),
            _ => users,
        };
        if (query.Filter("role") is { } wanted)
        {
            var names = wanted.Split(',', StringSplitOptions.TrimEntries).Select(name => name.ToUpperInvariant()).ToList();
            var known = Roles.All.Select(role => role.Name.ToUpperInvariant()).ToList();
            var none = names.Contains("NONE");
            users = users.Where(u => db.UserRoles.Any(held => held.UserId == u.Id && db.Roles.Any(r => r.Id == held.RoleId && names.Contains(r.NormalizedName!) && known.Contains(r.NormalizedName!)))
                || (none && !db.UserRoles.Any(held => held.UserId == u.Id && db.Roles.Any(r => r.Id == held.RoleId && known.Contains(r.NormalizedName!)))));
        }
        var sorted = query.SortField switch
        {
            "username" => users.SortBy(u => u.UserName, query.Descending),
            "email" => users.SortBy(u => u.Email, query.Descending),
            "projects" => users.SortBy(u => db.ProjectMembers.Count(m => m.UserId == u.Id), query.Descending),
            "seen" => users.SortBy(u => db.Set<SignInSession>().Where(s => s.UserId == u.Id).Max(s => (DateTimeOffset?)s.LastSeenAt) ?? DateTimeOffset.MinValue, query.Descending),
            _ => users.SortBy(u => u.DisplayName, query.SortField == "name" && query.Descending),
        };
        var total = await users.CountAsync(ct);
        return new Page<AccountRow>(await RowsAsync(db, sorted.ThenBy(u => u.Id).Skip(query.SafeSkip).Take(query.SafeTake), ct), total);
    }

    /// <summary>One account. For admins.</summary>
    public async Task<Result<AccountRow>> GetAsync(Actor actor, Guid id, CancellationToken ct)
    {
        if (actor.RefuseUnlessAdmin("look at accounts") is { } refusal)
            return refusal;
        await using var db = await contexts.CreateDbContextAsync(ct);
        return (await RowsAsync(db, db.Users.Where(u => u.Id == id), ct)).SingleOrDefault() is { } row ? row : new NotFound("account");
    }

    static async Task<IReadOnlyList<AccountRow>> RowsAsync(PortalDbContext db, IQueryable<User> users, CancellationToken ct)
    {
        var rows = await users.AsNoTracking().Select(u => new
        {
            User = u,
            Roles = db.UserRoles.Where(held => held.UserId == u.Id).Join(db.Roles, held => held.RoleId, role => role.Id, (_, role) => role.Name).ToList(),
            Projects = db.ProjectMembers.Count(m => m.UserId == u.Id && db.Projects.Any(p => p.Id == m.ProjectId && p.ArchivedAt == null)),
            Browser = db.Set<SignInSession>().Where(s => s.UserId == u.Id).Max(s => (DateTimeOffset?)s.LastSeenAt),
            Token = db.ApiTokens.Where(t => t.UserId == u.Id).Max(t => t.LastUsedAt),
        }).ToListAsync(ct);
        return rows.ConvertAll(r => new AccountRow(r.User.Id, User.NameOf(r.User.DisplayName, r.User.UserName), r.User.UserName ?? "", r.User.Email,
            Accounts.Roles.Of(r.Roles), r.Projects, r.Browser is null || r.Token > r.Browser ? r.Token : r.Browser, r.User.DisabledAt, r.User.MustChangePassword));
    }
}
