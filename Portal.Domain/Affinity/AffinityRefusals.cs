namespace Portal.Domain.Affinity;

/// <summary>An affinity rule keeps a machine from a host.</summary>
/// <param name="MachineName">The machine.</param>
/// <param name="Bar">What is in the way.</param>
public sealed record KeptByAffinity(string MachineName, AffinityBar Bar)
    : Refusal("affinity-rule", $"{MachineName} may not go there: {Bar.Why}.", Advise(Bar.Tie), "destinationHostId")
{
    /// <inheritdoc/>
    public override RefusalKind Kind => RefusalKind.Conflict;

    static string Advise(Tie tie) => tie.Kind switch
    {
        AffinityKind.Apart => "Choose another host, move the other machine away first, or change the rule on the page Affinity.",
        AffinityKind.Together => "Choose the host where they are. To move them all, put their host into maintenance, or make the rule a wish on the page Affinity until they are there.",
    };
}

/// <summary>Another rule of the project has the name.</summary>
/// <param name="Name">The name.</param>
public sealed record AffinityNameTaken(string Name) : Refusal("affinity-name-taken", $"There is an affinity rule “{Name}” already.", "Choose another name, or change that rule.", "name")
{
    /// <inheritdoc/>
    public override RefusalKind Kind => RefusalKind.Conflict;
}

/// <summary>No placement keeps this rule and another.</summary>
/// <param name="Other">The other, by name; null for one the actor does not see.</param>
public sealed record AffinityContradiction(string? Other) : Refusal("affinity-contradiction",
    $"No placement keeps this and {(Other is null ? "a rule across projects" : $"the rule “{Other}”")}: two machines would have to be on one host and on two.",
    "Take one of the machines out, make one of the rules a wish, or delete it.", "machines")
{
    /// <inheritdoc/>
    public override RefusalKind Kind => RefusalKind.Conflict;
}

/// <summary>There are as many rules as anybody keeps in mind.</summary>
/// <param name="Most">How many.</param>
public sealed record TooManyAffinityRules(int Most) : Refusal("too-many-affinity-rules", $"There are {Most} affinity rules here already.", "Add the machines to one that is there, or delete one.")
{
    /// <inheritdoc/>
    public override RefusalKind Kind => RefusalKind.Conflict;
}
