using Microsoft.EntityFrameworkCore;
using Portal.Domain.Accounts;
using Portal.Domain.Audit;

namespace Portal.Domain.Projects;

/// <summary>A figure of a person that said less than was given back of it.</summary>
/// <param name="Resource">What is limited.</param>
/// <param name="BooksUsed">Used, as the books said.</param>
/// <param name="BooksReserved">Reserved, as the books said.</param>
/// <param name="Used">What was to be added to used.</param>
/// <param name="Reserved">What was to be added to reserved.</param>
sealed record MemberDrift(QuotaResource Resource, long BooksUsed, long BooksReserved, long Used, long Reserved)
{
    /// <summary>
    /// Finds them before they are written: a person's figures below nothing. <c>$1</c> the project, <c>$2</c> the person, <c>$3</c> to <c>$5</c>
    /// resources and what is added to used and reserved.
    /// </summary>
    public const string Find = """
        select d.resource, coalesce(q.used, 0), coalesce(q.reserved, 0), d.used, d.reserved from unnest($3::text[], $4::bigint[], $5::bigint[]) d (resource, used, reserved)
        left join member_quotas q on q.project_id = $1 and q.user_id = $2 and q.resource = d.resource
        where coalesce(q.used, 0) + d.used < 0 or coalesce(q.reserved, 0) + d.reserved < 0 order by d.resource
        """;

    /// <summary>
    /// Puts them in the audit trail, in the caller's transaction. They hold up nothing: the figure is put at nothing, and a recount says
    /// what else is wrong with that person's.
    /// </summary>
    public static async Task TellAsync(PortalDbContext db, Guid projectId, Guid holderId, IReadOnlyList<MemberDrift> drift, CancellationToken ct)
    {
        if (drift.Count == 0)
            return;
        var project = await db.Projects.IgnoreQueryFilters().Where(p => p.Id == projectId).Select(p => p.Name).SingleAsync(ct);
        var person = await db.Users.Where(u => u.Id == holderId).Select(u => User.NameOf(u.DisplayName, u.UserName)).SingleOrDefaultAsync(ct);
        db.Add(AuditEvent.Of(Actor.System, "quota.drift", "project", projectId, project, projectId, new { userId = holderId, person, drift }, db.Now()));
        await db.SaveChangesAsync(ct);
    }
}
