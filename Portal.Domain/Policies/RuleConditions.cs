using Portal.Domain.Projects;
using Portal.Domain.Requests;

namespace Portal.Domain.Policies;

/// <summary>From and to, both included; null: no limit on that side.</summary>
/// <param name="From">At least.</param>
/// <param name="To">At most.</param>
public sealed record RuleRange(decimal? From = null, decimal? To = null)
{
    /// <summary>Whether a figure lies within. What has no such figure lies nowhere.</summary>
    public bool Holds(decimal? figure) => figure is { } value && (From is null || value >= From) && (To is null || value <= To);

    /// <summary>Whether every figure of another range lies within this one.</summary>
    public bool Covers(RuleRange? other) =>
        other is not null && (From is null || (other.From is { } from && from >= From)) && (To is null || (other.To is { } to && to <= To));
}

/// <summary>What a rule looks at. Every condition that is set has to hold; one that is null holds always.</summary>
/// <param name="Projects">One of these projects.</param>
/// <param name="ProjectRoles">The requester's role in the project is one of these.</param>
/// <param name="PlatformRoles">The requester holds one of these platform roles.</param>
/// <param name="Kinds">One of these kinds.</param>
/// <param name="Flavors">A new machine of one of these flavors.</param>
/// <param name="Images">A new machine of one of these images.</param>
/// <param name="Vcpus">Virtual processors of the machine afterwards.</param>
/// <param name="MemoryMib">Its memory afterwards, MiB.</param>
/// <param name="DiskGib">Its disk afterwards, GiB.</param>
/// <param name="SharePercent">What of its fullest limit the project holds afterwards, %.</param>
/// <param name="LeaseDays">Length of the lease, days; for ever is longer than all.</param>
/// <param name="Cost">What the machine costs afterwards in 30 days, by the price list.</param>
public sealed record RuleConditions(
    IReadOnlyList<Guid>? Projects = null, IReadOnlyList<ProjectRole>? ProjectRoles = null, IReadOnlyList<string>? PlatformRoles = null, IReadOnlyList<RequestKind>? Kinds = null,
    IReadOnlyList<Guid>? Flavors = null, IReadOnlyList<Guid>? Images = null, RuleRange? Vcpus = null, RuleRange? MemoryMib = null, RuleRange? DiskGib = null,
    RuleRange? SharePercent = null, RuleRange? LeaseDays = null, RuleRange? Cost = null)
{
    /// <summary>Conditions that every request meets.</summary>
    public static RuleConditions Any { get; } = new();

    /// <summary>The same conditions with empty lists and ranges left out, so that "nothing chosen" is "no condition".</summary>
    public RuleConditions Tidy() => new(List(Projects), List(ProjectRoles), List(PlatformRoles), List(Kinds), List(Flavors), List(Images),
        Range(Vcpus), Range(MemoryMib), Range(DiskGib), Range(SharePercent), Range(LeaseDays), Range(Cost));

    static IReadOnlyList<T>? List<T>(IReadOnlyList<T>? list) => list is { Count: > 0 } ? [.. list.Distinct()] : null;

    static RuleRange? Range(RuleRange? range) => range is null or { From: null, To: null } ? null : range;
}

/// <summary>The conditions by name.</summary>
public enum RuleCondition
{
    /// <summary>The project.</summary>
    Project,

    /// <summary>The requester's role in it.</summary>
    ProjectRole,

    /// <summary>The requester's platform roles.</summary>
    PlatformRole,

    /// <summary>The kind of request.</summary>
    Kind,

    /// <summary>The flavor.</summary>
    Flavor,

    /// <summary>The image.</summary>
    Image,

    /// <summary>Virtual processors.</summary>
    Vcpus,

    /// <summary>Memory.</summary>
    Memory,

    /// <summary>Disk.</summary>
    Disk,

    /// <summary>Share of the quota.</summary>
    Share,

    /// <summary>Length of the lease.</summary>
    Lease,

    /// <summary>Cost.</summary>
    Cost,
}

/// <summary>What a rule does with a request it matches.</summary>
/// <param name="Outcome">What happens.</param>
/// <param name="Reason">Why, shown to who asks; a refusal needs one.</param>
/// <param name="Levels">Who is asked, level by level; none unless people are asked.</param>
/// <param name="MayDecideOwn">Whether the requester may decide too.</param>
/// <param name="ExpiresAfterHours">How long it may wait, hours; null: for ever.</param>
/// <param name="OnExpiry">What happens then.</param>
public sealed record RuleOutcome(PolicyOutcome Outcome, string? Reason, IReadOnlyList<ApprovalLevel> Levels, bool MayDecideOwn = false, int? ExpiresAfterHours = null, ExpiryAction OnExpiry = ExpiryAction.Escalate);
