namespace Portal.Domain.Approvals;

/// <summary>A decision that was not taken, through no fault of the request's: it waits as before.</summary>
public sealed record NotDecided(string Why) : Refusal("not-decided", $"This one was not decided: {Why}.", "It waits as before. Decide it again.")
{
    /// <inheritdoc/>
    public override RefusalKind Kind => RefusalKind.Conflict;
}

/// <summary>The database broke off while it wrote the decision down.</summary>
public sealed record MayBeDecided() : Refusal("may-be-decided", "The database broke off in the middle of this one: it may be decided or not.", "Look at the request before you decide it again.")
{
    /// <inheritdoc/>
    public override RefusalKind Kind => RefusalKind.Conflict;
}

/// <summary>Nobody decides his own request unless its rule says so.</summary>
public sealed record OwnRequest() : Refusal("own-request", "You may not decide your own request, nor one of somebody you stand in for.", "Somebody else who is asked decides it, or an admin. A rule can allow it: “may decide own”.")
{
    /// <inheritdoc/>
    public override RefusalKind Kind => RefusalKind.Forbidden;
}

/// <summary>The actor said yes already; others of the level have not.</summary>
public sealed record AlreadySaid() : Refusal("already-said", "You have said yes to this already.", "It waits for the others of its level now.")
{
    /// <inheritdoc/>
    public override RefusalKind Kind => RefusalKind.Conflict;
}

/// <summary>The level that was looked at was decided meanwhile, or is not asked yet.</summary>
/// <param name="Level">That level, counted from 0.</param>
/// <param name="By">Who decided it.</param>
/// <param name="At">The level the request is at, counted from 0.</param>
public sealed record LevelPassed(int Level, string? By, int At) : Refusal("level-passed",
    Level < At ? $"Level {Level + 1} was approved meanwhile{(By is null ? "" : $" by {By}")}: the request waits at the next one." : $"The request waits at level {At + 1} (level {At} where levels are counted from 0), and level {Level + 1} is not asked yet.",
    "Look at it again before you decide.")
{
    /// <inheritdoc/>
    public override RefusalKind Kind => RefusalKind.Conflict;
}
