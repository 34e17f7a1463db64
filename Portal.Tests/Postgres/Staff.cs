using Microsoft.EntityFrameworkCore;
using Portal.Domain;
using Portal.Domain.Accounts;

namespace Portal.Tests.Postgres;

/// <summary>People who hold platform roles and belong to no project.</summary>
static class Staff
{
    /// <summary>Somebody new who holds the roles, in the books as in the actor.</summary>
    public static async Task<Actor> HireAsync(this PostgresFixture postgres, PlatformRoles roles)
    {
        var tag = Guid.NewGuid().ToString("n")[..8];
        var name = roles == PlatformRoles.None ? $"Pia-{tag}" : $"{roles}-{tag}".Replace(", ", "-", StringComparison.Ordinal);
        var user = new User { DisplayName = name, UserName = name.ToLowerInvariant(), NormalizedUserName = name.ToUpperInvariant(), Email = $"{tag}@example.org", NormalizedEmail = $"{tag}@EXAMPLE.ORG", SecurityStamp = Guid.NewGuid().ToString("N") };
        await using var db = await postgres.Contexts.CreateDbContextAsync();
        db.Add(user);
        await db.SaveChangesAsync();
        foreach (var role in Roles.NamesOf(roles))
        {
            var normal = role.ToUpperInvariant();
            await db.Database.ExecuteSqlAsync($"""insert into "AspNetRoles" (id, name, normalized_name) values ({Guid.CreateVersion7()}, {role}, {normal}) on conflict do nothing""");
            await db.Database.ExecuteSqlAsync($"""insert into "AspNetUserRoles" (user_id, role_id) select {user.Id}, id from "AspNetRoles" where normalized_name = {normal}""");
        }
        return new Actor(user.Id, name, roles, "127.0.0.1");
    }
}
