using CsCheck;
using Portal.Domain.Hosts;
using Portal.Domain.Migrations;
using Portal.Domain.MovePolicies;

namespace Portal.Tests.Domain.Migrations;

public sealed class ObjectiveRulesTests
{
    static readonly Objective Tenth = new(100, null);

    [Fact]
    public void The_mode_asked_for_is_kept_while_it_may_do_and_another_is_taken_only_where_one_may_be()
    {
        var modes = Modes(live: 300, direct: 60, saved: 900);

        ObjectiveRules.Pick(Tenth, modes, MigrationMode.Live, mayChoose: false, MoveEnding.GiveUp).ShouldBeNull();
        ObjectiveRules.Pick(Tenth, modes, MigrationMode.Live, mayChoose: true, MoveEnding.GiveUp).ShouldBe(MigrationMode.QuickDirect);
        ObjectiveRules.Pick(Tenth, modes, MigrationMode.QuickDirect, mayChoose: true, MoveEnding.GiveUp).ShouldBe(MigrationMode.QuickDirect);
        ObjectiveRules.Pick(Tenth, Modes(live: 300, direct: 400, saved: 900), MigrationMode.Live, mayChoose: true, MoveEnding.GiveUp).ShouldBeNull();
    }

    [Fact]
    public void Nobody_gets_post_copy_without_having_asked_for_it()
    {
        var modes = Modes(live: 300, direct: 400, saved: 900, postCopy: 20);

        ObjectiveRules.Pick(Tenth, modes, MigrationMode.Live, mayChoose: true, MoveEnding.GiveUp).ShouldBeNull();
        ObjectiveRules.Pick(Tenth, modes, MigrationMode.PostCopy, mayChoose: false, MoveEnding.GiveUp).ShouldBe(MigrationMode.PostCopy);
    }

    [Fact]
    public void A_guest_that_outruns_the_network_is_moved_live_only_under_a_policy_whose_pause_is_bound()
    {
        IReadOnlyList<ModeForecast> modes = [.. Modes(live: 300, direct: 400, saved: 900).Select(m => m.Mode == MigrationMode.Live ? m with { Predicted = m.Predicted with { Converges = false } } : m)];
        IReadOnlyList<ModeForecast> noPostCopy = [.. modes.Select(m => m.Mode == MigrationMode.PostCopy ? m with { WhyNot = "The kernel does not let it." } : m)];

        ObjectiveRules.Pick(Tenth, modes, MigrationMode.Live, mayChoose: false, MoveEnding.GiveUp).ShouldBe(MigrationMode.Live);
        ObjectiveRules.Pick(Tenth, modes, MigrationMode.Live, mayChoose: false, MoveEnding.PostCopy).ShouldBe(MigrationMode.Live);
        ObjectiveRules.Pick(Tenth, noPostCopy, MigrationMode.Live, mayChoose: false, MoveEnding.PostCopy).ShouldBeNull("it would be paused");
        ObjectiveRules.Pick(Tenth, modes, MigrationMode.Live, mayChoose: false, MoveEnding.PauseAndFinish).ShouldBeNull();
        ObjectiveRules.Pick(Tenth, modes, MigrationMode.QuickDirect, mayChoose: false, MoveEnding.GiveUp).ShouldBeNull("standing still it writes nothing");
        ObjectiveRules.Pick(Tenth, Modes(live: 300, direct: 400, saved: 900), MigrationMode.Live, mayChoose: false, MoveEnding.GiveUp).ShouldBeNull("it is the route that takes so long");
        ObjectiveRules.RefuseNow(Tenth, modes[0].Predicted, "web", isBound: true).ShouldBeNull();
        ObjectiveRules.RefuseNow(Tenth, modes[0].Predicted, "web", isBound: false).ShouldNotBeNull();
    }

    [Fact]
    public void A_made_policy_counts_before_a_built_in_one_and_where_none_is_named_balanced_does()
    {
        var night = new MadePolicy(Guid.CreateVersion7(), "night", new MovePolicyTerms(true, MoveEnding.PauseAndFinish, 10, 100, 600));

        ObjectiveRules.EndingOf(MigrationPolicy.Balanced, night).ShouldBe(MoveEnding.PauseAndFinish);
        ObjectiveRules.EndingOf(null, null).ShouldBe(ObjectiveRules.EndingOf(MigrationPolicy.Balanced, null));
        ObjectiveRules.EndingOf(MigrationPolicy.MustMove, null).ShouldBe(MoveEnding.PostCopy);
    }

