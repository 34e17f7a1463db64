using Portal.Domain.Accounts;
using Portal.Domain.Hosts;
using Portal.Domain.Projects;
using Portal.Domain.Requests;

namespace Portal.Domain.Approvals;

/// <summary>What an approval would do.</summary>
/// <param name="Request">The request.</param>
/// <param name="Quota">The project's limits: used, waiting (other requests), this, left.</param>
/// <param name="Hosts">Every host, now and afterwards.</param>
/// <param name="UnplacedIfAll">Machines for which no room would be left if everything that waits were approved.</param>
/// <param name="Similar">Earlier decisions, the closest and newest first.</param>
/// <param name="Network">The network a new machine gets its address on, with that network's range.</param>
/// <param name="Problems">What would refuse an approval as things are; a denial is always possible.</param>
/// <param name="Levels">Who is asked, level by level and by name, as things are now.</param>
/// <param name="Decisions">What was said so far, oldest first.</param>
/// <param name="Note">Why it is with those it is with, where that is not what its rule says.</param>
/// <param name="MayNot">Why the actor may not decide it; null when he may.</param>
/// <param name="OnBehalfOf">For whom the actor would decide, where he stands in.</param>
/// <param name="IsOverride">Whether the actor would decide as an admin who is not asked.</param>
public sealed record ApprovalPreview(RequestView Request, IReadOnlyList<QuotaEffect> Quota, IReadOnlyList<HostEffect> Hosts, int UnplacedIfAll, IReadOnlyList<RequestView> Similar, string? Network, IReadOnlyList<Refusal> Problems,
    IReadOnlyList<LevelView> Levels, IReadOnlyList<DecisionView> Decisions, string? Note, Refusal? MayNot, string? OnBehalfOf, bool IsOverride);

/// <summary>What somebody's queue is like.</summary>
/// <param name="MayBeAsked">Whether requests can come to this person at all.</param>
/// <param name="Waiting">Requests that wait.</param>
/// <param name="Oldest">When the oldest was asked.</param>
/// <param name="Median">When the one in the middle was asked.</param>
/// <param name="MedianDecision">How long people took for a decision of late.</param>
/// <param name="Rules">The rules these came by, by name.</param>
/// <param name="Requesters">Who asked, by name.</param>
/// <param name="Projects">Their projects, by name.</param>
public sealed record QueueFacts(bool MayBeAsked, int Waiting, DateTimeOffset? Oldest, DateTimeOffset? Median, TimeSpan? MedianDecision, IReadOnlyList<string> Rules, IReadOnlyList<PersonView> Requesters, IReadOnlyList<Policies.NamedThing> Projects);

/// <summary>What approvals would do to a host.</summary>
/// <param name="Now">The host as it is.</param>
/// <param name="Chosen">Whether the machine would go there as things are.</param>
/// <param name="After">The host after this approval.</param>
/// <param name="IfAll">The host if everything that waits were approved, oldest first.</param>
public sealed record HostEffect(HostRoom Now, bool Chosen, HostRoom After, HostRoom IfAll);

/// <summary>What became of one request of several: the request as it is now, or why nothing was done.</summary>
public sealed record Decision(Guid RequestId, RequestView? Request, Refusal? Refusal)
{
    /// <summary>Whether the decision was taken.</summary>
    public bool IsOk => Refusal is null;
}
