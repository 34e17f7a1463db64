using Microsoft.EntityFrameworkCore;

namespace Portal.Domain.Accounts;

/// <summary>Keeps the answers to API calls that carried a key, for a day.</summary>
public sealed class ApiReplies(IDbContextFactory<PortalDbContext> contexts, TimeProvider time)
{
    /// <summary>How long an answer is kept.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(1);

    /// <summary>How long a call without an answer holds its key: after that its process is taken for dead, and the services' own keys decide.</summary>
    public static readonly TimeSpan Held = TimeSpan.FromMinutes(1);

    /// <summary>Takes the key for this call, or returns what is already recorded under it.</summary>
    public async Task<ApiReply?> TakeAsync(Guid userId, string key, byte[] fingerprint, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var now = time.GetUtcNow();
        var (old, dead) = (now - Kept, now - Held);
        await context.Set<ApiReply>().Where(r => r.CreatedAt < old || (r.UserId == userId && r.Key == key && r.Status == null && r.CreatedAt < dead)).ExecuteDeleteAsync(cancellationToken);
        while (true)
        {
            var taken = await context.Database.ExecuteSqlAsync(
                $"insert into api_replies (user_id, key, fingerprint, created_at) values ({userId}, {key}, {fingerprint}, {now}) on conflict do nothing", cancellationToken);
            if (taken == 1)
                return null;
            if (await context.Set<ApiReply>().AsNoTracking().FirstOrDefaultAsync(r => r.UserId == userId && r.Key == key, cancellationToken) is { } recorded)
                return recorded;
            // The call that held it gave it back in between: the key is free, not this call's.
        }
    }

    /// <summary>Records the answer.</summary>
    public async Task AnswerAsync(Guid userId, string key, int status, string? contentType, string body, string? location, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        await context.Set<ApiReply>().Where(r => r.UserId == userId && r.Key == key).ExecuteUpdateAsync(set => set
            .SetProperty(r => r.Status, status).SetProperty(r => r.ContentType, contentType).SetProperty(r => r.Body, body).SetProperty(r => r.Location, location), cancellationToken);
    }

    /// <summary>Gives the key back: the call failed for a reason that sending it again may mend.</summary>
    public async Task ReleaseAsync(Guid userId, string key, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        await context.Set<ApiReply>().Where(r => r.UserId == userId && r.Key == key && r.Status == null).ExecuteDeleteAsync(cancellationToken);
    }
}
