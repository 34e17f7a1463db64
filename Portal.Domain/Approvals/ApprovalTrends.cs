using Microsoft.EntityFrameworkCore;

namespace Portal.Domain.Approvals;

/// <summary>One week of requests.</summary>
/// <param name="Week">Its Monday, UTC.</param>
/// <param name="Submitted">Requests asked in it.</param>
/// <param name="Approved">Requests granted in it.</param>
/// <param name="Denied">Requests turned down in it.</param>
/// <param name="AtOnce">Those of the granted that a rule approved at once.</param>
/// <param name="MedianSeconds">Median time people took for a decision, seconds; null in a week without.</param>
public sealed record TrendWeek(DateTime Week, int Submitted, int Approved, int Denied, int AtOnce, double? MedianSeconds);

/// <summary>How often requests were turned down for the same reason.</summary>
/// <param name="Reason">The reason as it was given.</param>
/// <param name="Count">How often.</param>
public sealed record DenialReason(string Reason, int Count);

/// <summary>How asking and deciding went of late.</summary>
/// <param name="Weeks">Every week, the oldest first; the last is the one under way.</param>
/// <param name="Denials">Why requests were turned down in that time, the most frequent first.</param>
public sealed record Trends(IReadOnlyList<TrendWeek> Weeks, IReadOnlyList<DenialReason> Denials);

/// <summary>Counts requests and decisions by week; for those who decide or audit.</summary>
public sealed class ApprovalTrends(IDbContextFactory<PortalDbContext> contexts, TimeProvider time)
{
    /// <summary>The most weeks.</summary>
    public const int MostWeeks = 53;

    const int MostReasons = 10;

    /// <summary>The last so many weeks, of one project or of all.</summary>
    public async Task<Result<Trends>> ReadAsync(Actor actor, int weeks, Guid? project, CancellationToken ct)
    {
        if (!actor.IsApprover && !actor.IsAuditor)
            return new NotAllowed("read the trends", "the role approver or auditor");
        var count = Math.Clamp(weeks, 1, MostWeeks);
        var today = time.GetUtcNow().UtcDateTime.Date;
        var monday = today.AddDays(-(((int)today.DayOfWeek + 6) % 7));
        var first = new DateTimeOffset(monday.AddDays(-7 * (count - 1)), TimeSpan.Zero);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var found = await db.Database.SqlQuery<TrendWeek>($"""
            with weeks as (select generate_series({first}::timestamptz at time zone 'UTC', {monday}::timestamp, interval '7 days') as week),
            asked as (
                select date_trunc('week', submitted_at at time zone 'UTC') as week, count(*)::int as submitted
                from requests where submitted_at >= {first} and ({project}::uuid is null or project_id = {project}) group by 1),
            decided as (
                select date_trunc('week', decided_at at time zone 'UTC') as week,
                    count(*) filter (where status in ('Approved', 'Fulfilled', 'Failed'))::int as approved, count(*) filter (where status = 'Denied')::int as denied,
                    count(*) filter (where status in ('Approved', 'Fulfilled', 'Failed') and decided_by = '00000000-0000-0000-0000-000000000000')::int as at_once,
                    (percentile_cont(0.5) within group (order by extract(epoch from decided_at - submitted_at)) filter (where decided_by <> '00000000-0000-0000-0000-000000000000'))::float8 as median
                from requests where decided_at >= {first} and status not in ('Waiting', 'Withdrawn') and ({project}::uuid is null or project_id = {project}) group by 1)
            select w.week as "week", coalesce(a.submitted, 0) as "submitted", coalesce(d.approved, 0) as "approved", coalesce(d.denied, 0) as "denied",
                coalesce(d.at_once, 0) as "at_once", d.median as "median_seconds"
            from weeks w left join asked a on a.week = w.week left join decided d on d.week = w.week order by w.week
            """).ToListAsync(ct);
        var denied = db.Requests.Where(r => r.Status == Requests.RequestStatus.Denied && r.DecidedAt >= first && (project == null || r.ProjectId == project));
        var reasons = await denied.GroupBy(r => r.DecisionReason!).Select(g => new { g.Key, Count = g.Count() }).OrderByDescending(g => g.Count).ThenBy(g => g.Key).Take(MostReasons).ToListAsync(ct);
        return new Trends(found, reasons.ConvertAll(g => new DenialReason(g.Key, g.Count)));
    }
}
