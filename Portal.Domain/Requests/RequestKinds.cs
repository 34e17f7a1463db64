using Portal.Domain.Operations;

namespace Portal.Domain.Requests;

/// <summary>What to call each kind of request, and which operation carries it out.</summary>
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

    /// <summary>What somebody does who asks, for a sentence that refuses it.</summary>
    public static string Asking(RequestKind kind) => kind switch
    {
        RequestKind.Create => "ask for machines in this project",
        RequestKind.Resize => "resize this machine",
        RequestKind.ExtendLease => "extend this machine's lease",
        RequestKind.QuotaIncrease => "ask for higher limits",
        RequestKind.Delete => "ask for this machine's deletion",
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
