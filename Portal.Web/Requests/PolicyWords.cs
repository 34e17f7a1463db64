using Portal.Domain.Policies;

namespace Portal.Web.Requests;

/// <summary>What policy says to a request, in the words of the screen.</summary>
public static class PolicyWords
{
    /// <summary>What happens, as a title: <c>Approved at once</c>.</summary>
    public static string Title(PolicyDecision policy) => policy.Outcome switch
    {
        PolicyOutcome.Approve => "Approved at once",
        PolicyOutcome.Refuse => "Refused",
        PolicyOutcome.Ask when policy.Levels is [var only] => $"{Capital(Of(only))} decides",
        PolicyOutcome.Ask => $"{policy.Levels.Count} levels decide: {string.Join(", then ", policy.Levels.Select(Of))}",
    };

    /// <summary>Why, and what it means for who asks.</summary>
    public static string Detail(PolicyDecision policy) => policy.Outcome switch
    {
        PolicyOutcome.Approve => policy.Reason ?? $"The rule “{policy.RuleName}” says so; nobody has to be waited for.",
        PolicyOutcome.Refuse => policy.Reason ?? $"The rule “{policy.RuleName}” says so.",
        PolicyOutcome.Ask => (policy.RuleId is null ? "No rule says otherwise. " : $"The rule “{policy.RuleName}” asks for it. ") + "What it needs is held for you from the moment you ask.",
    };

    /// <summary>Whom a level asks: <c>an approver or an owner of the project</c>.</summary>
    public static string Of(ApprovalLevel level) => string.Join(level.All ? " and " : " or ", level.Approvers.Select(Of).Distinct());

    static string Of(Approver approver) => approver.Kind switch
    {
        ApproverKind.Person => "a person named in the rule",
        ApproverKind.ProjectOwners => "an owner of the project",
        ApproverKind.Role => approver.Role is "approver" or "admin" or "auditor" or "operator" ? $"{(approver.Role[0] is 'a' or 'o' ? "an" : "a")} {approver.Role}" : $"the role {approver.Role}",
    };

    static string Capital(string text) => text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..];
}
