using Portal.Domain.Operations;

namespace Portal.Domain.Requests;

/// <summary>Which operation carries out which kind of request.</summary>
static class RequestKinds
{
    /// <summary>The kind of request an operation carries out; null for what nobody asks for by a request.</summary>
    public static RequestKind? CarriedOutBy(OperationKind operation) => operation switch
    {
        OperationKind.Provision => RequestKind.Create,
        OperationKind.Resize => RequestKind.Resize,
        OperationKind.Delete => RequestKind.Delete,
        OperationKind.Power or OperationKind.Migrate or OperationKind.Rehome or OperationKind.Snapshot => null,
    };

    /// <summary>The key of the operation that carries a request out; null for a kind that needs none.</summary>
    public static string? OperationKey(RequestKind kind, Guid requestId) => kind switch
    {
        RequestKind.Create => $"provision-{requestId}",
        RequestKind.Resize => $"resize-{requestId}",
        RequestKind.Delete => $"delete-{requestId}",
        RequestKind.ExtendLease or RequestKind.QuotaIncrease => null,
    };
}
