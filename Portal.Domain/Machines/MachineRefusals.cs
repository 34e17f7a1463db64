namespace Portal.Domain.Machines;

/// <summary>The machine's state does not allow it.</summary>
/// <param name="Name">The machine.</param>
/// <param name="State">Its state.</param>
/// <param name="Why">What was refused and why, in words.</param>
/// <param name="What">What would work.</param>
public sealed record WrongState(string Name, MachineState State, string Why, string What) : Refusal("wrong-state", Why, What)
{
    /// <inheritdoc/>
    public override RefusalKind Kind => RefusalKind.Conflict;
}

/// <summary>The name typed to confirm a deletion is not the machine's.</summary>
public sealed record NameNotConfirmed(string Name)
    : Refusal("name-not-confirmed", "The name typed is not the machine's: nothing was deleted.", $"Type {Name} to delete it with its disk.", "confirmName");
