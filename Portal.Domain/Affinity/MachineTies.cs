using Portal.Domain.Migrations;

namespace Portal.Domain.Affinity;

/// <summary>An affinity rule as placing sees it.</summary>
/// <param name="RuleId">The rule.</param>
/// <param name="RuleName">Its name.</param>
/// <param name="Kind">What it does.</param>
/// <param name="Strength">How much it weighs.</param>
/// <param name="IsShared">Whether it spans projects: then its machines are not named to people of one of them.</param>
/// <param name="Machines">Its machines.</param>
public sealed record Tie(Guid RuleId, string RuleName, AffinityKind Kind, AffinityStrength Strength, bool IsShared, IReadOnlyList<Guid> Machines);

/// <summary>Where a machine is.</summary>
/// <param name="Name">The machine's name.</param>
/// <param name="Home">The host it lives on; null for none.</param>
/// <param name="Incoming">The host it is on its way to; null for none.</param>
public sealed record Whereabouts(string Name, Guid? Home, Guid? Incoming)
{
    /// <summary>Where it is once it has arrived.</summary>
    public Guid? Settled => Incoming ?? Home;

    /// <summary>Whether it is on a host or on its way to or from it.</summary>
    public bool Touches(Guid host) => Home == host || Incoming == host;
}

/// <summary>A rule that would be broken on a host, and why.</summary>
/// <param name="Tie">The rule.</param>
/// <param name="Why">In words that begin with the host's name.</param>
public sealed record AffinityBar(Tie Tie, string Why);

/// <summary>What affinity rules say of one machine; knows no database.</summary>
/// <param name="machine">The machine.</param>
/// <param name="ties">The rules it belongs to.</param>
/// <param name="whereabouts">Where a machine of those rules is; null for one that is nowhere.</param>
/// <param name="leaving">Hosts that everything is to leave: nothing is kept together with what is still there.</param>
public sealed class MachineTies(Guid machine, IEnumerable<Tie> ties, Func<Guid, Whereabouts?> whereabouts, IReadOnlySet<Guid> leaving)
{
    readonly List<Tie> ties = [.. ties.OrderBy(t => t.Strength).ThenBy(t => t.RuleName, StringComparer.Ordinal)];

    /// <summary>Of a machine no rule is about.</summary>
    public static MachineTies None { get; } = new(Guid.Empty, [], _ => null, new HashSet<Guid>());

    /// <summary>The first rule that keeps the machine from a host; null when none does.</summary>
    public AffinityBar? Bar(Guid hostId, string hostName) => Broken(hostId, AffinityStrength.Must).Select(b => new AffinityBar(b.Tie, Words(b.Tie, b.Others, hostName))).FirstOrDefault();

    /// <summary>How many wishes the machine would go against on a host.</summary>
    public int Against(Guid hostId) => ties.Count == 0 ? 0 : Broken(hostId, AffinityStrength.Should).Count();

    /// <summary>Everything the rules say against a host: an error for what must be, a warning for what should.</summary>
    public IEnumerable<Finding> Look(Guid hostId, string hostName) =>
        from strength in (AffinityStrength[])[AffinityStrength.Must, AffinityStrength.Should]
        from broken in Broken(hostId, strength)
        select new Finding(strength switch { AffinityStrength.Must => FindingLevel.Error, AffinityStrength.Should => FindingLevel.Warning }, Words(broken.Tie, broken.Others, hostName) + ".");

    IEnumerable<(Tie Tie, List<Whereabouts> Others)> Broken(Guid hostId, AffinityStrength strength)
    {
        foreach (var tie in ties.Where(t => t.Strength == strength))
        {
            var others = tie.Machines.Where(m => m != machine).Select(whereabouts).OfType<Whereabouts>().ToList();
            var inTheWay = tie.Kind switch
            {
                // On its way there or from there counts as well: at no moment are the two on one host.
                AffinityKind.Apart => others.FindAll(other => other.Touches(hostId)),
                AffinityKind.Together => others.FindAll(other => other.Settled is { } at && !leaving.Contains(at)) is var anchors && anchors.Exists(other => other.Settled == hostId) ? [] : anchors,
            };
            if (inTheWay.Count > 0)
                yield return (tie, inTheWay);
        }
    }

    static string Words(Tie tie, List<Whereabouts> others, string hostName)
    {
        var who = tie.IsShared ? others.Count == 1 ? "a machine" : $"{others.Count} machines"
            : others.Count <= 3 ? string.Join(", ", others.Select(o => o.Name).Order(StringComparer.Ordinal)) : $"{others.Count} machines";
        return (tie.Kind, tie.Strength) switch
        {
            (AffinityKind.Apart, AffinityStrength.Must) => $"{hostName} has {who}, which the rule “{tie.RuleName}” keeps apart from it",
            (AffinityKind.Apart, AffinityStrength.Should) => $"{hostName} has {who}, which should be apart from it by the rule “{tie.RuleName}”",
            (AffinityKind.Together, AffinityStrength.Must) => $"{hostName} does not have {who}, which the rule “{tie.RuleName}” keeps together with it",
            (AffinityKind.Together, AffinityStrength.Should) => $"{hostName} does not have {who}, which should be together with it by the rule “{tie.RuleName}”",
        };
    }
}
