using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Portal.Domain;
using Portal.Domain.Approvals;
using Portal.Domain.Requests;

namespace Portal.Web.Api;

/// <summary>Why a decision was taken.</summary>
/// <param name="Reason">Read by who asked; a denial needs one.</param>
/// <param name="Level">The level that was looked at, counted from 0: with it, a second call never decides the next one.</param>
public sealed record ReasonBody(string? Reason = null, int? Level = null);

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

/// <summary>Deciding requests; for those who are asked, who stands in for them, and admins.</summary>
static class ApprovalRoutes
{
    public static void Map(RouteGroupBuilder api)
    {
        var approvals = api.MapGroup("/approvals").WithTags("Approvals");
        approvals.MapGet("", QueueAsync).WithSummary("Requests that wait for the caller's decision, oldest first; an admin's are all that wait")
            .Lists(["submitted", "subject", "project", "requester", "rule", "expires"], ListFilter.Of<RequestKind>("kind"), ListFilter.Id("project"), ListFilter.Id("requester"), new ListFilter("rule"), new ListFilter("asked", ["me"]));
        approvals.MapGet("/facts", FactsAsync).WithSummary("How many wait for the caller, the oldest and the median, and how long decisions took of late");
        approvals.MapGet("/trends", TrendsAsync).WithSummary("Requests, decisions and the time they took by week, and why requests were denied; for approvers and auditors");
        approvals.MapGet("/{id:guid}", PreviewAsync).WithSummary("What approving a request would do to its project's quota and to every host").Produces<Problem>(StatusCodes.Status409Conflict, Problem.MediaType);
        approvals.MapPost("/{id:guid}/approve", ApproveAsync).WithSummary("Grant a request: its machine gets a host and is made").Changes();
        approvals.MapPost("/{id:guid}/deny", DenyAsync).WithSummary("Turn a request down, with a reason; what it held is free again").Changes();
        approvals.MapPost("/decide", DecideAsync).WithSummary("Decide several requests, each on its own: one that is refused holds up none of the others").Changes();
    }

    static async Task<Results<Ok<Page<RequestView>>, JsonHttpResult<Problem>>> QueueAsync(ClaimsPrincipal user, [AsParameters] Paging paging, HttpRequest http, ApprovalService approvals, CancellationToken ct) =>
        (await approvals.QueueAsync(user.Actor(), paging.ToQuery(http), ct)).Ok();

    static async Task<Ok<QueueFacts>> FactsAsync(ClaimsPrincipal user, ApprovalService approvals, CancellationToken ct) => TypedResults.Ok(await approvals.FactsAsync(user.Actor(), ct));

    static async Task<Results<Ok<Trends>, JsonHttpResult<Problem>>> TrendsAsync(ClaimsPrincipal user, int? weeks, Guid? project, ApprovalTrends trends, CancellationToken ct) =>
        (await trends.ReadAsync(user.Actor(), weeks ?? 12, project, ct)).Ok();

    static async Task<Results<Ok<ApprovalPreview>, JsonHttpResult<Problem>>> PreviewAsync(ClaimsPrincipal user, Guid id, ApprovalService approvals, CancellationToken ct) =>
        (await approvals.PreviewAsync(user.Actor(), id, ct)).Ok();

    static async Task<Results<Ok<RequestView>, JsonHttpResult<Problem>>> ApproveAsync(ClaimsPrincipal user, Guid id, [FromBody] ReasonBody? body, ApprovalService approvals, CancellationToken ct) =>
        One(await approvals.ApproveAsync(user.Actor(), [new SeenRequest(id, body?.Level)], body?.Reason, ct));

    static async Task<Results<Ok<RequestView>, JsonHttpResult<Problem>>> DenyAsync(ClaimsPrincipal user, Guid id, [FromBody] ReasonBody? body, ApprovalService approvals, CancellationToken ct) =>
        One(await approvals.DenyAsync(user.Actor(), [new SeenRequest(id, body?.Level)], body?.Reason ?? "", ct));

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
