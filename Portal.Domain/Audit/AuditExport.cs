using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Portal.Domain.Accounts;
using Portal.Domain.Projects;

namespace Portal.Domain.Audit;

/// <summary>An event with its place and hash, as it leaves the portal.</summary>
/// <param name="Entry">The event.</param>
/// <param name="Hash">Its hash in the chain; null while it waits for its place.</param>
public sealed record AuditExported(AuditEntry Entry, byte[]? Hash);

/// <summary>A narrowed trail on its way out.</summary>
/// <param name="Head">The chain's end when it was asked for, to keep with it.</param>
/// <param name="Events">The events, in the list's order, as the database gives them.</param>
public sealed record AuditHandout(AuditMark Head, IAsyncEnumerable<AuditExported> Events);

/// <summary>Hands the trail out, whole or narrowed as the list is, one row at a time: what it takes does not grow with the trail.</summary>
public sealed class AuditExport(IDbContextFactory<PortalDbContext> contexts, TimeProvider time)
{
    /// <summary>Begins an export; that it was made is an event too, written before the first row leaves.</summary>
    /// <returns>The stream, or <see cref="NotAllowed"/>.</returns>
    public async Task<Result<AuditHandout>> BeginAsync(Actor actor, ListQuery query, string format, CancellationToken ct)
    {
        if (actor.RefuseUnless(PlatformRoles.Auditor, "export the audit trail") is { } refusal)
            return refusal;
        await using var db = await contexts.CreateDbContextAsync(ct);
        var head = await db.Set<AuditHead>().AsNoTracking().SingleAsync(ct);
        var mark = AuditMark.Of(head.Sequence, head.Hash);
        db.Add(AuditEvent.Of(actor, "audit.export", "audit", Guid.Empty, "Audit trail", null, new { format, search = query.Search, filters = query.Filters, head = mark.ToString() }, time.GetUtcNow()));
        await db.SaveChangesAsync(ct);
        return new AuditHandout(mark, StreamAsync(query, ct));
    }

    async IAsyncEnumerable<AuditExported> StreamAsync(ListQuery query, [EnumeratorCancellation] CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        // A reader of a million rows may be slower than a usual command may be.
        db.Database.SetCommandTimeout(TimeSpan.FromHours(1));
        var names = await db.Projects.ToDictionaryAsync(p => p.Id, p => p.Name, ct);
        var events = AuditFilter.Sort(AuditFilter.Apply(db.AuditEvents.AsNoTracking(), query, out _), query, turned: false)
            .Select(e => new { Event = e, Seal = db.Set<AuditSeal>().Where(s => s.EventId == e.Id).Select(s => new { s.Sequence, s.Hash }).SingleOrDefault() });
        await foreach (var row in events.AsAsyncEnumerable().WithCancellation(ct))
        {
            var e = row.Event;
            yield return new(new AuditEntry(e.Id, e.At, e.ActorId, e.ActorName, e.Action, e.SubjectKind, e.SubjectId, e.SubjectName, e.ProjectId,
                e.ProjectId is { } project ? names.GetValueOrDefault(project) : null, e.Detail, e.RemoteAddress, row.Seal?.Sequence), row.Seal?.Hash);
        }
    }
}
