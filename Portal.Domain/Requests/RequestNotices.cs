using Portal.Domain.Notices;

namespace Portal.Domain.Requests;

/// <summary>Tells people what became of requests.</summary>
static class RequestNotices
{
    /// <summary>Who asked is told that the request came to its end, while in the project.</summary>
    public static async Task EndedAsync(PortalDbContext db, Request request, DateTimeOffset now, CancellationToken ct) =>
        await NoticeBoard.TellAsync(db, new Notice(NoticeKind.RequestDecided, Title(request), request.Outcome ?? request.DecisionReason, $"/requests/{request.Id}", request.Id, request.ProjectId),
            await NoticePeople.WhoReadAsync(db, request.ProjectId, [request.RequesterId], ct), now, ct);

    /// <summary>What is asked for, as a sentence about it begins: one machine is asked about more than once, and its name alone says too little.</summary>
    public static string What(Request request) => request.Kind switch
    {
        RequestKind.Create => request.Subject,
        RequestKind.Resize => $"The new size of {request.Subject}",
        RequestKind.ExtendLease => $"The longer lease of {request.Subject}",
        RequestKind.QuotaIncrease => $"The higher quota of {request.Subject}",
        RequestKind.Delete => $"The deletion of {request.Subject}",
    };

    static string Title(Request request) => (request.Kind, request.Status) switch
    {
        (_, RequestStatus.Denied) => $"Your request for {request.Subject} was denied.",
        (RequestKind.Create, RequestStatus.Fulfilled) => $"{request.Subject} is made and runs.",
        (RequestKind.Create, _) => $"{request.Subject} could not be made.",
        (RequestKind.Resize, RequestStatus.Fulfilled) => $"{request.Subject} has its new size.",
        (RequestKind.Resize, _) => $"{request.Subject} could not be resized.",
        (RequestKind.ExtendLease, _) => $"The lease of {request.Subject} is longer.",
        (RequestKind.QuotaIncrease, _) => $"The limits of {request.Subject} are raised.",
        (RequestKind.Delete, RequestStatus.Fulfilled) => $"{request.Subject} is deleted.",
        (RequestKind.Delete, _) => $"{request.Subject} could not be deleted.",
    };
}
