namespace Portal.Domain.Policies;

/// <summary>Decides what happens to a request by the rules in force.</summary>
public sealed class PolicyBook
{
    /// <summary>What the rules say, in the caller's transaction.</summary>
    internal Task<PolicyDecision> DecideAsync(PortalDbContext db, RequestFacts facts, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        return Task.FromResult(PolicyDecision.NoRule);
    }
}
