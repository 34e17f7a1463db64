using Microsoft.EntityFrameworkCore;
using Portal.Domain.Accounts;
using Portal.Domain.Projects;
using Portal.Domain.Scoping;

namespace Portal.Domain.Audit;

/// <summary>One line of the audit trail.</summary>
/// <param name="Id">Identifier.</param>
/// <param name="At">When.</param>
/// <param name="ActorId">Who; <see cref="Guid.Empty"/> is the portal itself.</param>
/// <param name="ActorName">That person's name then.</param>
/// <param name="Action">What, e.g. <c>request.approve</c>.</param>
/// <param name="SubjectKind">On what kind of thing.</param>
/// <param name="SubjectId">On which.</param>
/// <param name="SubjectName">Its name then.</param>
/// <param name="ProjectId">In which project, where it belongs to one.</param>
/// <param name="ProjectName">That project's name now.</param>
/// <param name="Detail">More about it: a JSON object.</param>
/// <param name="RemoteAddress">From where.</param>
/// <param name="Sequence">Its place in the chain; null while it waits for one.</param>
public sealed record AuditEntry(Guid Id, DateTimeOffset At, Guid ActorId, string ActorName, string Action, string SubjectKind, Guid SubjectId, string SubjectName, Guid? ProjectId, string? ProjectName, string Detail, string? RemoteAddress, long? Sequence);

/// <summary>Reads the audit trail; it is written beside each change.</summary>
public sealed class AuditService(IDbContextFactory<PortalDbContext> contexts, AuditVerifier verifier) : IDisposable
{
    // Looking through everything takes a processor for seconds: one at a time, however many ask.
    readonly SemaphoreSlim proving = new(1, 1);

    /// <summary>How far a narrowed trail is counted, and so paged by number.</summary>
    public const int MostCounted = 10_000;

    /// <summary>
    /// The trail, newest first. Sorts: <c>at actor action subject</c>. Filters: <c>action</c>, <c>actor</c> (id), <c>subject</c> (id),
    /// <c>kind</c>, <c>project</c> (id), <c>address</c>, <c>from</c> and <c>to</c> (moments; the second is left out itself). Search looks at who, what and
    /// on what: for three letters or more anywhere, for less at the beginning. The whole trail is counted exactly and paged to its end, a narrowed one to <see cref="MostCounted"/>.
    /// Past that, and anywhere, the filters <c>after</c> and <c>before</c> (id of an event) give the page that follows or precedes an event in the list's order; nothing is skipped then.
    /// </summary>
    /// <returns>The page, <see cref="NotAllowed"/>, <see cref="NotFound"/> where the page was to begin, or <see cref="ListTooDeep"/>.</returns>
    public async Task<Result<Page<AuditEntry>>> ListAsync(Actor actor, ListQuery query, CancellationToken ct)
    {
        if (Refuse(actor) is { } refusal)
            return refusal;
        await using var db = await contexts.ForAsync(actor, ct);
        var events = AuditFilter.Apply(db.AuditEvents.AsNoTracking(), query, out var narrowed);
        var (total, more) = narrowed ? await events.CountUpToAsync(MostCounted, ct) : (await CountAllAsync(db, ct), false);
        if ((query.IdFilter("after") ?? query.IdFilter("before")) is { } id)
        {
            if (await db.AuditEvents.AsNoTracking().SingleOrDefaultAsync(e => e.Id == id, ct) is not { } place)
                return new NotFound("event");
            var (beside, follows) = await BesideAsync(events, place, query, isLittle: narrowed && !more, ct);
            return new Page<AuditEntry>(await EntriesAsync(db, beside, ct), total, more) { Follows = follows };
        }

        if (more && query.SafeSkip >= MostCounted)
            return new ListTooDeep(query.SafeSkip, MostCounted);
        var ids = !narrowed ? await IdsAsync(events, query, total, ct) : await AuditFilter.Sort(more ? events : Found(events), query, turned: false).Select(e => e.Id).Skip(query.SafeSkip).Take(query.SafeTake).ToListAsync(ct);
        return new Page<AuditEntry>(await EntriesAsync(db, ids, ct), total, more) { Follows = more || query.SafeSkip + ids.Count < total };
    }

