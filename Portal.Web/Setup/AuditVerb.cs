using System.Globalization;
using Portal.Domain;
using Portal.Domain.Audit;

namespace Portal.Web.Setup;

/// <summary>Proves the audit trail from the command line. Whoever can run this can read the database; nothing is asked of a running portal.</summary>
public static class AuditVerb
{
    /// <summary>How the verb is called.</summary>
    public const string Use = "audit verify [--head SEQUENCE:HASH]";

    /// <summary>Runs it; <see cref="ExitCodes.Broken"/> when something is wrong with the trail.</summary>
    public static Task<int> RunAsync(string[] arguments, CancellationToken cancellationToken) => Verbs.WithDatabaseAsync(async () =>
    {
        AuditMark? known = null;
        switch (arguments)
        {
            case ["verify"]:
                break;
            case ["verify", "--head", var text]:
                known = AuditMark.Parse(text);
                if (known is null)
                    return Verbs.Misconfigured($"'{text}' is no head. Give what an earlier verify or export printed, SEQUENCE:HASH with 64 hexadecimal digits.");
                break;
            default:
                return Verbs.Misconfigured($"Say what to do with the audit trail: {Use}.");
        }

        var settings = Settings.From(Verbs.Configuration());
        await using var services = new ServiceCollection().AddLogging().AddSingleton(TimeProvider.System).AddPortalDomain(settings.ConnectionString).BuildServiceProvider();
        var verdict = await services.GetRequiredService<AuditVerifier>().VerifyAsync(known, null, cancellationToken);
        foreach (var line in Lines(verdict))
            Console.WriteLine(line);
        return verdict.IsWhole ? ExitCodes.Fine : ExitCodes.Broken;
    });

    private static IEnumerable<string> Lines(AuditVerdict verdict)
    {
        yield return verdict.Break is { } broken
            ? string.Create(CultureInfo.InvariantCulture, $"BROKEN ({broken.Fault}{(broken.Sequence is { } at ? $" at {at}" : "")}): {broken.Explanation}")
            : string.Create(CultureInfo.InvariantCulture, $"The audit trail is whole: {verdict.Events:N0} events.");
        if (verdict.Break is not null)
            yield return string.Create(CultureInfo.InvariantCulture, $"Whole up to there: {verdict.Events:N0} events.");
        yield return $"Head: {verdict.Head}";
        yield return verdict.OldestUnsealed is { } oldest
            ? string.Create(CultureInfo.InvariantCulture, $"Not sealed yet: {verdict.Unsealed:N0}, the oldest of {oldest:yyyy-MM-dd HH:mm:ss} UTC.")
            : "Not sealed yet: none.";
        if (verdict.Remark is { } remark)
            yield return $"Remark: {remark}";
    }
}
