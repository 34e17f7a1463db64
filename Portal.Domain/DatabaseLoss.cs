using Npgsql;

namespace Portal.Domain;

/// <summary>PostgreSQL went away, or cannot serve. What a statement itself did wrong, a broken constraint for one, is none.</summary>
public static class DatabaseLoss
{
    /// <summary>Whether a fault is one.</summary>
    public static bool Is(Exception fault)
    {
        for (var inner = fault; inner is not null; inner = inner.InnerException)
        {
            switch (inner)
            {
                // By class: connection, resources, operator's intervention (a shutdown), system. A statement that was cancelled is its own end.
                case PostgresException told:
                    return told.SqlState is not PostgresErrorCodes.QueryCanceled and (['0', '8', ..] or ['5', '3' or '7' or '8', ..]);
                case NpgsqlException:
                    return true;
                default:
                    break;
            }
        }

        return false;
    }
}
