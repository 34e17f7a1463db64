using Microsoft.EntityFrameworkCore;

namespace Portal.Domain.Accounts;

/// <summary>Acts for a person who asked for something that is done later, bit by bit.</summary>
static class Deputy
{
    /// <summary>The person as an actor, with the rights held at this moment; null when there is no such person any more.</summary>
    /// <param name="db">The books.</param>
    /// <param name="userId">The person.</param>
    /// <param name="how">What it is done by, for the audit trail, e.g. <c>by schedule</c>.</param>
    /// <param name="ct">Gives up.</param>
    public static async Task<Actor?> ForAsync(PortalDbContext db, Guid userId, string how, CancellationToken ct)
    {
        if (await db.Users.AsNoTracking().SingleOrDefaultAsync(u => u.Id == userId, ct) is not { } user || user.DisabledAt is not null)
            return null;
        return new Actor(user.Id, $"{user.DisplayName.Cut(60)} ({how})", Roles.Of(await db.RoleNamesOf(userId).ToListAsync(ct)));
    }
}
