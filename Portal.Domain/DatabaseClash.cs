using Npgsql;

namespace Portal.Domain;

/// <summary>
/// PostgreSQL undid a transaction because another one, at work on the same rows, was in its way (a deadlock, or no order of the two that
/// fits). The database is well, nothing of the transaction was done, and doing it again is right.
/// </summary>
public static class DatabaseClash
{
    /// <summary>Whether a fault is one.</summary>
    public static bool Is(Exception fault)
    {
        for (var inner = fault; inner is not null; inner = inner.InnerException)
        {
            if (inner is PostgresException { SqlState: PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure })
                return true;
        }

        return false;
    }
}
