using Portal.Domain.Approvals;
using Portal.Domain.Operations;

namespace Portal.Domain.Requests;

/// <summary>Tells what happened to a request from what its row, its decisions, its operation and its comments say.</summary>
static class RequestTimeline
{
    /// <summary>What happened, oldest first.</summary>
    public static IReadOnlyList<RequestEvent> Of(RequestView request, IReadOnlyList<DecisionView> decisions, Operation? operation, IReadOnlyList<RequestEvent> comments)
    {
        var events = new List<RequestEvent> { new(request.SubmittedAt, request.ReplacesId is null ? "Submitted" : "Changed and sent anew", request.RequesterName, request.Why) };
        if (request.RuleName.Length > 0)
            events.Add(new(request.SubmittedAt, request.RuleName == Policies.PolicyDecision.NoRule.RuleName ? "No rule matches: people are asked" : $"Matched the rule “{request.RuleName}”", null, null));
        events.AddRange(Decisions(request, decisions));
        if (operation?.StartedAt is { } started)
            events.Add(new(started, Began(request.Kind), null, null));
        if (request.EndedAt is { } ended)
        {
            events.Add(request.Status == RequestStatus.Fulfilled
                ? new(ended, Done(request.Kind), null, request.Outcome)
                : new(ended, Failed(request.Kind), null, request.Outcome ?? operation?.Error, RequestEventTone.Bad));
        }

        // Sorted stably: what happened in one transaction stays in the order it is told in.
        return [.. events.Concat(comments).OrderBy(e => e.At)];
    }

    /// <summary>Who said what, level by level. What the portal itself decided, by a rule or when the time was up, stands in the request's row alone.</summary>
    static IEnumerable<RequestEvent> Decisions(RequestView request, IReadOnlyList<DecisionView> decisions)
    {
        foreach (var said in decisions)
        {
            var level = request.Levels.Count > 1 ? $" at level {said.Level + 1} of {request.Levels.Count}" : "";
            yield return said.Verdict == DecisionVerdict.Approve
                ? new(said.At, $"Approved{level}{(said.IsOverride ? ", without being asked" : "")}", said.Who, said.Reason)
                : new(said.At, $"Denied{level}{(said.IsOverride ? ", without being asked" : "")}", said.Who, said.Reason, RequestEventTone.Bad);
        }

        if (request.DecidedAt is not { } decided)
            yield break;
        if (request.Status == RequestStatus.Withdrawn)
            yield return new(decided, "Withdrawn", null, null);
        else if (!decisions.Any(said => said.At == decided))
            yield return request.Status == RequestStatus.Denied
                ? new(decided, "Denied", request.DecidedByName, request.DecisionReason, RequestEventTone.Bad)
                : new(decided, "Approved", request.DecidedByName, request.DecisionReason);
    }

    static string Began(RequestKind kind) => kind switch
    {
        RequestKind.Create => "Making the machine began",
        RequestKind.Resize => "Resizing began",
        RequestKind.Delete => "Deleting began",
        RequestKind.ExtendLease or RequestKind.QuotaIncrease => "Began",
    };

    static string Done(RequestKind kind) => kind switch
    {
        RequestKind.Create => "Machine made",
        RequestKind.Resize => "Resized",
        RequestKind.ExtendLease => "Lease extended",
        RequestKind.QuotaIncrease => "Limits raised",
        RequestKind.Delete => "Machine deleted",
    };

    static string Failed(RequestKind kind) => kind switch
    {
        RequestKind.Create => "Making the machine failed",
        RequestKind.Resize => "Resizing failed",
        RequestKind.ExtendLease => "Extending the lease failed",
        RequestKind.QuotaIncrease => "Raising the limits failed",
        RequestKind.Delete => "Deleting failed",
    };
}
