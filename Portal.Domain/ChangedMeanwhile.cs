using Microsoft.EntityFrameworkCore;

namespace Portal.Domain;

/// <summary>Somebody changed the thing after it was opened: nothing was written, and nothing that was typed is lost.</summary>
/// <param name="Thing">What, as it begins a sentence: <c>The rule “A”</c>.</param>
/// <param name="By">Who changed it; null when nothing tells.</param>
/// <param name="At">When.</param>
/// <param name="Difference">What is different now, in a sentence; null where the fields say it.</param>
/// <param name="Fields">What stands there now and was to be overwritten, field by field, where it was read so.</param>
/// <param name="Version">The row version now: with it the change can be made all the same. Null where it is read anew.</param>
public record ChangedMeanwhile(string Thing, string? By, DateTimeOffset At, string? Difference = null, IReadOnlyList<FieldDifference>? Fields = null, uint? Version = null) : Refusal(
    "changed-meanwhile",
    $"{Thing} was changed by {By ?? "the portal"} on {At.UtcDateTime:yyyy-MM-dd} at {At.UtcDateTime:HH:mm:ss} UTC, after you opened it.{(Difference is null ? "" : " " + Difference)}",
    "Nothing was written and nothing you typed is lost: look at the difference, then do it again to have it your way.")
{
    /// <inheritdoc/>
    public override RefusalKind Kind => RefusalKind.Conflict;

    /// <summary>Tells who last changed a thing, as the trail has it.</summary>
    /// <param name="db">The books.</param>
    /// <param name="thing">What it is called.</param>
    /// <param name="subjectId">The thing.</param>
    /// <param name="projectId">Its project, where the same subject stands in several.</param>
    /// <param name="difference">What is different now, in words.</param>
    /// <param name="now">Stands in where the trail tells nothing.</param>
    /// <param name="ct">Gives up.</param>
    /// <param name="action">What changes just this, or how all of that begins, where the subject has more to change; null: whatever was done to it.</param>
    internal static async Task<ChangedMeanwhile> ExplainAsync(PortalDbContext db, string thing, Guid subjectId, Guid? projectId, string? difference, DateTimeOffset now, CancellationToken ct, string? action = null)
    {
        var last = await db.AuditEvents.AsNoTracking().Where(e => e.SubjectId == subjectId && (projectId == null || e.ProjectId == projectId) && (action == null || e.Action.StartsWith(action)))
            .OrderByDescending(e => e.At).ThenByDescending(e => e.Id).Select(e => new { e.ActorName, e.At }).FirstOrDefaultAsync(ct);
        return new ChangedMeanwhile(thing, last?.ActorName, last?.At ?? now, difference);
    }
}

/// <summary>One difference between what stands there and what was typed.</summary>
/// <param name="Field">The field.</param>
/// <param name="Now">What stands there.</param>
/// <param name="Yours">What was typed.</param>
public sealed record FieldDifference(string Field, string Now, string Yours);
