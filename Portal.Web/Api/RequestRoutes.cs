using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Portal.Domain;
using Portal.Domain.Catalog;
using Portal.Domain.Machines;
using Portal.Domain.Policies;
using Portal.Domain.Projects;
using Portal.Domain.Requests;

namespace Portal.Web.Api;

/// <summary>What asking would do.</summary>
/// <param name="Kind">What would be asked for.</param>
/// <param name="Quota">The effect on each limit; for higher limits, what they would be.</param>
/// <param name="Refusals">Everything that would be refused now, each with its field.</param>
/// <param name="CanSubmit">Whether it would be taken as things are.</param>
/// <param name="Policy">What policy would say to it.</param>
/// <param name="Parts">What of a machine would change, and what of it at once.</param>
/// <param name="Terms">What would be asked for in figures; null for a new machine.</param>
/// <param name="Flavors">Every flavor, with the limits it would pass; for a new machine.</param>
/// <param name="NameFree">Whether a new machine's name is free; null without a valid one.</param>
/// <param name="LikelyHost">The host a new machine would run on as things are.</param>
public sealed record PreviewReply(RequestKind Kind, IReadOnlyList<QuotaEffect> Quota, IReadOnlyList<Refusal> Refusals, bool CanSubmit, PolicyDecision Policy, IReadOnlyList<PartChange> Parts,
    RequestTerms? Terms = null, IReadOnlyList<FlavorView>? Flavors = null, bool? NameFree = null, string? LikelyHost = null);

/// <summary>What somebody writes on a request.</summary>
/// <param name="Text">Plain text, at most 2000 characters.</param>
public sealed record CommentBody(string Text);

/// <summary>Asking for machines, and for changes of what is there.</summary>
static class RequestRoutes
{
    public static void Map(RouteGroupBuilder api)
    {
        var requests = api.MapGroup("/requests").WithTags("Requests");
        requests.MapGet("", ListAsync).WithSummary("Requests of the projects one may see, newest first")
            .Lists(["submitted", "machine", "requester", "project", "status", "decided"], ListFilter.Of<RequestStatus>("status"), ListFilter.Of<RequestKind>("kind"), new ListFilter("rule"), ListFilter.Id("machine"), ListFilter.Id("project"), ListFilter.Id("requester"));
        requests.MapPost("", SubmitAsync).WithSummary("Ask for something; what it needs of the quota is held for it from now on").Changes();
        requests.MapPost("/preview", PreviewAsync).WithSummary("What asking would do to the quota, and everything that would be refused; holds nothing");
        requests.MapGet("/{id:guid}", GetAsync).WithSummary("A request with its timeline");
        requests.MapPost("/{id:guid}/withdraw", WithdrawAsync).WithSummary("Take a request back while it waits; again is fine").Changes();
        requests.MapGet("/{id:guid}/draft", DraftAsync).WithSummary("What was asked for, as a body to change and send anew").Produces<Problem>(StatusCodes.Status409Conflict, Problem.MediaType);
        requests.MapPost("/{id:guid}/resubmit", ResubmitAsync).WithSummary("Ask anew in place of a request; one that waits is withdrawn in the same step").Changes();
        requests.MapPost("/{id:guid}/comments", CommentAsync).WithSummary("Write on a request; the others it concerns are told").Changes();
    }

    static async Task<Ok<Page<RequestView>>> ListAsync(ClaimsPrincipal user, [AsParameters] Paging paging, HttpRequest http, RequestService requests, CancellationToken ct) =>
        TypedResults.Ok(await requests.ListAsync(user.Actor(), paging.ToQuery(http), ct));

    static async Task<Results<Created<RequestView>, JsonHttpResult<Problem>>> SubmitAsync(ClaimsPrincipal user, RequestBody body, HttpContext context, RequestService requests, MachineService machines, CancellationToken ct)
    {
        var draft = await body.ToDraftAsync(SizeOf(user, machines, ct));
        return draft.IsOk ? (await requests.SubmitAsync(user.Actor(), draft.Value, context.CallKey(), ct)).Created(request => $"/requests/{request.Id}") : Problems.From(draft.Refusal);
    }

    static async Task<Results<Created<RequestView>, JsonHttpResult<Problem>>> ResubmitAsync(ClaimsPrincipal user, Guid id, RequestBody body, HttpContext context, RequestService requests, MachineService machines, CancellationToken ct)
    {
        var draft = await body.ToDraftAsync(SizeOf(user, machines, ct));
        return draft.IsOk ? (await requests.ResubmitAsync(user.Actor(), id, draft.Value, context.CallKey(), ct)).Created(request => $"/requests/{request.Id}") : Problems.From(draft.Refusal);
    }

    static async Task<Results<Ok<PreviewReply>, JsonHttpResult<Problem>>> PreviewAsync(ClaimsPrincipal user, RequestBody body, RequestService requests, MachineService machines, CancellationToken ct)
    {
        var draft = await body.ToDraftAsync(SizeOf(user, machines, ct));
        if (!draft.IsOk)
            return Problems.From(draft.Refusal);
        if (draft.Value is RequestDraft create)
        {
            var made = await requests.PreviewAsync(user.Actor(), create, ct);
            return made is { IsOk: true, Value: var m }
                ? TypedResults.Ok(new PreviewReply(RequestKind.Create, m.Quota, m.Refusals, m.CanSubmit, m.Policy, [], null, m.Flavors, m.NameFree, m.LikelyHost)) : Problems.From(made.Refusal!);
        }

        var look = await requests.PreviewAnyAsync(user.Actor(), draft.Value, ct);
        return look is { IsOk: true, Value: var seen } ? TypedResults.Ok(new PreviewReply(seen.Kind, seen.Quota, seen.Refusals, seen.CanSubmit, seen.Policy, seen.Parts, seen.Terms)) : Problems.From(look.Refusal!);
    }

    static async Task<Results<Ok<RequestBody>, JsonHttpResult<Problem>>> DraftAsync(ClaimsPrincipal user, Guid id, RequestService requests, CancellationToken ct)
    {
        var draft = await requests.DraftOfAsync(user.Actor(), id, ct);
        return draft.IsOk ? TypedResults.Ok(RequestBody.Of(draft.Value)) : Problems.From(draft.Refusal);
    }

    static async Task<Results<Ok<RequestEvent>, JsonHttpResult<Problem>>> CommentAsync(ClaimsPrincipal user, Guid id, CommentBody body, HttpContext context, RequestService requests, CancellationToken ct) =>
        (await requests.CommentAsync(user.Actor(), id, body.Text, context.CallKey(), ct)).Ok();

    static Func<Guid, Task<MachineSize?>> SizeOf(ClaimsPrincipal user, MachineService machines, CancellationToken ct) => async id => await machines.GetAsync(user.Actor(), id, ct) is { } found
        ? found.Pending?.Next ?? new MachineSize(found.Machine.Vcpus, found.Machine.MemoryMib, found.Machine.DiskGib) : null;

    static async Task<Results<Ok<RequestDetails>, JsonHttpResult<Problem>>> GetAsync(ClaimsPrincipal user, Guid id, RequestService requests, CancellationToken ct) =>
        (await requests.GetAsync(user.Actor(), id, ct)).Ok();

    static async Task<Results<Ok<RequestView>, JsonHttpResult<Problem>>> WithdrawAsync(ClaimsPrincipal user, Guid id, RequestService requests, CancellationToken ct) =>
        (await requests.WithdrawAsync(user.Actor(), id, ct)).Ok();
}
