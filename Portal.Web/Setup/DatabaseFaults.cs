using System.Net.Sockets;
using Npgsql;
using Portal.Domain;

namespace Portal.Web.Setup;

/// <summary>Tells "PostgreSQL is away" from other faults, such as a <see cref="DatabaseClash"/>, and says it so that a person can act.</summary>
public static class DatabaseFaults
{
    /// <summary>Why trying again is right, in a line for the log: the database is away, or undid this for another change. Null for every other fault.</summary>
    public static string? MayPass(Exception fault) => DatabaseClash.Is(fault) ? "PostgreSQL undid it for another change of the same rows." : Explain(fault);

    /// <summary>One line for an operator, or null when the fault is not about reaching the database.</summary>
    public static string? Explain(Exception fault)
    {
        if (DatabaseClash.Is(fault))
            return null;
        NpgsqlException? broken = null;
        for (var inner = fault; inner is not null; inner = inner.InnerException)
        {
            switch (inner)
            {
                case PostgresException { SqlState: PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification } refused:
                    return $"PostgreSQL refuses the portal's account: {refused.MessageText}. Check user and password in ConnectionStrings__Portal.";
                case PostgresException { SqlState: PostgresErrorCodes.InvalidCatalogName } missing:
                    return $"PostgreSQL says: {missing.MessageText}. Create the database, or correct ConnectionStrings__Portal.";
                case PostgresException { SqlState: PostgresErrorCodes.UndefinedTable } schema:
                    return $"The database has no portal schema yet ({schema.MessageText}). Run the verb 'migrate' first.";
                case PostgresException busy:
                    return DatabaseLoss.Is(busy) ? $"PostgreSQL cannot serve now: {busy.MessageText}." : null;
                case SocketException or TimeoutException when inner != fault || fault is SocketException:
                    return $"PostgreSQL does not answer ({inner.Message}). Start it, or correct host and port in ConnectionStrings__Portal.";
                case NpgsqlException npgsql when DatabaseLoss.Is(npgsql):
                    // Why it broke may stand further in.
                    broken ??= npgsql;
                    break;
                default:
                    break;
            }
        }

        return broken is null ? null : $"The connection to PostgreSQL broke ({broken.Message}).";
    }
}
