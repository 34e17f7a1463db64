using Portal.Domain.Operations;

namespace Portal.Domain.Requests;

/// <summary>Tells what happened to a request from what its row, its operation and its comments say.</summary>
static class RequestTimeline
{
    /// <summary>What happened, oldest first.</summary>
    public static IReadOnlyList<RequestEvent> Of(RequestView request, Operation? operation, IReadOnlyList<RequestEvent> comments)
    {
        var events = new List<RequestEvent> { new(request.SubmittedAt, request.ReplacesId is null ? "Submitted" : "Changed and sent anew", request.RequesterName, request.Why) };
        if (request.RuleName.Length > 0)
            events.Add(new(request.SubmittedAt, request.RuleName == Policies.PolicyDecision.NoRule.RuleName ? "No rule matches: people are asked" : $"Matched the rule “{request.RuleName}”", null, null));
        events.AddRange(Decisions(request));
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

    /// <summary>Who said what, level by level; the one place that knows how decisions are kept.</summary>
    static IEnumerable<RequestEvent> Decisions(RequestView request)
    {
        if (request.DecidedAt is not { } decided)
            yield break;
        yield return request.Status switch
        {
            RequestStatus.Withdrawn => new(decided, "Withdrawn", null, null),
            RequestStatus.Denied => new(decided, "Denied", request.DecidedByName, request.DecisionReason, RequestEventTone.Bad),
            RequestStatus.Waiting or RequestStatus.Approved or RequestStatus.Fulfilled or RequestStatus.Failed => new(decided, "Approved", request.DecidedByName, request.DecisionReason),
        };
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
