using Microsoft.EntityFrameworkCore;
using Portal.Domain;

namespace Portal.Web.Setup;

/// <summary>Brings the database's schema up to this program's.</summary>
public static class MigrateVerb
{
    /// <summary>Applies what is missing and says what it applied. Several at once wait for one another.</summary>
    public static Task<int> RunAsync(CancellationToken cancellationToken) => Verbs.WithDatabaseAsync(async () =>
    {
        var settings = Settings.From(Verbs.Configuration());
        await using var services = new ServiceCollection().AddLogging().AddSingleton(TimeProvider.System).AddPortalDomain(settings.ConnectionString).BuildServiceProvider();
        await using var context = await services.GetRequiredService<IDbContextFactory<PortalDbContext>>().CreateDbContextAsync(cancellationToken);
        var pending = (await context.Database.GetPendingMigrationsAsync(cancellationToken)).ToArray();
        await context.Database.MigrateAsync(cancellationToken);
        Console.WriteLine(pending.Length == 0 ? "The database is up to date." : $"Applied {pending.Length} schema migration(s): {string.Join(", ", pending)}.");
        return ExitCodes.Fine;
    });
}
