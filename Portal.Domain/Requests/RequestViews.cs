using Portal.Domain.Catalog;
using Portal.Domain.Leases;
using Portal.Domain.Policies;
using Portal.Domain.Projects;

namespace Portal.Domain.Requests;

/// <summary>A request as a line of a list.</summary>
/// <param name="Id">Identifier.</param>
/// <param name="Kind">What is asked for.</param>
/// <param name="ProjectId">The project.</param>
/// <param name="ProjectName">Its name.</param>
/// <param name="RequesterId">Who asks.</param>
/// <param name="RequesterName">That person's name.</param>
/// <param name="MachineId">The machine it is about; null when it is about the project.</param>
/// <param name="Subject">The name of what it is about.</param>
/// <param name="Terms">What is asked for in figures.</param>
/// <param name="RuleName">The policy's rule that matched, or what stood in for it.</param>
/// <param name="Level">The level that decides now, counted from 0.</param>
/// <param name="Levels">Who is asked, level by level.</param>
/// <param name="ExpiresAt">Until when it may wait; null: for ever.</param>
/// <param name="Why">What it is for, in the requester's words.</param>
/// <param name="Status">What became of it.</param>
/// <param name="SubmittedAt">When it was asked.</param>
/// <param name="DecidedAt">When it was decided or withdrawn.</param>
/// <param name="DecidedByName">Who decided.</param>
/// <param name="DecisionReason">The reason given.</param>
/// <param name="EndedAt">When it was carried out or given up.</param>
/// <param name="Outcome">What came of it, in words; null when the status says all.</param>
/// <param name="ReplacesId">The request this one was sent in place of.</param>
public sealed record RequestView(
    Guid Id, RequestKind Kind, Guid ProjectId, string ProjectName, Guid RequesterId, string RequesterName, Guid? MachineId, string Subject, RequestTerms Terms,
    string RuleName, int Level, IReadOnlyList<ApprovalLevel> Levels, DateTimeOffset? ExpiresAt, string? Why, RequestStatus Status, DateTimeOffset SubmittedAt, DateTimeOffset? DecidedAt, string? DecidedByName, string? DecisionReason, DateTimeOffset? EndedAt, string? Outcome = null, Guid? ReplacesId = null);

/// <summary>How a line of a request's timeline is to be read.</summary>
public enum RequestEventTone
{
    /// <summary>Something happened.</summary>
    Fact,

    /// <summary>It came to nothing, or not to what was wanted.</summary>
    Bad,

    /// <summary>Somebody wrote something.</summary>
    Comment,
}

/// <summary>One thing that happened to a request.</summary>
/// <param name="At">When.</param>
/// <param name="What">What, in words: “Submitted”, “Approved”, “Machine made”…</param>
/// <param name="By">Who; null for the portal itself.</param>
/// <param name="Detail">The reason or error that goes with it; a comment's text.</param>
/// <param name="Tone">How it is to be read.</param>
public sealed record RequestEvent(DateTimeOffset At, string What, string? By, string? Detail, RequestEventTone Tone = RequestEventTone.Fact);

/// <summary>What is held for a machine while its request waits.</summary>
/// <param name="Address">The address.</param>
/// <param name="NetworkName">The network.</param>
/// <param name="SshKey">The public key that may log in.</param>
public sealed record HeldForMachine(string Address, string NetworkName, string SshKey);

/// <summary>A request with everything about it.</summary>
/// <param name="Request">The request.</param>
/// <param name="Held">What is held for a new machine; null for every other kind.</param>
/// <param name="Timeline">What happened, oldest first.</param>
/// <param name="OperationId">The operation that carries it out; null before an approval, and for what needs none.</param>
/// <param name="MayWithdraw">Whether the actor may take it back now.</param>
/// <param name="MayDecide">Whether the actor may approve or deny it now.</param>
/// <param name="MayComment">Whether the actor may write on it.</param>
/// <param name="MayResubmit">Whether the actor may change it and send it anew.</param>
/// <param name="ReplacedById">The newest request that was sent in its place.</param>
/// <param name="Note">Why it waits for those it waits for, where that is not what its rule says; null when it does not wait.</param>
public sealed record RequestDetails(RequestView Request, HeldForMachine? Held, IReadOnlyList<RequestEvent> Timeline, Guid? OperationId, bool MayWithdraw, bool MayDecide,
    bool MayComment = false, bool MayResubmit = false, Guid? ReplacedById = null, string? Note = null);

/// <summary>What a draft would do, before it is sent.</summary>
/// <param name="Quota">The effect on each limit.</param>
/// <param name="Refusals">Everything that would be refused now, each with its field.</param>
/// <param name="Flavors">Every flavor, with the limits it would pass and by how much.</param>
/// <param name="NameFree">Whether the name is free; null while there is no valid name.</param>
/// <param name="LikelyHost">Name of the host it would run on as things are; null when none has room or the draft has no flavor yet.</param>
/// <param name="Policy">What policy would say to it.</param>
/// <param name="Lease">The project's lease terms.</param>
public sealed record RequestPreview(IReadOnlyList<QuotaEffect> Quota, IReadOnlyList<Refusal> Refusals, IReadOnlyList<FlavorView> Flavors, bool? NameFree, string? LikelyHost, PolicyDecision Policy, LeaseTerms Lease)
{
    /// <summary>Who would be asked, level by level and by name; none unless people are asked.</summary>
    public IReadOnlyList<Approvals.LevelView> Levels { get; init; } = [];

    /// <summary>What the cost is in; null while the price list is empty.</summary>
    public string? Currency { get; init; }

    /// <summary>Whether it would be taken as things are.</summary>
    public bool CanSubmit => Refusals.Count == 0;
}

/// <summary>What a draft of any kind would do, before it is sent.</summary>
/// <param name="Kind">What would be asked for.</param>
/// <param name="ProjectId">The project that pays.</param>
/// <param name="Subject">The name of what it is about.</param>
/// <param name="Terms">What would be asked for in figures; null for a new machine whose draft is not whole yet.</param>
/// <param name="Quota">The effect on each limit; for higher limits, what they would be.</param>
/// <param name="Refusals">Everything that would be refused now, each with its field.</param>
/// <param name="Policy">What policy would say to it.</param>
/// <param name="Parts">What of a machine would change, and what of it at once.</param>
public sealed record DraftPreview(RequestKind Kind, Guid ProjectId, string Subject, RequestTerms? Terms, IReadOnlyList<QuotaEffect> Quota, IReadOnlyList<Refusal> Refusals, PolicyDecision Policy, IReadOnlyList<PartChange> Parts)
{
    /// <summary>Whether it would be taken as things are.</summary>
    public bool CanSubmit => Refusals.Count == 0;
}
