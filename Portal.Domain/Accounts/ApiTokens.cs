using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Portal.Domain.Audit;

namespace Portal.Domain.Accounts;

/// <summary>A token as its owner sees it: everything but the secret.</summary>
public sealed record ApiTokenView(Guid Id, string Name, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, DateTimeOffset? LastUsedAt, DateTimeOffset? RevokedAt);

/// <summary>A token just made. <see cref="Secret"/> is shown this once and is not kept.</summary>
public sealed record NewApiToken(ApiTokenView Token, string Secret);

/// <summary>Makes, checks and revokes the bearer tokens of the REST API.</summary>
public sealed class ApiTokens(IDbContextFactory<PortalDbContext> contexts, TimeProvider time)
{
    /// <summary>What every secret begins with, so that scanners of leaked secrets know one.</summary>
    public const string Prefix = "ptl_";

    /// <summary>How long a token lives unless told otherwise.</summary>
    public static TimeSpan DefaultLifetime { get; } = TimeSpan.FromDays(90);

    /// <summary>The longest a token may live.</summary>
    public static TimeSpan LongestLifetime { get; } = TimeSpan.FromDays(366);

    /// <summary>Makes a token of the actor's own: 256 random bits, of which only a hash is kept.</summary>
    public async Task<Result<NewApiToken>> CreateAsync(Actor actor, string name, TimeSpan? lifetime, CancellationToken ct)
    {
        name = name.Trim();
        if (name.Length is 0 or > 80 || !Texts.IsLine(name))
            return new InvalidText("name", "A token needs a name of 1 to 80 visible characters.", "Name it for what uses it, e.g. “backup script”.");
        var life = lifetime ?? DefaultLifetime;
        if (life <= TimeSpan.Zero || life > LongestLifetime)
            return new InvalidText("lifetime", $"A token lives at most {LongestLifetime.Days} days.", "Choose a shorter time and make a new one before it ends.");

        var secret = Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        var now = time.GetUtcNow();
        var token = ApiToken.Create(actor.UserId, name, HashOf(secret), now, now + life);
        await using var db = await contexts.CreateDbContextAsync(ct);
        db.Add(token);
        db.Add(AuditEvent.Of(actor, "token.create", "token", token.Id, name, null, new { after = new { token.ExpiresAt } }, now));
        await db.SaveChangesAsync(ct);
        return new NewApiToken(ViewOf(token), secret);
    }

    /// <summary>
    /// Who a secret speaks for; null when it is unknown, revoked or expired, or its account is disabled. A lock-out after wrong passwords does not count:
    /// it would let a stranger stop somebody's scripts.
    /// </summary>
    public async Task<Actor?> AuthenticateAsync(string secret, string? remoteAddress, CancellationToken ct)
    {
        if (!secret.StartsWith(Prefix, StringComparison.Ordinal) || secret.Length > 100)
            return null;
        var hash = HashOf(secret);
        var now = time.GetUtcNow();
        await using var db = await contexts.CreateDbContextAsync(ct);
        var found = await (
            from token in db.ApiTokens
            join user in db.Users on token.UserId equals user.Id
            where token.SecretHash == hash && token.RevokedAt == null && token.ExpiresAt > now && user.DisabledAt == null
            select new { token.Id, token.LastUsedAt, user }).AsNoTracking().SingleOrDefaultAsync(ct);
        if (found is null)
            return null;
        // To the minute: a busy script must not turn every read into a write.
        if (found.LastUsedAt is null || now - found.LastUsedAt > TimeSpan.FromMinutes(1))
            await db.ApiTokens.Where(t => t.Id == found.Id).ExecuteUpdateAsync(set => set.SetProperty(t => t.LastUsedAt, now), ct);
        return new Actor(found.user.Id, User.NameOf(found.user.DisplayName, found.user.UserName), Roles.Of(await db.RoleNamesOf(found.user.Id).ToListAsync(ct)), remoteAddress);
    }

    /// <summary>The actor's own tokens, newest first.</summary>
    public async Task<IReadOnlyList<ApiTokenView>> ListAsync(Actor actor, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var tokens = await db.ApiTokens.AsNoTracking().Where(t => t.UserId == actor.UserId).OrderByDescending(t => t.CreatedAt).ThenByDescending(t => t.Id).ToListAsync(ct);
        return tokens.ConvertAll(ViewOf);
    }

    /// <summary>Ends a token of the actor's own at once; again is fine.</summary>
    public async Task<Result<ApiTokenView>> RevokeAsync(Actor actor, Guid tokenId, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var token = await db.ApiTokens.SingleOrDefaultAsync(t => t.Id == tokenId && t.UserId == actor.UserId, ct);
        if (token is null)
            return new NotFound("token");
        if (token.RevokedAt is null)
        {
            var now = time.GetUtcNow();
            token.Revoke(now);
            db.Add(AuditEvent.Of(actor, "token.revoke", "token", token.Id, token.Name, null, new { before = new { revoked = false }, after = new { revoked = true } }, now));
            await db.SaveChangesAsync(ct);
        }
        return ViewOf(token);
    }

    static byte[] HashOf(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));

    static ApiTokenView ViewOf(ApiToken token) => new(token.Id, token.Name, token.CreatedAt, token.ExpiresAt, token.LastUsedAt, token.RevokedAt);
}
