using Microsoft.EntityFrameworkCore;
using Portal.Domain;
using Portal.Web.Setup;

namespace Portal.Web.Health;

/// <summary>
/// Whether the database answers and has the right schema. However many ask, and strangers may, the database is asked once at a time and
/// at most once in <see cref="Fresh"/>.
/// </summary>
public sealed class Readiness(IDbContextFactory<PortalDbContext> contexts, TimeProvider time)
{
    /// <summary>How old an answer may be.</summary>
    public static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private Task<string?>? _check;
    private DateTimeOffset _began;

    /// <summary>What is wrong with the database, or null. Giving up ends the wait and not the check, which others wait for too.</summary>
    public Task<string?> DatabaseProblemAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            if (_check is null || (_check.IsCompleted && now - _began >= Fresh))
                (_check, _began) = (CheckAsync(), now);
            return _check.WaitAsync(cancellationToken);
        }
    }

    private async Task<string?> CheckAsync()
    {
        try
        {
            await using var context = await contexts.CreateDbContextAsync();
            var pending = (await context.Database.GetPendingMigrationsAsync()).Count();
            return pending == 0 ? null : $"The database lacks {pending} schema migration(s). Run the verb 'migrate'.";
        }
        catch (Exception fault) when (DatabaseFaults.Explain(fault) is { } explanation)
        {
            return explanation;
        }
    }
}
