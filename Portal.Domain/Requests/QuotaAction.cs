using Microsoft.EntityFrameworkCore;
using Portal.Domain.Audit;
using Portal.Domain.Projects;

namespace Portal.Domain.Requests;

/// <summary>Higher limits for a project; granted, they hold at once.</summary>
sealed class QuotaAction : ChangeAction
{
    /// <inheritdoc/>
    public override RequestKind Kind => RequestKind.QuotaIncrease;

    /// <inheritdoc/>
    public override bool Takes(Draft draft) => draft is QuotaDraft;

    /// <inheritdoc/>
    protected override Guid? MachineOf(Draft draft) => null;

    /// <inheritdoc/>
    public override async Task<Result<Look>> LookAsync(PortalDbContext db, Actor actor, Draft draft, DateTimeOffset now, CancellationToken ct)
    {
        var asked = (QuotaDraft)draft;
        if (actor.IsSystem)
            return new NotAllowed(RequestKinds.Asking(Kind), "a person's account");
        await db.KeepOpenAsync(asked.ProjectId, ct);
        if (await db.RefuseUnlessMemberAsync(actor, asked.ProjectId, "project", RequestKinds.Asking(Kind), ct) is { } forbidden)
            return forbidden;
        var project = await db.Projects.AsNoTracking().SingleAsync(p => p.Id == asked.ProjectId, ct);
        var quota = await QuotaBooks.ReadAsync(db, asked.ProjectId, ct);
        var wanted = quota.Where(line => asked.Limits.ContainsKey(line.Resource)).ToDictionary(line => line.Resource, line => asked.Limits[line.Resource]);
        var refusals = new List<Refusal>();
        if (wanted.Count == 0)
            refusals.Add(new InvalidText("limits", "No limit is named.", "Say at least one limit that should be higher."));
        foreach (var line in quota.Where(line => wanted.ContainsKey(line.Resource)))
        {
            if (wanted[line.Resource] <= line.Limit)
                refusals.Add(new NotHigher(line, wanted[line.Resource]));
            else if (wanted[line.Resource] > QuotaService.MostLimit)
                refusals.Add(new InvalidText("limits", $"A limit of {wanted[line.Resource]} is more than any project can have.", $"Ask for at most {QuotaService.MostLimit}."));
        }
        if (await db.Requests.Where(r => r.ProjectId == asked.ProjectId && r.Kind == Kind && r.RequesterId == actor.UserId && r.Status == RequestStatus.Waiting).Select(r => (Guid?)r.Id).FirstOrDefaultAsync(ct) is { } other)
            refusals.Add(new OtherWaits(other, project.Name, Kind, RequestStatus.Waiting));
        var terms = new QuotaTerms(quota.Where(line => wanted.ContainsKey(line.Resource)).ToDictionary(line => line.Resource, line => line.Limit), wanted);
        // What the limits would be: nothing is taken of them.
        var effect = quota.Select(line => new QuotaEffect(line.Resource, Math.Max(line.Limit, wanted.GetValueOrDefault(line.Resource)), line.Used, line.Reserved, 0)).ToList();
        return new Look(project.Id, null, project.Name, terms, actor.UserId, QuotaAmounts.None, effect, refusals,
            await FactsAsync(db, actor, project.Id, null, Increase(terms), quota, null, ct), []);
    }

    /// <inheritdoc/>
    public override async Task<Refusal?> GrantAsync(PortalDbContext db, Actor actor, Request request, DateTimeOffset now, CancellationToken ct)
    {
        var terms = (QuotaTerms)request.Terms;
        var before = (await QuotaBooks.ReadAsync(db, request.ProjectId, ct)).ToDictionary(line => line.Resource, line => line.Limit);
        await QuotaService.RaiseAsync(db, request.ProjectId, terms.To, now, ct);
        IReadOnlyList<RaisedLimit> raised = [.. terms.To.Select(limit => new RaisedLimit(limit.Key, before[limit.Key], Math.Max(before[limit.Key], limit.Value)))];
        request.End(RequestStatus.Fulfilled, now, Words(terms, raised));
        db.Add(AuditEvent.Of(actor, "project.raise-quota", "project", request.ProjectId, request.Subject, request.ProjectId,
            new { before = raised.ToDictionary(r => r.Resource, r => r.Before), after = raised.ToDictionary(r => r.Resource, r => r.After) }, now));
        await db.SaveChangesAsync(ct);
        return null;
    }

    sealed record RaisedLimit(QuotaResource Resource, long Before, long After);

    /// <summary>What became of each limit; one that somebody changed meanwhile is said so.</summary>
    static string Words(QuotaTerms terms, IReadOnlyList<RaisedLimit> raised) => string.Join(" ", raised.Select(r =>
        r.After == r.Before ? $"{Amount(r.Resource, r.After)} was the limit already: somebody raised it meanwhile."
        : r.Before != terms.From[r.Resource] ? $"{Amount(r.Resource, r.After)}; it was {r.Before} by then, not {terms.From[r.Resource]} as when it was asked."
        : $"{Amount(r.Resource, r.After)}, {r.After - r.Before} more."));

    static string Amount(QuotaResource resource, long amount) => QuotaWords.Amount(resource, amount);

    static QuotaAmounts Increase(QuotaTerms terms)
    {
        long By(QuotaResource resource) => terms.To.TryGetValue(resource, out var to) ? Math.Max(0, to - terms.From[resource]) : 0;
        return new(By(QuotaResource.Machines), By(QuotaResource.Vcpus), By(QuotaResource.MemoryMib), By(QuotaResource.DiskGib), By(QuotaResource.Addresses), By(QuotaResource.Snapshots));
    }
}