    /// <summary>Looks through the whole chain; see <see cref="AuditVerifier"/>.</summary>
    /// <returns>What was found, or <see cref="NotAllowed"/>.</returns>
    public async Task<Result<AuditVerdict>> VerifyAsync(Actor actor, AuditMark? known, IProgress<(long Done, long Of)>? progress, CancellationToken ct)
    {
        if (Refuse(actor) is { } refusal)
            return refusal;
        await proving.WaitAsync(ct);
        try
        {
            return await verifier.VerifyAsync(known, progress, ct);
        }
        finally
        {
            proving.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => proving.Dispose();

    internal static Refusal? Refuse(Actor actor) => actor.RefuseUnless(PlatformRoles.Auditor, "read the audit trail");

    /// <summary>Sealed ones have a place each, without a gap: nothing is counted but what still waits.</summary>
    static async Task<int> CountAllAsync(PortalDbContext db, CancellationToken ct)
    {
        var place = await db.Set<AuditHead>().Select(h => h.Sequence).SingleOrDefaultAsync(ct);
        return (int)Math.Min(int.MaxValue, place + await db.Set<AuditPending>().LongCountAsync(ct));
    }

    /// <summary>
    /// Where a narrowed trail is little, it is found first and sorted then: the order's index would be walked to its end for it, which the database
    /// takes for cheaper than it is. Where it is much, the page is near wherever the walk begins, and the database chooses.
    /// </summary>
    static IQueryable<AuditEvent> Found(IQueryable<AuditEvent> events)
    {
        // A row limit, even one that leaves nothing out, is what keeps the order from reaching into the search.
        var none = 0;
        return events.Skip(none);
    }

    /// <summary>The identifiers of the page that follows or precedes an event, and whether more follow it.</summary>
    static async Task<(IReadOnlyList<Guid> Ids, bool Follows)> BesideAsync(IQueryable<AuditEvent> events, AuditEvent place, ListQuery query, bool isLittle, CancellationToken ct)
    {
        var before = query.IdFilter("after") is null;
        var beyond = AuditFilter.Beyond(events, place, query, before);
        var ids = await AuditFilter.Sort(isLittle ? Found(beyond) : beyond, query, before).Select(e => e.Id).Take(query.SafeTake + 1).ToListAsync(ct);
        var over = ids.Count > query.SafeTake;
        if (over)
            ids.RemoveAt(query.SafeTake);
        if (before)
            ids.Reverse();
        return (ids, before || over);
    }

    /// <summary>Only the identifiers, from an index alone, and from the end of the list that is nearer.</summary>
    static async Task<IReadOnlyList<Guid>> IdsAsync(IQueryable<AuditEvent> events, ListQuery query, int all, CancellationToken ct)
    {
        var (skip, take) = (query.SafeSkip, query.SafeTake);
        if (skip <= all / 2)
            return await AuditFilter.Sort(events, query, turned: false).Select(e => e.Id).Skip(skip).Take(take).ToListAsync(ct);
        if (skip >= all)
            return [];
        var ids = await AuditFilter.Sort(events, query, turned: true).Select(e => e.Id).Skip(Math.Max(0, all - skip - take)).Take(Math.Min(take, all - skip)).ToListAsync(ct);
        ids.Reverse();
        return ids;
    }

    static async Task<IReadOnlyList<AuditEntry>> EntriesAsync(PortalDbContext db, IReadOnlyList<Guid> ids, CancellationToken ct)
    {
        var entries = await db.AuditEvents.AsNoTracking().Where(e => ids.Contains(e.Id))
            .Select(e => new AuditEntry(e.Id, e.At, e.ActorId, e.ActorName, e.Action, e.SubjectKind, e.SubjectId, e.SubjectName, e.ProjectId,
                db.Projects.Where(p => p.Id == e.ProjectId).Select(p => p.Name).SingleOrDefault(), e.Detail, e.RemoteAddress,
                db.Set<AuditSeal>().Where(s => s.EventId == e.Id).Select(s => (long?)s.Sequence).SingleOrDefault()))
            .ToDictionaryAsync(e => e.Id, ct);
        return [.. ids.Where(entries.ContainsKey).Select(id => entries[id])];
    }
}
