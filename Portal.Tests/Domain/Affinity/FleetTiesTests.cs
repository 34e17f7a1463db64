using CsCheck;
using Portal.Domain.Affinity;
using Portal.Domain.Hosts;
using Portal.Domain.Migrations;
using Portal.Domain.Projects;

namespace Portal.Tests.Domain.Affinity;

/// <summary>What affinity rules say of a placement, without books.</summary>
public sealed class FleetTiesTests
{
    static readonly Guid Web = Guid.NewGuid(), Db = Guid.NewGuid(), Cache = Guid.NewGuid();
    static readonly Guid Hv1 = Guid.NewGuid(), Hv2 = Guid.NewGuid(), Hv3 = Guid.NewGuid();

    [Fact]
    public void What_must_be_apart_is_kept_from_a_host_the_other_lives_on_comes_to_or_has_not_left()
    {
        var ties = Ties(Rule(AffinityKind.Apart), (Web, Hv1, null), (Db, Hv2, Hv3)).For(Web);

        ties.Bar(Hv1, "hv1").ShouldBeNull();
        ties.Bar(Hv2, "hv2").ShouldNotBeNull().Why.ShouldBe("hv2 has db, which the rule “pair” keeps apart from it");
        ties.Bar(Hv3, "hv3").ShouldNotBeNull();
        ties.Look(Hv2, "hv2").ShouldHaveSingleItem().ShouldBe(new Finding(FindingLevel.Error, "hv2 has db, which the rule “pair” keeps apart from it."));
    }

    [Fact]
    public void What_must_be_together_goes_only_where_the_other_is_once_it_has_arrived()
    {
        var ties = Ties(Rule(AffinityKind.Together), (Web, Hv1, null), (Db, Hv2, Hv3)).For(Web);

        ties.Bar(Hv3, "hv3").ShouldBeNull();
        ties.Bar(Hv2, "hv2").ShouldNotBeNull().Why.ShouldBe("hv2 does not have db, which the rule “pair” keeps together with it");
    }

    [Fact]
    public void Nothing_is_kept_together_with_what_is_to_leave_its_host_and_whoever_goes_first_says_where_to()
    {
        var ties = Ties(Rule(AffinityKind.Together), (Web, Hv1, null), (Db, Hv1, null));

        ties.For(Web).Bar(Hv2, "hv2").ShouldNotBeNull();
        var leaving = ties.Leaving(Hv1);
        leaving.For(Web).Bar(Hv2, "hv2").ShouldBeNull();
        leaving.With(Web, Hv2).For(Db).Bar(Hv3, "hv3").ShouldNotBeNull();
        leaving.With(Web, Hv2).For(Db).Bar(Hv2, "hv2").ShouldBeNull();
    }

    [Fact]
    public void A_wish_warns_and_bars_nothing_and_a_rule_across_projects_names_no_machine()
    {
        var wish = Rule(AffinityKind.Apart) with { Strength = AffinityStrength.Should };
        var ties = Ties(wish, (Web, Hv1, null), (Db, Hv2, null)).For(Web);

        ties.Bar(Hv2, "hv2").ShouldBeNull();
        (ties.Against(Hv2), ties.Against(Hv3)).ShouldBe((1, 0));
        ties.Look(Hv2, "hv2").ShouldHaveSingleItem().ShouldBe(new Finding(FindingLevel.Warning, "hv2 has db, which should be apart from it by the rule “pair”."));
        Ties(wish with { IsShared = true }, (Web, Hv1, null), (Db, Hv2, null)).For(Web).Look(Hv2, "hv2").ShouldHaveSingleItem().Text.ShouldBe("hv2 has a machine, which should be apart from it by the rule “pair”.");
    }

    [Fact]
    public void A_placement_takes_a_host_that_breaks_no_wish_before_a_roomier_one()
    {
        HostRoom[] rooms = [new(Hv1, "hv1", HostState.Online, 8, 4096, 0, 0), new(Hv2, "hv2", HostState.Online, 8, 8192, 0, 0)];
        var wish = Rule(AffinityKind.Apart) with { Strength = AffinityStrength.Should };

        Placing.Choose(rooms, new MachineSize(1, 256, 1), Ties(wish, (Web, null, null), (Db, Hv2, null)).For(Web)).Host!.Name.ShouldBe("hv1");
        Placing.Choose(rooms[1..], new MachineSize(1, 256, 1), Ties(wish, (Web, null, null), (Db, Hv2, null)).For(Web)).Host!.Name.ShouldBe("hv2");
        var none = Placing.Choose(rooms[1..], new MachineSize(1, 256, 1), Ties(Rule(AffinityKind.Apart), (Web, null, null), (Db, Hv2, null)).For(Web));
        none.Host.ShouldBeNull();
        new NoHostWithRoom(none.Misfits, "web (1 vCPU, 256 MiB)").Message.ShouldBe("No host can take web (1 vCPU, 256 MiB): hv2 has db, which the rule “pair” keeps apart from it.");
    }

    [Fact]
    public void Two_rules_contradict_each_other_when_a_chain_of_togethers_joins_what_must_be_apart()
    {
        var first = Tie("first", AffinityKind.Together, Web, Db);
        var second = Tie("second", AffinityKind.Together, Db, Cache);
        var apart = Tie("apart", AffinityKind.Apart, Web, Cache);

        FleetTies.Contradicting([first, second], apart)!.Kind.ShouldBe(AffinityKind.Together);
        FleetTies.Contradicting([first, apart], second)!.RuleName.ShouldBe("apart");
        FleetTies.Contradicting([first], apart).ShouldBeNull();
        FleetTies.Contradicting([first, second], apart with { Strength = AffinityStrength.Should }).ShouldBeNull();
    }

    [Fact]
    public void Machines_that_must_be_together_are_one_group_and_every_machine_is_in_exactly_one() =>
        Gen.Select(Gen.Int[1, 12], Gen.Select(Gen.Int[0, 11], Gen.Int[0, 11]).Array[0, 10]).Sample((count, pairs) =>
        {
            var machines = Enumerable.Range(0, count).Select(_ => Guid.NewGuid()).ToList();
            var rules = pairs.Where(p => p.Item1 != p.Item2 && p.Item1 < count && p.Item2 < count).Select(p => Tie("t", AffinityKind.Together, machines[p.Item1], machines[p.Item2])).ToList();

            var groups = FleetTies.Of(rules, new Dictionary<Guid, Whereabouts>(), []).Groups(machines);

            groups.SelectMany(g => g).Order().ShouldBe(machines.Order());
            rules.ShouldAllBe(rule => groups.Single(g => g.Contains(rule.Machines[0])).Contains(rule.Machines[1]));
        });

    static Tie Rule(AffinityKind kind) => Tie("pair", kind, Web, Db);

    static Tie Tie(string name, AffinityKind kind, params Guid[] machines) => new(Guid.NewGuid(), name, kind, AffinityStrength.Must, false, machines);

    static FleetTies Ties(Tie tie, params (Guid Machine, Guid? Home, Guid? Incoming)[] places) => FleetTies.Of([tie], places.ToDictionary(p => p.Machine, p => new Whereabouts(p.Machine == Web ? "web" : "db", p.Home, p.Incoming)), []);
}
