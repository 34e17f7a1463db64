using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Portal.Domain.Audit;
using Portal.Domain.Changes;

namespace Portal.Domain.Projects;

/// <summary>A recount of every project as the audit trail keeps it.</summary>
/// <param name="By">Who had it made.</param>
/// <param name="At">When it ended.</param>
/// <param name="Projects">How many projects were counted.</param>
/// <param name="Drifted">Those whose books were wrong, with what was put right; by name.</param>
public sealed record FullRecount(string By, DateTimeOffset At, int Projects, IReadOnlyList<QuotaRecount> Drifted);

/// <summary>Every project is being recounted already.</summary>
public sealed record RecountUnderWay() : Refusal("recount-under-way", "Every project is being recounted already.", "What that finds stands here when it has ended.")
{
    /// <inheritdoc/>
    public override RefusalKind Kind => RefusalKind.Conflict;
}

/// <content>The books of every project counted anew, one project after the other, and what that found.</content>
public sealed partial class QuotaService
{
    const string AllRecounted = "quota.recount-all";

    /// <summary>
    /// Recounts every project, one after the other, so that none waits longer than for its own. Each is put right and told in the trail by itself; when
    /// all are done the whole is, and <see cref="LastRecountAsync"/> tells it to whoever asks later.
    /// </summary>
    /// <param name="actor">An admin.</param>
    /// <param name="done">Told after each project: how many are done, and of how many.</param>
    /// <param name="ct">Stops after the project at hand; those done stay done.</param>
    /// <returns>What was found, or <see cref="NotAllowed"/>, <see cref="RecountUnderWay"/>.</returns>
    public async Task<Result<FullRecount>> RecountAllAsync(Actor actor, Func<int, int, Task>? done, CancellationToken ct)
    {
        if (actor.RefuseUnlessAdmin("recount what projects hold") is { } refusal)
            return refusal;
        await using var db = await contexts.CreateDbContextAsync(ct);
        // Holds nothing but the turn: each project is counted in a transaction of its own.
        await using var turn = await db.Database.BeginTransactionAsync(ct);
        if (!await db.Database.SqlQuery<bool>($"""select pg_try_advisory_xact_lock(hashtext('portal recount')) as "Value" """).SingleAsync(ct))
            return new RecountUnderWay();
        var projects = await db.Projects.OrderBy(p => p.Name).Select(p => p.Id).ToListAsync(ct);
        var counted = new List<QuotaRecount>();
        foreach (var project in projects)
        {
            // A project that was deleted meanwhile has no books left.
            if (await RecountAsync(actor, project, ct) is { IsOk: true, Value: var recount })
                counted.Add(recount);
            if (done is not null)
                await done(counted.Count, projects.Count);
        }

        var all = new FullRecount(actor.Name, time.GetUtcNow(), counted.Count, [.. counted.Where(c => c.Drift.Count > 0)]);
        db.Add(AuditEvent.Of(actor, AllRecounted, "project", Guid.Empty, "Every project", null, new { all.Projects, all.Drifted }, all.At));
        await db.SaveChangesAsync(ct);
        await ChangeNotice.NotifyAsync(db, ChangeKind.Project, Guid.Empty, null, ct);
        await turn.CommitAsync(ct);
        return all;
    }

    /// <summary>What the last recount of every project found; null when there was none yet. For admins and auditors.</summary>
    public async Task<Result<FullRecount?>> LastRecountAsync(Actor actor, CancellationToken ct)
    {
        if (actor.RefuseUnless(Accounts.PlatformRoles.Auditor, "read what recounts found") is { } refusal)
            return refusal;
        await using var db = await contexts.CreateDbContextAsync(ct);
        var told = await db.AuditEvents.AsNoTracking().Where(e => e.Action == AllRecounted).OrderByDescending(e => e.At).ThenByDescending(e => e.Id).FirstOrDefaultAsync(ct);
        return told is null ? default(FullRecount) : JsonSerializer.Deserialize<FullRecount>(told.Detail, Json.Options)! with { By = told.ActorName, At = told.At };
    }
}
