using System.Linq.Expressions;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Portal.Domain.Audit;
using Portal.Domain.Changes;

namespace Portal.Domain.Accounts;

/// <summary>A sign-in as its owner sees it.</summary>
/// <param name="Id">Identifier.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="RemoteAddress">Where it came from.</param>
/// <param name="Browser">What the browser calls itself.</param>
public sealed record SignInView(Guid Id, DateTimeOffset StartedAt, string? RemoteAddress, string Browser);

/// <summary>Begins, checks and ends sign-ins.</summary>
public sealed class SignInSessions(IDbContextFactory<PortalDbContext> contexts, TimeProvider time)
{
    // A busy page must not turn every look at a session into a write.
    static readonly TimeSpan SeenStep = TimeSpan.FromMinutes(1);

    /// <summary>Records a sign-in; the returned id goes into the cookie. The person's sign-ins that ran out are forgotten: the trail has them.</summary>
    public async Task<Guid> BeginAsync(User user, string? remoteAddress, string browser, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var now = time.GetUtcNow();
        var began = now - SignInSession.Longest;
        await context.Set<SignInSession>().Where(s => s.UserId == user.Id && s.StartedAt <= began).ExecuteDeleteAsync(cancellationToken);
        var session = SignInSession.Begin(user.Id, remoteAddress, browser, now);
        context.Add(session);
        context.Add(AuditEvent.Of(new Actor(user.Id, User.NameOf(user.DisplayName, user.UserName), PlatformRoles.None, remoteAddress), "account.sign-in", "account", user.Id, user.UserName ?? "", null, null, now));
        await context.SaveChangesAsync(cancellationToken);
        return session.Id;
    }

    /// <summary>Writes down that an account is locked after wrong passwords: once per lock-out, however often it is tried meanwhile.</summary>
    public async Task LockedOutAsync(User user, string? remoteAddress, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        // To the second: the database keeps fewer digits than the account just locked has.
        var until = user.LockoutEnd is { } end ? end.AddTicks(-(end.Ticks % TimeSpan.TicksPerSecond)) : (DateTimeOffset?)null;
        var known = JsonSerializer.Serialize(new { until }, Json.Options);
        if (await context.AuditEvents.AnyAsync(e => e.SubjectId == user.Id && e.Action == "account.lock" && EF.Functions.JsonContains(e.Detail, known), cancellationToken))
            return;
        context.Add(AuditEvent.Of(Actor.System with { RemoteAddress = remoteAddress }, "account.lock", "account", user.Id, User.NameOf(user.DisplayName, user.UserName), null, new { until }, time.GetUtcNow()));
        await context.SaveChangesAsync(cancellationToken);
    }

    /// <summary>The actor's own sign-ins that stand, newest first.</summary>
    public async Task<IReadOnlyList<SignInView>> ListAsync(Actor actor, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await context.Set<SignInSession>().Where(SignInSession.Standing(time.GetUtcNow())).Where(s => s.UserId == actor.UserId)
            .OrderByDescending(s => s.StartedAt).ThenByDescending(s => s.Id).Take(ListQuery.MostRows)
            .Select(s => new SignInView(s.Id, s.StartedAt, s.RemoteAddress, s.Browser)).ToListAsync(cancellationToken);
    }

    /// <summary>Ends one of the actor's own sign-ins at once, at every replica; again is fine.</summary>
    public async Task<Refusal?> EndOwnAsync(Actor actor, Guid session, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        if (!await context.Set<SignInSession>().AnyAsync(s => s.Id == session && s.UserId == actor.UserId, cancellationToken))
            return new NotFound("sign-in");
        await EndAsync(actor, s => s.Id == session, "account.sign-out", cancellationToken);
        return null;
    }

    /// <summary>The actor's password is another: ends every sign-in of the actor's own, and says which.</summary>
    public Task<IReadOnlyList<Guid>> EndForNewPasswordAsync(Actor actor, CancellationToken cancellationToken) => EndAsync(actor, _ => true, "account.password", cancellationToken);

    /// <summary>Ends every sign-in of the actor's own but one.</summary>
    public Task EndOthersAsync(Actor actor, Guid? kept, CancellationToken cancellationToken) => EndAsync(actor, s => s.Id != kept, "account.sign-out", cancellationToken);

    async Task<IReadOnlyList<Guid>> EndAsync(Actor actor, Expression<Func<SignInSession, bool>> which, string deed, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        var now = time.GetUtcNow();
        var ids = await EndAsync(context, actor.UserId, which, now, cancellationToken);
        if (ids.Count == 0)
            return ids;
        context.Add(AuditEvent.Of(actor, deed, "account", actor.UserId, actor.Name, null, new { browsers = ids.Count }, now));
        await context.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return ids;
    }

    /// <summary>Ends every sign-in of a person in the caller's transaction, at every replica: what the account may do has changed.</summary>
    internal static Task<IReadOnlyList<Guid>> EndAllAsync(PortalDbContext context, Guid userId, DateTimeOffset now, CancellationToken cancellationToken) =>
        EndAsync(context, userId, _ => true, now, cancellationToken);

    static async Task<IReadOnlyList<Guid>> EndAsync(PortalDbContext context, Guid userId, Expression<Func<SignInSession, bool>> which, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var ending = context.Set<SignInSession>().Where(s => s.UserId == userId && s.EndedAt == null).Where(which);
        var ids = await ending.Select(s => s.Id).ToListAsync(cancellationToken);
        await ending.ExecuteUpdateAsync(set => set.SetProperty(s => s.EndedAt, now), cancellationToken);
        foreach (var id in ids)
            await ChangeNotice.NotifyAsync(context, ChangeKind.Session, id, projectId: null, cancellationToken);
        return ids;
    }

    /// <summary>
    /// Whether the session stands, and neither its account's password nor its roles changed since, nor was it disabled. A lock-out by wrong passwords ends no
    /// session: it would let a stranger sign people out.
    /// </summary>
    /// <param name="session">The session.</param>
    /// <param name="securityStamp">The account's stamp when the session began.</param>
    /// <param name="platform">The platform roles the account held then.</param>
    /// <param name="seenAt">When somebody was last seen using it, if that is not written down yet; it counts as if it were.</param>
    /// <param name="inUse">Whether somebody uses it now: that puts off the idle end of a session that stands, and revives none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<bool> IsGoodAsync(Guid session, string? securityStamp, PlatformRoles platform, DateTimeOffset? seenAt, bool inUse, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var now = time.GetUtcNow();
        var sessions = context.Set<SignInSession>().Where(s => s.Id == session);
        var standing = await sessions.Where(SignInSession.Standing(now, seenAt))
            .Where(s => context.Users.Any(user => user.Id == s.UserId && user.SecurityStamp == securityStamp && user.DisabledAt == null))
            .Select(s => new { s.LastSeenAt, s.UserId }).SingleOrDefaultAsync(cancellationToken);
        if (standing is null || Roles.Of(await context.RoleNamesOf(standing.UserId).ToListAsync(cancellationToken)) != platform)
            return false;
        if ((inUse ? now : seenAt) is { } seen && seen - standing.LastSeenAt > SeenStep)
            await sessions.Where(s => s.LastSeenAt < seen).ExecuteUpdateAsync(set => set.SetProperty(s => s.LastSeenAt, seen), cancellationToken);
        return true;
    }
}
