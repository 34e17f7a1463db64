using Portal.Domain.Operations;

namespace Portal.Domain.Requests;

/// <summary>Tells what happened to a request from what its row and its operation say.</summary>
static class RequestTimeline
{
    /// <summary>What happened, oldest first.</summary>
    public static IReadOnlyList<RequestEvent> Of(RequestView request, Operation? operation)
    {
        var events = new List<RequestEvent> { new(request.SubmittedAt, "Submitted", request.RequesterName, request.Why) };
        if (request.DecidedAt is { } decided)
        {
            events.Add(request.Status switch
            {
                RequestStatus.Withdrawn => new(decided, "Withdrawn", null, null),
                RequestStatus.Denied => new(decided, "Denied", request.DecidedByName, request.DecisionReason),
                _ => new(decided, "Approved", request.DecidedByName, request.DecisionReason),
            });
        }
        if (operation?.StartedAt is { } started)
            events.Add(new(started, "Making the machine began", null, null));
        if (request.EndedAt is { } ended)
            events.Add(request.Status == RequestStatus.Fulfilled ? new(ended, "Machine made", null, null) : new(ended, "Making the machine failed", null, operation?.Error));
        return events;
    }
}
