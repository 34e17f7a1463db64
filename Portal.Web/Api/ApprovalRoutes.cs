using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Portal.Domain;
using Portal.Domain.Approvals;
using Portal.Domain.Requests;

namespace Portal.Web.Api;

/// <summary>Why a decision was taken.</summary>
/// <param name="Reason">Read by who asked; a denial needs one.</param>
public sealed record ReasonBody(string? Reason = null);

/// <summary>A decision on a request.</summary>
public enum Verdict
{
    /// <summary>Grant it.</summary>
    Approve,

    /// <summary>Turn it down.</summary>
    Deny,
}

/// <summary>One decision on several requests.</summary>
/// <param name="RequestIds">Which, at most 200.</param>
/// <param name="Verdict">What.</param>
/// <param name="Reason">Why; a denial needs one.</param>
public sealed record DecideBody(IReadOnlyList<Guid> RequestIds, Verdict Verdict, string? Reason = null);

/// <summary>Deciding requests; for admins.</summary>
static class ApprovalRoutes
{
    public static void Map(RouteGroupBuilder api)
    {
        var approvals = api.MapGroup("/approvals").WithTags("Approvals");
        approvals.MapGet("", QueueAsync).WithSummary("Requests that wait for a decision, oldest first");
        approvals.MapGet("/{id:guid}", PreviewAsync).WithSummary("What approving a request would do to its project's quota and to every host").Produces<Problem>(StatusCodes.Status409Conflict, Problem.MediaType);
        approvals.MapPost("/{id:guid}/approve", ApproveAsync).WithSummary("Grant a request: its machine gets a host and is made").Changes();
        approvals.MapPost("/{id:guid}/deny", DenyAsync).WithSummary("Turn a request down, with a reason; what it held is free again").Changes();
        approvals.MapPost("/decide", DecideAsync).WithSummary("Decide several requests, each on its own: one that is refused holds up none of the others").Changes();
    }

    static async Task<Results<Ok<Page<RequestView>>, JsonHttpResult<Problem>>> QueueAsync(ClaimsPrincipal user, ApprovalService approvals, CancellationToken ct) =>
        (await approvals.QueueAsync(user.Actor(), ct)).Ok();

    static async Task<Results<Ok<ApprovalPreview>, JsonHttpResult<Problem>>> PreviewAsync(ClaimsPrincipal user, Guid id, ApprovalService approvals, CancellationToken ct) =>
        (await approvals.PreviewAsync(user.Actor(), id, ct)).Ok();

    static async Task<Results<Ok<RequestView>, JsonHttpResult<Problem>>> ApproveAsync(ClaimsPrincipal user, Guid id, [FromBody] ReasonBody? body, ApprovalService approvals, CancellationToken ct) =>
        One(await approvals.ApproveAsync(user.Actor(), [id], body?.Reason, ct));

    static async Task<Results<Ok<RequestView>, JsonHttpResult<Problem>>> DenyAsync(ClaimsPrincipal user, Guid id, [FromBody] ReasonBody? body, ApprovalService approvals, CancellationToken ct) =>
        One(await approvals.DenyAsync(user.Actor(), [id], body?.Reason ?? "", ct));

    static async Task<Results<Ok<Page<Decision>>, JsonHttpResult<Problem>>> DecideAsync(ClaimsPrincipal user, DecideBody body, ApprovalService approvals, CancellationToken ct)
    {
        if (body.RequestIds.Count is 0 or > ListQuery.MostRows)
            return Problems.From(new InvalidText("requestIds", $"A call decides 1 to {ListQuery.MostRows} requests; this one names {body.RequestIds.Count}.", "Send several calls."));
        var decisions = body.Verdict == Verdict.Approve
            ? await approvals.ApproveAsync(user.Actor(), body.RequestIds, body.Reason, ct)
            : await approvals.DenyAsync(user.Actor(), body.RequestIds, body.Reason ?? "", ct);
        // What the caller may not do at all, or a reason that will not do, is the whole call's answer and not each request's.
        return decisions.All(d => d.Refusal is NotAllowed or InvalidText) ? Problems.From(decisions[0].Refusal!) : decisions.Whole();
    }

    static Results<Ok<RequestView>, JsonHttpResult<Problem>> One(IReadOnlyList<Decision> decisions) =>
        decisions[0].Refusal is { } refusal ? Problems.From(refusal) : decisions[0].Request.OkOr404("request");
}
