using Portal.Domain.Requests;

namespace Portal.Web.Api;

/// <summary>Asking for machines.</summary>
public static class RequestApi
{
    internal static void MapRequests(this IEndpointRouteBuilder api)
    {
        var requests = api.MapGroup("/requests");
        requests.MapGet("", ([AsParameters] Paging paging, HttpRequest http, Caller caller, RequestService service, CancellationToken cancellationToken) =>
            service.ListAsync(caller.Actor, paging.ToQuery(http), cancellationToken)).WithSummary("Requests one may see, newest first.");
        requests.MapGet("/{id:guid}", async (Guid id, Caller caller, RequestService service, CancellationToken cancellationToken) =>
            Answers.Ok(await service.GetAsync(caller.Actor, id, cancellationToken))).WithSummary("A request with its story.");
        requests.MapPost("", async (RequestDraft draft, Caller caller, RequestService service, CancellationToken cancellationToken) =>
            Answers.Created(await service.SubmitAsync(caller.Actor, draft, caller.Key, cancellationToken), made => $"{ApiSetup.Root}/requests/{made.Id}")).WithSummary("Asks for a machine; quota, name and address are held from now on.");
        requests.MapPost("/preview", async (RequestDraft draft, Caller caller, RequestService service, CancellationToken cancellationToken) =>
            Answers.Ok(await service.PreviewAsync(caller.Actor, draft, cancellationToken))).WithSummary("What a request would do, without asking.");
        requests.MapPost("/{id:guid}/withdraw", async (Guid id, Caller caller, RequestService service, CancellationToken cancellationToken) =>
            Answers.Ok(await service.WithdrawAsync(caller.Actor, id, cancellationToken))).WithSummary("Takes a request back while it waits.");
    }
}
