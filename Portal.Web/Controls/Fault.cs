using System.Data.Common;
using System.Net.Sockets;

namespace Portal.Web.Controls;

/// <summary>A fault as a person can read it: what happened, and what to do about it.</summary>
public sealed record Fault(string What, string Advice)
{
    /// <summary>Puts an exception in words; the exception itself belongs in the log.</summary>
    public static Fault From(Exception exception) => IsExpected(exception)
        ? new("The database does not answer.", "Nothing was changed and nothing you typed is lost. The page comes back by itself; or try again now.")
        : new("Something went wrong here.", "The rest of the portal goes on. Try again; if it stays, tell an admin the time it happened.");

    /// <summary>Whether the fault is one a page must live with: the database, or the way to it, is away.</summary>
    public static bool IsExpected(Exception? exception)
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            if (exception is DbException or SocketException or TimeoutException)
                return true;
        }

        return false;
    }
}
