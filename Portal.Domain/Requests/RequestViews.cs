using Portal.Domain.Catalog;
using Portal.Domain.Projects;

namespace Portal.Domain.Requests;

/// <summary>A request as a line of a list.</summary>
/// <param name="Id">Identifier.</param>
/// <param name="ProjectId">The project.</param>
/// <param name="ProjectName">Its name.</param>
/// <param name="RequesterId">Who asks.</param>
/// <param name="RequesterName">That person's name.</param>
/// <param name="MachineId">The machine it is about.</param>
/// <param name="MachineName">That machine's name.</param>
/// <param name="ImageTitle">Image asked for.</param>
/// <param name="FlavorName">Flavor asked for.</param>
/// <param name="Size">What it takes.</param>
/// <param name="Why">What it is for, in the requester's words.</param>
/// <param name="Status">What became of it.</param>
/// <param name="SubmittedAt">When it was asked.</param>
/// <param name="DecidedAt">When it was decided or withdrawn.</param>
/// <param name="DecidedByName">Who decided.</param>
/// <param name="DecisionReason">The reason given.</param>
/// <param name="EndedAt">When the machine was made or given up.</param>
public sealed record RequestView(
    Guid Id, Guid ProjectId, string ProjectName, Guid RequesterId, string RequesterName, Guid MachineId, string MachineName, string ImageTitle, string FlavorName,
    MachineSize Size, string? Why, RequestStatus Status, DateTimeOffset SubmittedAt, DateTimeOffset? DecidedAt, string? DecidedByName, string? DecisionReason, DateTimeOffset? EndedAt);

/// <summary>One thing that happened to a request.</summary>
/// <param name="At">When.</param>
/// <param name="What">What, in words: “Submitted”, “Approved”, “Machine made”…</param>
/// <param name="By">Who; null for the portal itself.</param>
/// <param name="Detail">The reason or error that goes with it.</param>
public sealed record RequestEvent(DateTimeOffset At, string What, string? By, string? Detail);

/// <summary>A request with everything about it.</summary>
/// <param name="Request">The request.</param>
/// <param name="Address">The address held for the machine.</param>
/// <param name="NetworkName">The network.</param>
/// <param name="SshKey">The public key that may log in.</param>
/// <param name="Timeline">What happened, oldest first.</param>
/// <param name="OperationId">The operation that makes the machine; null before an approval.</param>
/// <param name="MayWithdraw">Whether the actor may take it back now.</param>
/// <param name="MayDecide">Whether the actor may approve or deny it now.</param>
public sealed record RequestDetails(RequestView Request, string Address, string NetworkName, string SshKey, IReadOnlyList<RequestEvent> Timeline, Guid? OperationId, bool MayWithdraw, bool MayDecide);

/// <summary>What a draft would do, before it is sent.</summary>
/// <param name="Quota">The effect on each limit.</param>
/// <param name="Refusals">Everything that would be refused now, each with its field.</param>
/// <param name="Flavors">Every flavor, with the limits it would pass and by how much.</param>
/// <param name="NameFree">Whether the name is free; null while there is no valid name.</param>
/// <param name="LikelyHost">Name of the host it would run on as things are; null when none has room or the draft has no flavor yet.</param>
public sealed record RequestPreview(IReadOnlyList<QuotaEffect> Quota, IReadOnlyList<Refusal> Refusals, IReadOnlyList<FlavorView> Flavors, bool? NameFree, string? LikelyHost)
{
    /// <summary>Whether it would be taken as things are.</summary>
    public bool CanSubmit => Refusals.Count == 0;
}
