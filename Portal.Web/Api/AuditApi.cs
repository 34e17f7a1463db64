using Portal.Domain.Audit;

namespace Portal.Web.Api;

/// <summary>The audit trail; for admins.</summary>
public static class AuditApi
{
    internal static void MapAudit(this IEndpointRouteBuilder api) =>
        api.MapGet("/audit", async ([AsParameters] Paging paging, HttpRequest http, Caller caller, AuditService service, CancellationToken cancellationToken) =>
            Answers.Ok(await service.ListAsync(caller.Actor, paging.ToQuery(http), cancellationToken))).WithSummary("Who did what to what, newest first.");
}