    [Fact]
    public void Figures_that_rest_on_nothing_refuse_nothing() =>
        ObjectiveRules.Pick(Tenth, [.. Modes(live: 300, direct: 400, saved: 900).Select(m => m with { Predicted = m.Predicted with { IsGrounded = false } })], MigrationMode.Live, mayChoose: false, MoveEnding.GiveUp).ShouldBe(MigrationMode.Live);

    [Fact]
    public void An_objective_of_pings_is_judged_by_the_pings_that_were_lost_and_allows_as_many_seconds()
    {
        var receipt = Receipts.Of(1, 1900) with { LostAt1HzWorst = 2 };

        new Objective(null, 2).AllowedMs.ShouldBe(2000);
        new Objective(null, 2).KeptBy(receipt).ShouldBe(true);
        new Objective(null, 2).KeptBy(receipt with { LostAt1HzWorst = 3 }).ShouldBe(false);
        Tenth.KeptBy(receipt).ShouldBe(false);
        Tenth.KeptBy(receipt with { ProbeInvalid = "The sender stalled." }).ShouldBeNull();
    }

    [Theory]
    [InlineData(0d, null, "objectiveMs")]
    [InlineData(double.NaN, null, "objectiveMs")]
    [InlineData(double.PositiveInfinity, null, "objectiveMs")]
    [InlineData(null, 0, "objectivePings")]
    [InlineData(null, -1, "objectivePings")]
    [InlineData(null, 601, "objectivePings")]
    [InlineData(100d, 2, "objectivePings")]
    public void An_objective_that_makes_no_sense_is_refused_by_its_field(double? ms, int? pings, string field) => Objective.Refuse(ms, pings)!.Field.ShouldBe(field);

    [Fact]
    public void What_is_within_the_whole_range_is_sure_and_what_is_beyond_all_of_it_is_out_of_the_question() => Gen.Select(Gen.Double[1, 5000], Gen.Double[1, 5000], Gen.Double[1, 5000]).Sample((a, b, most) =>
    {
        var outlook = new Objective(most, null).Outlook(Range(Math.Min(a, b), Math.Max(a, b)));
        (outlook == ObjectiveOutlook.Yes).ShouldBe(Math.Max(a, b) <= most);
        (outlook == ObjectiveOutlook.No).ShouldBe(Math.Min(a, b) > most);
    });

    [Fact]
    public void The_host_that_keeps_the_objective_is_best_then_the_shorter_silence_then_the_room_and_each_says_why()
    {
        var ranked = DestinationRanking.Rank([Host("far", 400, 8000, ObjectiveOutlook.No), Host("full", 62, 500, ObjectiveOutlook.Yes), Host("near", 60, 2000, ObjectiveOutlook.Yes), Host("slow", 95, 9000, ObjectiveOutlook.Likely)]);

        ranked.Select(r => r.Host.Room.Name).ShouldBe(["near", "full", "slow", "far"]);
        ranked[0].Why.ShouldBe("most room");
        ranked[1].Why.ShouldContain("less room");
        ranked[2].Why.ShouldContain("longer silence");
        ranked[3].Why.ShouldContain("break the objective");
    }

    static RankedHost Host(string name, double ms, long free, ObjectiveOutlook outlook) =>
        new(new HostRoom(Guid.CreateVersion7(), name, HostState.Online, 8, 10_000, 0, 10_000 - 1000 - free), Range(ms * 0.8, ms * 1.2), outlook, Warnings: 0);

    static IReadOnlyList<ModeForecast> Modes(double live, double direct, double saved, double? postCopy = null) =>
    [
        Way(MigrationMode.Live, live), Way(MigrationMode.PostCopy, postCopy ?? 9000), Way(MigrationMode.QuickDirect, direct), Way(MigrationMode.QuickSaved, saved),
    ];

    static ModeForecast Way(MigrationMode mode, double ms)
    {
        var predicted = Range(ms * 0.9, ms * 1.1);
        return new(mode, null, predicted, PingForecast.Of(predicted), Tenth.Outlook(predicted), predicted.Moves);
    }

    static Prediction Range(double low, double high) => new(1, low, high, Converges: true, 1 << 20, (low + high) / 2 - 5, 5) { Moves = 10, IsGrounded = true };
}
