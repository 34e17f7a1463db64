using System.Text.Json;
using Microsoft.EntityFrameworkCore;

namespace Portal.Domain.Changes;

/// <summary>Tells every replica of a change. PostgreSQL delivers a notice when the caller's transaction commits, and never when it does not.</summary>
public static class ChangeNotice
{
    /// <summary>The channel changes go through.</summary>
    public const string Channel = "portal_changes";

    /// <summary>The channel that wakes workers.</summary>
    public const string WorkChannel = "portal_work";

    /// <summary>The channel that wakes those who send e-mails and call webhooks.</summary>
    public const string DeliveryChannel = "portal_deliveries";

    /// <summary>The channel that says that something was written into the audit trail; a trigger tells.</summary>
    public const string AuditChannel = "portal_audit";

    /// <summary>Tells of a change in the caller's transaction.</summary>
    public static Task NotifyAsync(PortalDbContext db, ChangeKind kind, Guid id, Guid? projectId, CancellationToken ct) =>
        db.Database.ExecuteSqlAsync($"select pg_notify({Channel}, {Write(new(kind, id, projectId))})", ct);

    /// <summary>Tells of several changes in the caller's transaction, in one round trip.</summary>
    internal static Task NotifyAsync(PortalDbContext db, IEnumerable<Change> changes, CancellationToken ct) =>
        db.Database.ExecuteSqlAsync($"select pg_notify({Channel}, told) from unnest({changes.Select(Write).ToArray()}) told", ct);

    /// <summary>Wakes the workers when the caller's transaction commits.</summary>
    public static Task WakeWorkersAsync(PortalDbContext db, CancellationToken ct) =>
        db.Database.ExecuteSqlAsync($"select pg_notify({WorkChannel}, '')", ct);

    internal static string Write(Change change) => JsonSerializer.Serialize(change, Json.Options);

    /// <summary>A notice that cannot be read stands for everything: missing a change would be worse than reading too much.</summary>
    internal static Change Read(string payload)
    {
        try
        {
            return JsonSerializer.Deserialize<Change>(payload, Json.Options) ?? Change.Everything;
        }
        catch (JsonException)
        {
            return Change.Everything;
        }
    }
}
