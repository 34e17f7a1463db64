namespace Portal.Domain.Policies;

/// <summary>Something in a rule does not do.</summary>
public sealed record InvalidRule(string InField, string Problem, string Fix) : Refusal("invalid-rule", Problem, Fix, InField);

/// <summary>Another rule has the name.</summary>
public sealed record RuleNameTaken(string Name) : Refusal("rule-name-taken", $"Another rule is called “{Name}”.", "Choose another name: who asks and who decides tell rules apart by it.", "name")
{
    /// <inheritdoc/>
    public override RefusalKind Kind => RefusalKind.Conflict;
}
