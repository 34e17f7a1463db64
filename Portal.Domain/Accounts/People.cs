using Microsoft.EntityFrameworkCore;

namespace Portal.Domain.Accounts;

/// <summary>A person as others see them.</summary>
/// <param name="Id">Identifier.</param>
/// <param name="Name">The name shown.</param>
/// <param name="UserName">What they sign in with.</param>
public sealed record PersonView(Guid Id, string Name, string UserName);

/// <summary>Finds people by name.</summary>
public sealed class People(IDbContextFactory<PortalDbContext> contexts)
{
    /// <summary>Everyone who can sign in, by name, at most <see cref="ListQuery.MostRows"/>; for admins and auditors, to others nobody.</summary>
    public async Task<IReadOnlyList<PersonView>> ListAsync(Actor actor, CancellationToken ct)
    {
        if (!actor.IsAuditor)
            return [];
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.Users.OrderBy(u => u.DisplayName).ThenBy(u => u.Id).Take(ListQuery.MostRows)
            .Select(u => new PersonView(u.Id, User.NameOf(u.DisplayName, u.UserName), u.UserName ?? "")).ToListAsync(ct);
    }

    /// <summary>People whose name fits, by name: who reads everything finds everyone, others those they share a project with.</summary>
    public async Task<IReadOnlyList<PersonView>> SearchAsync(Actor actor, string text, int most, CancellationToken ct)
    {
        if (new ListQuery(text).LikePattern is not { } like)
            return [];
        await using var db = await contexts.CreateDbContextAsync(ct);
        var shared = db.ProjectMembers.Where(m => m.UserId == actor.UserId).Select(m => m.ProjectId);
        return await db.Users.Where(u => actor.ReadsEverything || db.ProjectMembers.Any(m => m.UserId == u.Id && shared.Contains(m.ProjectId)))
            .Where(u => EF.Functions.ILike(u.DisplayName, like, @"\") || EF.Functions.ILike(u.UserName ?? "", like, @"\"))
            .OrderBy(u => u.DisplayName).ThenBy(u => u.Id).Take(most)
            .Select(u => new PersonView(u.Id, User.NameOf(u.DisplayName, u.UserName), u.UserName ?? "")).ToListAsync(ct);
    }
}
