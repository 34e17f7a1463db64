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
