using Portal.Domain.Affinity;

namespace Portal.Web.Affinity;

/// <summary>Affinity rules in plain words.</summary>
static class AffinityWords
{
    /// <summary>What a rule does.</summary>
    public static string Of(AffinityKind kind) => kind switch
    {
        AffinityKind.Together => "Together",
        AffinityKind.Apart => "Apart",
    };

    /// <summary>How much a rule weighs.</summary>
    public static string Of(AffinityStrength strength) => strength switch
    {
        AffinityStrength.Must => "Must",
        AffinityStrength.Should => "Should",
    };

    /// <summary>What comes of a rule.</summary>
    public static string Means(AffinityKind kind, AffinityStrength strength) => (kind, strength) switch
    {
        (AffinityKind.Together, AffinityStrength.Must) => "They are kept on one host: none of them is placed or moved elsewhere, and they leave a host that is emptied for the same other one. With the host all of them are lost.",
        (AffinityKind.Together, AffinityStrength.Should) => "They are placed and moved to one host where that is possible. Who moves one away is warned.",
        (AffinityKind.Apart, AffinityStrength.Must) => "No two of them are ever placed on or moved to one host, not even for a moment: where no other has room, a new one waits and a move is refused.",
        (AffinityKind.Apart, AffinityStrength.Should) => "They are placed and moved to different hosts where that is possible. Who brings two together is warned.",
    };
}
