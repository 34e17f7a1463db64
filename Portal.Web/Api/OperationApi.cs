using Portal.Domain.Operations;

namespace Portal.Web.Api;

/// <summary>Operations: what is being done, and what was.</summary>
public static class OperationApi
{
    internal static void MapOperations(this IEndpointRouteBuilder api)
    {
        var operations = api.MapGroup("/operations");
        operations.MapGet("", ([AsParameters] Paging paging, HttpRequest http, Caller caller, OperationService service, CancellationToken cancellationToken) =>
            service.ListAsync(caller.Actor, paging.ToQuery(http), cancellationToken)).WithSummary("Operations one may see, newest first.");
        operations.MapGet("/{id:guid}", async (Guid id, Caller caller, OperationService service, CancellationToken cancellationToken) =>
            Answers.OkOrMissing(await service.GetAsync(caller.Actor, id, cancellationToken), "operation")).WithSummary("An operation with its steps.");
        operations.MapPost("/{id:guid}/cancel", async (Guid id, Caller caller, OperationService service, CancellationToken cancellationToken) =>
            Answers.Begun(await service.CancelAsync(caller.Actor, id, cancellationToken))).WithSummary("Asks an operation to stop and undo.");
    }
}
