namespace Portal.Domain.Requests;

/// <summary>Every kind of request with what it means.</summary>
sealed class RequestActions(IEnumerable<RequestAction> actions)
{
    readonly IReadOnlyDictionary<RequestKind, RequestAction> byKind = actions.ToDictionary(action => action.Kind);

    /// <summary>What a kind means.</summary>
    public RequestAction For(RequestKind kind) => byKind[kind];

    /// <summary>What a draft's kind means.</summary>
    public RequestAction For(Draft draft) => byKind.Values.Single(action => action.Takes(draft));
}
