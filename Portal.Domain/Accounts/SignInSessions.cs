using Microsoft.EntityFrameworkCore;
using Portal.Domain.Audit;
using Portal.Domain.Changes;

namespace Portal.Domain.Accounts;

/// <summary>Begins, checks and ends sign-ins.</summary>
public sealed class SignInSessions(IDbContextFactory<PortalDbContext> contexts, TimeProvider time)
{
    /// <summary>Records a sign-in; the returned id goes into the cookie.</summary>
    public async Task<Guid> BeginAsync(User user, string? remoteAddress, string browser, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var now = time.GetUtcNow();
        var session = SignInSession.Begin(user.Id, remoteAddress, browser, now);
        context.Add(session);
        context.Add(AuditEvent.Of(new Actor(user.Id, user.UserName ?? user.Email ?? "", IsAdmin: false, remoteAddress), "account.sign-in", "account", user.Id, user.UserName ?? "", null, null, now));
        await context.SaveChangesAsync(cancellationToken);
        return session.Id;
    }

    /// <summary>Ends a session and tells every replica; ending it twice is fine.</summary>
    public async Task EndAsync(Guid session, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        await context.Set<SignInSession>().Where(s => s.Id == session && s.EndedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(s => s.EndedAt, time.GetUtcNow()), cancellationToken);
        await ChangeNotice.NotifyAsync(context, ChangeKind.Session, session, projectId: null, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Whether the session stands, and neither its account's password nor its role changed since. A lock-out by wrong passwords ends no session: it would let a stranger sign people out.</summary>
    public async Task<bool> IsGoodAsync(Guid session, string? securityStamp, bool admin, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await context.Set<SignInSession>()
            .Where(s => s.Id == session && s.EndedAt == null)
            .Join(context.Users, s => s.UserId, u => u.Id, (_, user) => user)
            .AnyAsync(user => user.SecurityStamp == securityStamp
                && admin == context.UserRoles.Any(held => held.UserId == user.Id && context.Roles.Any(role => role.Id == held.RoleId && role.Name == Roles.Admin)), cancellationToken);
    }
}
