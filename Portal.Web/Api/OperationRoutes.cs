using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Portal.Domain;
using Portal.Domain.Operations;

namespace Portal.Web.Api;

/// <summary>Operations: what is being done to machines, step by step.</summary>
static class OperationRoutes
{
    public static void Map(RouteGroupBuilder api)
    {
        var operations = api.MapGroup("/operations").WithTags("Operations");
        operations.MapGet("", ListAsync).WithSummary("Operations one may see, newest first")
            .Lists(["created", "title", "status", "kind"], ListFilter.Of<OperationStatus>("status"), ListFilter.Of<OperationKind>("kind"), ListFilter.Id("machine"), ListFilter.Id("project"));
        operations.MapGet("/{id:guid}", GetAsync).WithSummary("An operation with its steps");
        operations.MapPost("/{id:guid}/cancel", CancelAsync).WithSummary("Ask an operation to stop; asking twice is asking once").Changes();
    }

    /// <summary>Where an operation is followed.</summary>
    public static string Where(OperationRow operation) => $"/operations/{operation.Id}";

    static async Task<Ok<Page<OperationRow>>> ListAsync(ClaimsPrincipal user, [AsParameters] Paging paging, HttpRequest http, OperationService operations, CancellationToken ct) =>
        TypedResults.Ok(await operations.ListAsync(user.Actor(), paging.ToQuery(http), ct));

    static async Task<Results<Ok<OperationDetails>, JsonHttpResult<Problem>>> GetAsync(ClaimsPrincipal user, Guid id, OperationService operations, CancellationToken ct) =>
        (await operations.GetAsync(user.Actor(), id, ct)).OkOr404("operation");

    static async Task<Results<Accepted<OperationRow>, JsonHttpResult<Problem>>> CancelAsync(ClaimsPrincipal user, Guid id, OperationService operations, CancellationToken ct) =>
        (await operations.CancelAsync(user.Actor(), id, ct)).Accepted(Where);
}
