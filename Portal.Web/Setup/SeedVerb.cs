using Portal.Domain;
using Portal.Web.Accounts;

namespace Portal.Web.Setup;

/// <summary>Fills an empty portal so that a newcomer can begin, and brings a seeded one up to what the lab is now.</summary>
public static class SeedVerb
{
    /// <summary>Runs <c>seed --lab FILE</c>.</summary>
    public static Task<int> RunAsync(string[] arguments, CancellationToken cancellationToken) => Verbs.WithDatabaseAsync(async () =>
    {
        if (arguments is not ["--lab", var file])
            return Verbs.Misconfigured("Say which lab to seed from: seed --lab FILE.");

        var settings = Settings.From(Verbs.Configuration());
        var lab = await LabFile.ReadAsync(file, cancellationToken);
        var services = new ServiceCollection().AddLogging().AddSingleton(TimeProvider.System);
        services.AddPortalDomain(settings.ConnectionString).AddPortalIdentity();
        await using var provider = services.BuildServiceProvider();
        await using var scope = provider.CreateAsyncScope();
        var seed = ActivatorUtilities.CreateInstance<Seeding>(scope.ServiceProvider);
        foreach (var line in await seed.RunAsync(lab, cancellationToken))
            Console.WriteLine(line);
        return ExitCodes.Fine;
    });
}
