namespace Portal.Domain;

/// <summary>
/// A "no" that is part of the rules: which rule, by how much, and what to do about it. Refusals are values; exceptions are faults.
/// Each reason is a sealed record beside the service that gives it.
/// </summary>
/// <param name="Code">Stable kebab-case name of the reason, the same in the API and in tests.</param>
/// <param name="Message">What was refused and which rule says so, in words for the person who asked.</param>
/// <param name="Advice">What that person can do now.</param>
/// <param name="Field">The input the refusal is about, where it is about one (camelCase, as in the API).</param>
public abstract record Refusal(string Code, string Message, string Advice, string? Field = null)
{
    /// <summary>How the API answers: 404, 403, 409 or 422.</summary>
    public virtual RefusalKind Kind => RefusalKind.Invalid;
}

/// <summary>What sort of "no" a refusal is.</summary>
public enum RefusalKind
{
    /// <summary>The input breaks a rule; another input would do.</summary>
    Invalid,

    /// <summary>The state of things does not allow it now.</summary>
    Conflict,

    /// <summary>There is no such thing, or none this person may know of.</summary>
    NotFound,

    /// <summary>This person may not do that.</summary>
    Forbidden,
}

/// <summary>Nothing there, or nothing the actor may see: the same answer for both, so that identifiers cannot be tried out.</summary>
public sealed record NotFound(string Thing) : Refusal("not-found", $"There is no such {Thing} here.", "Check the address, or open the list and pick it there.")
{
    /// <inheritdoc/>
    public override RefusalKind Kind => RefusalKind.NotFound;
}

/// <summary>The actor may see the thing but may not do this.</summary>
public sealed record NotAllowed(string Action, string Needs) : Refusal("not-allowed", $"You may not {Action}.", $"It takes {Needs}. Ask an admin.")
{
    /// <inheritdoc/>
    public override RefusalKind Kind => RefusalKind.Forbidden;
}

/// <summary>A text field is missing, too long or holds something that may not be there.</summary>
public sealed record InvalidText(string InField, string Problem, string Fix) : Refusal("invalid-" + InField.ToLowerInvariant(), Problem, Fix, InField);

/// <summary>The idempotency key was used before for something else.</summary>
public sealed record KeyReused(string Key) : Refusal("idempotency-key-reused", $"The key “{Key}” was already used for a different call.", "Use a new key for a new call.")
{
    /// <inheritdoc/>
    public override RefusalKind Kind => RefusalKind.Conflict;
}
