using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Portal.Domain;
using Portal.Domain.Audit;

namespace Portal.Web.Api;

/// <summary>One line of the audit trail.</summary>
/// <param name="Id">Identifier.</param>
/// <param name="At">When.</param>
/// <param name="ActorId">Who; all zeros is the portal itself.</param>
/// <param name="ActorName">That person's name then.</param>
/// <param name="Action">What, e.g. request.approve.</param>
/// <param name="SubjectKind">On what kind of thing.</param>
/// <param name="SubjectId">On which.</param>
/// <param name="SubjectName">Its name then.</param>
/// <param name="ProjectId">In which project, where it belongs to one.</param>
/// <param name="ProjectName">That project's name now.</param>
/// <param name="Detail">More about it: an object.</param>
/// <param name="RemoteAddress">From where.</param>
public sealed record AuditLine(Guid Id, DateTimeOffset At, Guid ActorId, string ActorName, string Action, string SubjectKind, Guid SubjectId, string SubjectName,
    Guid? ProjectId, string? ProjectName, JsonElement Detail, string? RemoteAddress);

/// <summary>The audit trail; for admins and auditors.</summary>
static class AuditRoutes
{
    public static void Map(RouteGroupBuilder api) => api.MapGet("/audit", ListAsync).WithTags("Audit").WithSummary("Who did what to what, newest first; for admins and auditors")
        .Lists(["at", "actor", "action", "subject"], new ListFilter("action"), new ListFilter("kind"), ListFilter.Id("actor"), ListFilter.Id("subject"), ListFilter.Id("project"), ListFilter.Time("from"), ListFilter.Time("to"));

    static async Task<Results<Ok<Page<AuditLine>>, JsonHttpResult<Problem>>> ListAsync(ClaimsPrincipal user, [AsParameters] Paging paging, HttpRequest http, AuditService audit, CancellationToken ct)
    {
        var page = await audit.ListAsync(user.Actor(), paging.ToQuery(http), ct);
        return page.IsOk ? TypedResults.Ok(new Page<AuditLine>([.. page.Value.Items.Select(LineOf)], page.Value.Total)) : Problems.From(page.Refusal);
    }

    // The entry holds its detail as text; a program wants it as the object it is.
    static AuditLine LineOf(AuditEntry e) => new(e.Id, e.At, e.ActorId, e.ActorName, e.Action, e.SubjectKind, e.SubjectId, e.SubjectName, e.ProjectId, e.ProjectName,
        JsonElement.Parse(e.Detail), e.RemoteAddress);
}
