using Microsoft.EntityFrameworkCore;
using Portal.Domain.Evacuations;
using Portal.Domain.Operations;

namespace Portal.Domain.Schedules;

/// <summary>How what a run ordered came out.</summary>
/// <param name="Outcome">Done, partly or failed.</param>
/// <param name="Detail">Why, where that needs saying.</param>
sealed record ScheduleResult(ScheduleOutcome Outcome, string? Detail)
{
    const int Named = 10;

    /// <summary>The result; null while it is not over.</summary>
    public static async Task<ScheduleResult?> ReadAsync(PortalDbContext db, ScheduleRun run, CancellationToken ct)
    {
        if (run.EvacuationId is { } id)
            return await db.Evacuations.AsNoTracking().SingleAsync(e => e.Id == id, ct) is { IsActive: false } evacuation ? Of(evacuation, await db.EvacuationItems.AsNoTracking().Where(i => i.EvacuationId == id).OrderBy(i => i.Ordinal).ToListAsync(ct)) : null;
        return await db.Operations.AsNoTracking().SingleAsync(o => o.Id == run.OperationId, ct) is { IsActive: false } operation
            ? new ScheduleResult(operation.Status == OperationStatus.Succeeded ? ScheduleOutcome.Done : ScheduleOutcome.Failed, operation.Error) : null;
    }

    static ScheduleResult Of(Evacuation evacuation, List<EvacuationItem> items)
    {
        var moved = items.Count(i => i.State == EvacuationItemState.Moved);
        var stayed = items.FindAll(i => i.State == EvacuationItemState.Stayed);
        var count = $"{moved} of {items.Count} moved{(evacuation.Status == EvacuationStatus.Cancelled ? "; it was cancelled" : "")}.";
        // Why is not said here: it tells how full hosts are, and members read this.
        var names = stayed.Count == 0 ? "" : $" Stayed: {string.Join(", ", stayed.Take(Named).Select(i => i.MachineName))}{(stayed.Count > Named ? $" and {stayed.Count - Named} more" : "")}.";
        return new ScheduleResult(stayed.Count == 0 ? ScheduleOutcome.Done : moved > 0 ? ScheduleOutcome.Partly : ScheduleOutcome.Failed, count + names);
    }
}
