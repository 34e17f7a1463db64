using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Portal.Domain;
using Portal.Domain.Requests;

namespace Portal.Web.Api;

/// <summary>A machine to ask for.</summary>
/// <param name="ProjectId">The project that pays with its quota.</param>
/// <param name="MachineName">Its name: lower-case letters, digits and hyphens, at most 40.</param>
/// <param name="ImageId">The image it is cloned from.</param>
/// <param name="FlavorId">Its size.</param>
/// <param name="NetworkId">The network it gets an address on.</param>
/// <param name="SshKey">The public key that may log in, one line.</param>
/// <param name="Why">What it is for, at most 1000 characters.</param>
public sealed record RequestBody(Guid ProjectId, string MachineName, Guid ImageId, Guid FlavorId, Guid NetworkId, string SshKey, string? Why = null);

/// <summary>A machine one thinks of asking for: everything but the project may still be missing.</summary>
/// <param name="ProjectId">The project that would pay with its quota.</param>
/// <param name="MachineName">Its name.</param>
/// <param name="ImageId">The image it is cloned from.</param>
/// <param name="FlavorId">Its size.</param>
/// <param name="NetworkId">The network it gets an address on.</param>
/// <param name="SshKey">The public key that may log in.</param>
/// <param name="Why">What it is for.</param>
public sealed record PreviewBody(Guid ProjectId, string? MachineName = null, Guid? ImageId = null, Guid? FlavorId = null, Guid? NetworkId = null, string? SshKey = null, string? Why = null);

/// <summary>Asking for machines.</summary>
static class RequestRoutes
{
    public static void Map(RouteGroupBuilder api)
    {
        var requests = api.MapGroup("/requests").WithTags("Requests");
        requests.MapGet("", ListAsync).WithSummary("Requests of the projects one may see, newest first")
            .Lists(["submitted", "machine", "requester", "project", "status", "decided"], ListFilter.Of<RequestStatus>("status"), ListFilter.Id("project"), ListFilter.Id("requester"));
        requests.MapPost("", SubmitAsync).WithSummary("Ask for a machine; quota, name and address are held for it from now on").Changes();
        requests.MapPost("/preview", PreviewAsync).WithSummary("What asking would do to the quota, and everything that would be refused; holds nothing");
        requests.MapGet("/{id:guid}", GetAsync).WithSummary("A request with its timeline");
        requests.MapPost("/{id:guid}/withdraw", WithdrawAsync).WithSummary("Take a request back while it waits; again is fine").Changes();
    }

    static async Task<Ok<Page<RequestView>>> ListAsync(ClaimsPrincipal user, [AsParameters] Paging paging, HttpRequest http, RequestService requests, CancellationToken ct) =>
        TypedResults.Ok(await requests.ListAsync(user.Actor(), paging.ToQuery(http), ct));

    static async Task<Results<Created<RequestView>, JsonHttpResult<Problem>>> SubmitAsync(ClaimsPrincipal user, RequestBody body, HttpContext context, RequestService requests, CancellationToken ct)
    {
        var draft = new RequestDraft(body.ProjectId, body.MachineName, body.ImageId, body.FlavorId, body.NetworkId, body.SshKey, body.Why);
        return (await requests.SubmitAsync(user.Actor(), draft, context.CallKey(), ct)).Created(request => $"/requests/{request.Id}");
    }

    static async Task<Results<Ok<RequestPreview>, JsonHttpResult<Problem>>> PreviewAsync(ClaimsPrincipal user, PreviewBody body, RequestService requests, CancellationToken ct)
    {
        var draft = new RequestDraft(body.ProjectId, body.MachineName ?? "", body.ImageId ?? Guid.Empty, body.FlavorId ?? Guid.Empty, body.NetworkId ?? Guid.Empty, body.SshKey ?? "", body.Why);
        return (await requests.PreviewAsync(user.Actor(), draft, ct)).Ok();
    }

    static async Task<Results<Ok<RequestDetails>, JsonHttpResult<Problem>>> GetAsync(ClaimsPrincipal user, Guid id, RequestService requests, CancellationToken ct) =>
        (await requests.GetAsync(user.Actor(), id, ct)).Ok();

    static async Task<Results<Ok<RequestView>, JsonHttpResult<Problem>>> WithdrawAsync(ClaimsPrincipal user, Guid id, RequestService requests, CancellationToken ct) =>
        (await requests.WithdrawAsync(user.Actor(), id, ct)).Ok();
}
