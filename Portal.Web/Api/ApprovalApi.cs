using Portal.Domain.Approvals;

namespace Portal.Web.Api;

/// <summary>Deciding requests; for admins.</summary>
public static class ApprovalApi
{
    /// <summary>Requests to be decided.</summary>
    /// <param name="Ids">Which ones, at most 100.</param>
    /// <param name="Reason">Why; required for a denial.</param>
    public sealed record Verdict(IReadOnlyList<Guid> Ids, string? Reason = null);

    private const int Most = 100;

    internal static void MapApprovals(this IEndpointRouteBuilder api)
    {
        var approvals = api.MapGroup("/approvals");
        approvals.MapGet("", async (Caller caller, ApprovalService service, CancellationToken cancellationToken) =>
            Answers.Ok(await service.QueueAsync(caller.Actor, cancellationToken))).WithSummary("What waits for a decision, oldest first.");
        approvals.MapGet("/{id:guid}", async (Guid id, Caller caller, ApprovalService service, CancellationToken cancellationToken) =>
            Answers.Ok(await service.PreviewAsync(caller.Actor, id, cancellationToken))).WithSummary("What approving would do to quota and hosts.");
        approvals.MapPost("/approve", async (Verdict verdict, Caller caller, ApprovalService service, CancellationToken cancellationToken) =>
            TooMany(verdict) ?? Several(await service.ApproveAsync(caller.Actor, verdict.Ids, verdict.Reason, cancellationToken))).WithSummary("Approves several, each on its own.");
        approvals.MapPost("/deny", async (Verdict verdict, Caller caller, ApprovalService service, CancellationToken cancellationToken) =>
            TooMany(verdict) ?? Several(await service.DenyAsync(caller.Actor, verdict.Ids, verdict.Reason ?? "", cancellationToken))).WithSummary("Denies several, with a reason the requesters read.");
    }

    private static IResult? TooMany(Verdict verdict) => verdict.Ids.Count is > 0 and <= Most ? null
        : Problems.Make(StatusCodes.Status422UnprocessableEntity, "invalid-ids", $"One call decides 1 to {Most} requests.", "Name the requests' ids.", "ids");

    /// <summary>One refusal of one is the call's answer; of several, each has its own.</summary>
    private static IResult Several(IReadOnlyList<Decision> decisions) => decisions is [{ Refusal: { } refusal }] ? Problems.From(refusal) : Results.Ok(decisions);
}
