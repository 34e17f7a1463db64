using Microsoft.EntityFrameworkCore;

namespace Portal.Domain.Audit;

/// <summary>Somebody changed the thing while the page was open: nothing was done, and what was typed stays.</summary>
/// <param name="Thing">What it is called.</param>
/// <param name="By">Who changed it; null when the trail does not tell.</param>
/// <param name="At">When.</param>
/// <param name="Difference">What is different now, in words.</param>
public sealed record ChangedMeanwhile(string Thing, string? By, DateTimeOffset At, string Difference) : Refusal(
    "changed-meanwhile",
    $"{Thing} was changed{(By is null ? "" : $" by {By}")} on {At.UtcDateTime:yyyy-MM-dd} at {At.UtcDateTime:HH:mm:ss} UTC, while this page was open. {Difference}",
    "Nothing was done. Look at what stands there now, then do it again.")
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
    internal static async Task<ChangedMeanwhile> ExplainAsync(PortalDbContext db, string thing, Guid subjectId, Guid? projectId, string difference, DateTimeOffset now, CancellationToken ct)
    {
        var last = await db.AuditEvents.AsNoTracking().Where(e => e.SubjectId == subjectId && (projectId == null || e.ProjectId == projectId) && !e.Action.StartsWith("account.sign"))
            .OrderByDescending(e => e.At).ThenByDescending(e => e.Id).Select(e => new { e.ActorName, e.At }).FirstOrDefaultAsync(ct);
        return new ChangedMeanwhile(thing, last?.ActorName, last?.At ?? now, difference);
    }
}
