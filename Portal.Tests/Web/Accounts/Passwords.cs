using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Portal.Domain;
using Portal.Domain.Accounts;

namespace Portal.Tests.Web.Accounts;

/// <summary>Makes a test's people able to sign in.</summary>
static class Passwords
{
    /// <summary>Gives somebody a password and what else an account has that can sign in; returns the name to type.</summary>
    public static async Task<string> GiveAsync(IDbContextFactory<PortalDbContext> contexts, Actor actor, string password)
    {
        var ct = TestContext.Current.CancellationToken;
        await using var db = await contexts.CreateDbContextAsync(ct);
        var user = await db.Users.SingleAsync(u => u.Id == actor.UserId, ct);
        user.PasswordHash = new PasswordHasher<User>().HashPassword(user, password);
        (user.Email, user.NormalizedEmail, user.LockoutEnabled) = ($"{user.UserName}@example.org", $"{user.NormalizedUserName}@EXAMPLE.ORG", true);
        user.SecurityStamp ??= Guid.NewGuid().ToString("N");
        await db.SaveChangesAsync(ct);
        return user.UserName!;
    }
}
