using Microsoft.EntityFrameworkCore;
using Portal.Domain;
using Portal.Domain.Accounts;

namespace Portal.Web.Setup;

/// <summary>
/// Makes an API token without a browser, so that a script can begin. Whoever can run this reads the database's password, and so
/// could write the row by hand: it gives nobody more than they have.
/// </summary>
public static class TokenVerb
{
    /// <summary>How the verb is called.</summary>
    public const string Use = "token --user NAME --name LABEL";

    /// <summary>Prints the secret, and nothing else, on standard output: it is shown this once.</summary>
    public static Task<int> RunAsync(string[] arguments, CancellationToken cancellationToken) => Verbs.WithDatabaseAsync(async () =>
    {
        if (arguments is not ["--user", var userName, "--name", var label])
            return Verbs.Misconfigured($"Say whose token it is and what will use it: {Use}.");

        var settings = Settings.From(Verbs.Configuration());
        await using var services = new ServiceCollection().AddLogging().AddSingleton(TimeProvider.System).AddPortalDomain(settings.ConnectionString).BuildServiceProvider();
        if (await ActorAsync(services.GetRequiredService<IDbContextFactory<PortalDbContext>>(), userName, cancellationToken) is not { } actor)
            return Verbs.Misconfigured($"There is no account '{userName}'. The name is the one typed at sign-in.");

        var made = await services.GetRequiredService<ApiTokens>().CreateAsync(actor, label, lifetime: null, cancellationToken);
        if (!made.IsOk)
            return Verbs.Misconfigured($"{made.Refusal.Message} {made.Refusal.Advice}");
        await Console.Error.WriteLineAsync($"This secret speaks for {actor.Name} until {made.Value.Token.ExpiresAt:yyyy-MM-dd} and is shown this once:");
        Console.WriteLine(made.Value.Secret);
        return ExitCodes.Fine;
    });

    private static async Task<Actor?> ActorAsync(IDbContextFactory<PortalDbContext> contexts, string userName, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var normalized = userName.ToUpperInvariant();
        var user = await db.Users.AsNoTracking().SingleOrDefaultAsync(u => u.NormalizedUserName == normalized, cancellationToken);
        return user is null ? null : new Actor(user.Id, user.DisplayName is { Length: > 0 } shown ? shown : userName);
    }
}
