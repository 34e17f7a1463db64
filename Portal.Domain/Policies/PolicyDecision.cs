namespace Portal.Domain.Policies;

/// <summary>What happens to a request.</summary>
public enum PolicyOutcome
{
    /// <summary>Granted at once, without a person.</summary>
    Approve,

    /// <summary>People are asked, level by level.</summary>
    Ask,

    /// <summary>Refused, with the rule's reason.</summary>
    Refuse,
}

/// <summary>What happens when nobody decided in time.</summary>
public enum ExpiryAction
{
    /// <summary>It is granted.</summary>
    Approve,

    /// <summary>It is turned down.</summary>
    Deny,

    /// <summary>Admins are asked.</summary>
    Escalate,
}

/// <summary>Whom a level asks.</summary>
public enum ApproverKind
{
    /// <summary>A person.</summary>
    Person,

    /// <summary>Everybody who holds a platform role.</summary>
    Role,

    /// <summary>The project's owners.</summary>
    ProjectOwners,
}

/// <summary>One of those a level asks.</summary>
/// <param name="Kind">Whom.</param>
/// <param name="UserId">The person, for <see cref="ApproverKind.Person"/>.</param>
/// <param name="Role">The role's name, for <see cref="ApproverKind.Role"/>.</param>
public sealed record Approver(ApproverKind Kind, Guid? UserId = null, string? Role = null);

/// <summary>One level of approval.</summary>
/// <param name="Approvers">Whom it asks.</param>
/// <param name="All">Whether each of <paramref name="Approvers"/> has to say yes; otherwise one yes is enough. One no is always enough.</param>
public sealed record ApprovalLevel(IReadOnlyList<Approver> Approvers, bool All);

/// <summary>What the rules say to a request.</summary>
/// <param name="RuleId">The first rule that matched; null when none did.</param>
/// <param name="RuleName">Its name, or what stands in for it.</param>
/// <param name="Outcome">What happens.</param>
/// <param name="Reason">Why, in the rule's words.</param>
/// <param name="Levels">Who is asked, level by level.</param>
/// <param name="MayDecideOwn">Whether the requester may decide too.</param>
/// <param name="ExpiresAfter">How long it may wait; null: for ever.</param>
/// <param name="OnExpiry">What happens then.</param>
public sealed record PolicyDecision(Guid? RuleId, string RuleName, PolicyOutcome Outcome, string? Reason, IReadOnlyList<ApprovalLevel> Levels, bool MayDecideOwn, TimeSpan? ExpiresAfter, ExpiryAction OnExpiry)
{
    /// <summary>What the machine costs afterwards in 30 days; null when it is about no machine.</summary>
    public decimal? Cost { get; init; }

    /// <summary>What holds where no rule matches: approvers are asked, and nobody decides for himself.</summary>
    public static PolicyDecision NoRule { get; } = new(null, "No rule matches", PolicyOutcome.Ask, null, [new([new(ApproverKind.Role, Role: Accounts.Roles.Approver)], All: false)], MayDecideOwn: false, null, ExpiryAction.Escalate);
}
