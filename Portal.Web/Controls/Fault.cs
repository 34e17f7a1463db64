using Portal.Domain;
using Portal.Web.Setup;

namespace Portal.Web.Controls;

/// <summary>A fault as a person can read it: what happened, and what to do about it.</summary>
public sealed record Fault(string What, string Advice)
{
    /// <summary>What broke a load, in words; the exception itself belongs in the log.</summary>
    public static Fault From(Exception exception) => DatabaseClash.Is(exception)
        ? Clash
        : IsExpected(exception)
        ? new("The database does not answer.", "Nothing you typed is lost. The page comes back by itself; or try again now.")
        : new("Something went wrong here.", "The rest of the portal goes on. Try again; if it stays, tell an admin the time it happened.");

    /// <summary>What broke something that was asked for: how far it came is not known.</summary>
    public static Fault Acting(Exception exception) => !DatabaseClash.Is(exception) && IsExpected(exception)
        ? new("The database does not answer.", "What you asked for may be done or not: look before you ask again. Nothing you typed is lost.")
        : From(exception);

    /// <summary>
    /// Whether the fault is one a page must live with: the database, or the way to it, is away, or it undid this for another change. What
    /// else a database says is a defect.
    /// </summary>
    public static bool IsExpected(Exception? exception) => exception is not null && DatabaseFaults.MayPass(exception) is not null;

    private static Fault Clash { get; } = new("Somebody changed the same thing at the same moment.", "Nothing was done, and nothing you typed is lost. Try again now.");
}
