namespace Portal.Web.Setup;

/// <summary>What the verbs share: their messages and how a fault becomes an exit code.</summary>
public static class Verbs
{
    /// <summary>Says which verbs exist.</summary>
    public static int Unknown(string verb)
    {
        Console.Error.WriteLine($"'{verb}' is not something the portal can do. It knows: migrate, seed --lab FILE, {TokenVerb.Use}, {AuditVerb.Use}, and no verb at all to serve.");
        return ExitCodes.Usage;
    }

    /// <summary>The settings a verb reads: the environment, and the file beside the program.</summary>
    public static IConfiguration Configuration() => new ConfigurationBuilder()
        .SetBasePath(AppContext.BaseDirectory).AddJsonFile("appsettings.json", optional: true).AddEnvironmentVariables().Build();

    /// <summary>Says what is wrong with a setting and what to do about it.</summary>
    public static int Misconfigured(string message)
    {
        Console.Error.WriteLine(message);
        return ExitCodes.Usage;
    }

    /// <summary>Runs a verb that needs PostgreSQL, and turns the faults an operator can mend into one clear line.</summary>
    public static async Task<int> WithDatabaseAsync(Func<Task<int>> work)
    {
        try
        {
            return await work();
        }
        catch (SettingsException wrong)
        {
            return Misconfigured(wrong.Message);
        }
        catch (Exception fault) when (DatabaseFaults.Explain(fault) is { } explanation)
        {
            await Console.Error.WriteLineAsync(explanation);
            return ExitCodes.Database;
        }
    }
}
