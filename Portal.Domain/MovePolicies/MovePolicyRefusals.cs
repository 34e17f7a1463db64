namespace Portal.Domain.MovePolicies;

/// <summary>Another policy has the name.</summary>
/// <param name="Name">The name.</param>
/// <param name="How">Which other: built in, retired, or in use.</param>
public sealed record PolicyNameTaken(string Name, string How) : Refusal("policy-name-taken", $"{How} is called “{Name}” already.", "Choose another name.", "name")
{
    /// <inheritdoc/>
    public override RefusalKind Kind => RefusalKind.Conflict;
}

/// <summary>Schedules move by the policy.</summary>
/// <param name="Name">The policy.</param>
/// <param name="Schedules">How many.</param>
public sealed record PolicyInUse(string Name, int Schedules) : Refusal("policy-in-use",
    $"{(Schedules == 1 ? "A schedule moves" : $"{Schedules} schedules move")} by “{Name}”.", "Give them another policy or delete them, then retire it.")
{
    /// <inheritdoc/>
    public override RefusalKind Kind => RefusalKind.Conflict;
}

/// <summary>Nothing is ordered by the policy any more.</summary>
/// <param name="Name">The policy.</param>
public sealed record PolicyRetired(string Name) : Refusal("policy-retired", $"“{Name}” is retired: nothing is ordered by it any more.", "Choose another policy, or have an admin bring it back.", "policyId")
{
    /// <inheritdoc/>
    public override RefusalKind Kind => RefusalKind.Conflict;
}

/// <summary>There are as many policies as one can choose from.</summary>
/// <param name="Most">How many.</param>
public sealed record TooManyPolicies(int Most) : Refusal("too-many-policies", $"There are {Most} policies already; nobody chooses among more.", "Change one that is there.")
{
    /// <inheritdoc/>
    public override RefusalKind Kind => RefusalKind.Conflict;
}
