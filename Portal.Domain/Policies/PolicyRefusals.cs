namespace Portal.Domain.Policies;

/// <summary>Something in a rule does not do.</summary>
public sealed record InvalidRule(string InField, string Problem, string Fix) : Refusal("invalid-rule", Problem, Fix, InField);

/// <summary>Another rule has the name.</summary>
public sealed record RuleNameTaken(string Name) : Refusal("rule-name-taken", $"Another rule is called “{Name}”.", "Choose another name: who asks and who decides tell rules apart by it.", "name")
{
    /// <inheritdoc/>
    public override RefusalKind Kind => RefusalKind.Conflict;
}

/// <summary>Somebody changed it since it was looked at. Nothing was written.</summary>
/// <param name="Thing">What: a rule's name, or the price list.</param>
/// <param name="By">Who changed it.</param>
/// <param name="At">When.</param>
/// <param name="Differences">What stands there now and was to be overwritten: field, now, yours.</param>
/// <param name="Version">The row version now: with it the change can be made all the same.</param>
public sealed record ChangedMeanwhile(string Thing, string? By, DateTimeOffset At, IReadOnlyList<FieldDifference> Differences, uint Version) : Refusal(
    "changed-meanwhile", $"{Thing} was changed by {By ?? "the portal"} at {At.UtcDateTime:HH:mm:ss} UTC on {At.UtcDateTime:yyyy-MM-dd}, after you opened it.",
    Differences.Count == 0 ? "What you typed is the same as what stands there now: look, and save again." : "Nothing was written and nothing you typed is lost: look at the difference, and save again to have it your way.")
{
    /// <inheritdoc/>
    public override RefusalKind Kind => RefusalKind.Conflict;
}

/// <summary>One difference between what stands there and what was typed.</summary>
/// <param name="Field">The field.</param>
/// <param name="Now">What stands there.</param>
/// <param name="Yours">What was typed.</param>
public sealed record FieldDifference(string Field, string Now, string Yours);
