using CsCheck;
using Portal.Hypervisor.Migrations;

namespace Portal.Tests.Hypervisor.Migrations;

public class SwitchoverControllerTests
{
    private const long Bandwidth = 100_000_000;

    private static readonly int[] s_msToSendInEachPass = [400, 250, 100];

    private static readonly SwitchoverRules s_rules = new(FirstMs: 20, MostMs: 500, MigrationPolicy.Balanced, CanPostCopy: true, Seconds: 600);

    private static readonly Findings s_findings = new(null, 256 << 20, null, "/pool", CanAnnounce: true, CanPostCopy: true);

    [Fact]
    public void A_copy_that_converges_is_left_alone()
        => Decide(Passes(400, 200, 100, 50, 25, 10)).ShouldBeEmpty();

    [Fact]
    public void When_passes_no_longer_shrink_what_remains_the_limit_is_raised_to_what_is_needed_and_a_little_more()
    {
        var decision = Decide(Passes(400, 120, 100, 98, 97))[0];

        (decision.Act, decision.LimitMs).ShouldBe((SwitchoverAct.Limit, 113));
        decision.Text.ShouldBe("Allow a pause of 113 ms instead of 20 ms.");
        decision.Figures.ShouldContain("would take 98 ms");
    }

    [Fact]
    public void It_is_raised_when_a_pass_begins_and_never_inside_one_however_little_remains_there()
    {
        CopyObservation[] story = [.. Enumerable.Range(1, 8).SelectMany(pass => s_msToSendInEachPass.Select((ms, i) => Observation(pass + i * 0.3, ms, pass)))];

        Decide(story)[0].Figures.ShouldContain("would take 400 ms");
    }

    [Fact]
    public void What_takes_most_of_the_promise_is_allowed_only_after_some_waiting()
    {
        var decisions = Decide(Passes([.. Enumerable.Repeat(400, 60)]));

        // Half of it at once; the rest within a quarter of the policy's patience of two minutes, counted from the second pass.
        decisions[0].LimitMs.ShouldBe(267);
        decisions[^1].LimitMs.ShouldBeInRange(400, s_rules.MostMs);
        decisions.Select(decision => decision.LimitMs).ShouldBeInOrder();
        Decide(Passes([.. Enumerable.Repeat(400, 60)]), s_rules with { Policy = MigrationPolicy.MaintenanceWindow }).ShouldHaveSingleItem().LimitMs.ShouldBe(460);
    }

    [Fact]
    public void It_falls_when_the_hypervisor_lets_more_through_than_was_promised()
    {
        // Looking through memory takes four fifths of the time, so a limit five times the promise lets through what was promised; then it takes none.
        CopyObservation Seen(int pass, long bytesPerSecond) => new(pass * 0.5, 30 * (Bandwidth / 1_000), bytesPerSecond, pass);
        var rules = s_rules with { MostMs = 50 };
        CopyObservation[] slow = [Seen(1, Bandwidth), .. Enumerable.Range(2, 120).Select(pass => Seen(pass, Bandwidth / 5))];

        Decide(slow, rules)[^1].LimitMs.ShouldBeGreaterThan(150);
        Decide([.. slow, Seen(122, Bandwidth)], rules)[^1].ShouldSatisfyAllConditions(
            decision => decision.LimitMs.ShouldBe(50), decision => decision.Text.ShouldStartWith("Allow a pause of 50 ms only"));
    }

    [Fact]
    public void Who_can_only_give_up_hopes_while_passes_come_near_what_is_allowed_and_the_others_do_not()
    {
        var story = Passes([.. Enumerable.Repeat(700, 300)]);

        Decide(story, s_rules with { Policy = MigrationPolicy.Gentle }).ShouldNotContain(decision => decision.Act == SwitchoverAct.GiveUp);
        Decide(story, s_rules with { Policy = MigrationPolicy.MustMove })[^1].Act.ShouldBe(SwitchoverAct.PostCopy);
    }

    [Fact]
    public void It_waits_for_a_pass_that_is_among_the_least()
        => Decide(Passes(1_000, 200, 190, 300, 310, 290, 195)).ShouldHaveSingleItem().LimitMs.ShouldBe(225);

    [Fact]
    public void Nothing_is_raised_while_the_guest_is_silent_already_and_one_that_never_answers_is_not_waited_for()
    {
        CopyObservation[] story = [.. Passes(400, 120, 100, 98, 97)];

        Decide(story.Select(seen => seen with { SilentMs = 300 })).ShouldBeEmpty();
        Decide(story.Select(seen => seen with { SilentMs = 60_000 })).ShouldNotBeEmpty();
        Decide(story.Select(seen => seen with { SilentMs = 8 })).ShouldNotBeEmpty();
    }

    [Fact]
    public void Of_passes_that_are_over_before_they_are_looked_at_what_is_written_during_one_counts()
    {
        // Twenty passes a second, each caught with nothing left, while the guest writes 40 MB/s: 2 MB in each, 20 ms.
        CopyObservation[] story = [.. Enumerable.Range(1, 10).Select(i => Observation(i * 0.1, 0, 2 * i) with { DirtyBytesPerSecond = 40_000_000 })];

        Decide(story)[0].LimitMs.ShouldBeGreaterThan(20);
    }

    [Fact]
    public void A_guest_that_writes_too_fast_is_said_to_once_and_nearly_all_that_may_be_is_allowed_for_the_moment_in_which_it_will_do()
    {
        var decisions = Decide(Passes([.. Enumerable.Repeat(1_900, 60)]));

        decisions[0].Act.ShouldBe(SwitchoverAct.Tell);
        decisions[0].Text.ShouldContain("writes faster than the network carries");
        decisions.Skip(1).ShouldAllBe(decision => decision.Act == SwitchoverAct.Limit);
        decisions[^1].LimitMs.ShouldBeGreaterThan(s_rules.MostMs * 4 / 5);
    }

    [Theory]
    [InlineData("gentle", 180, true, SwitchoverAct.GiveUp)]
    [InlineData("balanced", 120, true, SwitchoverAct.GiveUp)]
    [InlineData("must move", 10, true, SwitchoverAct.PostCopy)]
    [InlineData("must move", 10, false, SwitchoverAct.Pause)]
    [InlineData("maintenance window", 0, true, SwitchoverAct.Pause)]
    public void When_no_allowed_pause_would_do_the_policy_decides(string policy, int patience, bool canPostCopy, object act)
    {
        var rules = s_rules with { Policy = MigrationPolicy.All.Single(known => known.Name == policy), CanPostCopy = canPostCopy };

        var story = Passes([.. Enumerable.Repeat(1_900, 300)]);
        var last = Decide(story, rules)[^1];

        last.Act.ShouldBe((SwitchoverAct)act);
        last.Text.ShouldContain(canPostCopy || policy != "must move" ? $"as {policy} says" : "cannot go post-copy");
        // No longer shrinking is seen at the fourth pass, a second apart from the next.
        Decide(story.TakeWhile(seen => seen.At < 3 + patience), rules).ShouldNotContain(last);
    }

    [Fact]
    public void Who_must_end_in_time_acts_while_what_remains_can_still_be_sent_in_it()
    {
        var rules = s_rules with { Policy = MigrationPolicy.MustMove, Seconds = 60 };

        Decide([Observation(5, 30_000, 1)], rules).ShouldBeEmpty();
        Decide([Observation(20, 30_000, 1)], rules).ShouldHaveSingleItem().Act.ShouldBe(SwitchoverAct.PostCopy);
    }

    [Fact]
    public void Nobody_is_held_still_before_memory_was_sent_once()
    {
        var rules = s_rules with { Policy = MigrationPolicy.MaintenanceWindow, Seconds = 60 };

        Decide([Observation(20, 90_000, 1)], rules).ShouldBeEmpty();
        Decide([Observation(20, 90_000, 2)], rules).ShouldHaveSingleItem().Act.ShouldBe(SwitchoverAct.Pause);
    }

    [Fact]
    public void Who_chose_post_copy_goes_on_at_the_destination_at_once()
        => Decide(Passes(5_000, 4_000), s_rules with { SwitchesFirst = true }).ShouldHaveSingleItem().Act.ShouldBe(SwitchoverAct.PostCopy);

    [Fact]
    public void A_guest_that_is_slowed_down_is_told_of_once_for_each_step()
        => Decide([.. Passes(400, 200, 100).Select(seen => seen with { SlowedPercent = seen.Iteration < 2 ? 0 : 20 })]).ShouldHaveSingleItem().Text.ShouldContain("by 20 %");

    [Fact]
    public void A_guest_is_not_slowed_so_far_that_its_users_would_notice_it_like_the_pause()
    {
        var rules = s_rules with { MostMs = 150, IsPromised = true };
        var slowed = Passes([.. Enumerable.Repeat(1_900, 8)]).Select((seen, i) => seen with { SlowedPercent = Math.Min(99, 10 * (i + 2)) });

        // 80 % is 40 ms asleep at a time, 90 % would be 90 of the 75 that are bearable.
        Decide(slowed.SelectMany(seen => new[] { seen, seen with { At = seen.At + 0.1 } }), rules).ShouldContain(decision => decision.Act == SwitchoverAct.Slow && decision.MostSlowedPercent == 80);
    }

    [Fact]
    public void Where_the_probe_says_that_slowing_is_noticed_the_last_step_is_taken_back()
    {
        CopyObservation[] story = [.. Enumerable.Range(0, 9).Select(i => Observation(3 + i * 0.1, 900, 4) with { SlowedPercent = 50, SilentMs = i < 3 || i % 2 == 0 ? 20 : 300 })];

        Decide(story, s_rules with { IsPromised = true }).Single(decision => decision.Act == SwitchoverAct.Slow).ShouldSatisfyAllConditions(
            decision => decision.MostSlowedPercent.ShouldBe(40), decision => decision.Figures.ShouldContain("no ping for 300 ms"));
    }

    [Fact]
    public void One_silence_is_noticed_once_and_no_bound_is_below_the_first_step()
    {
        var once = Enumerable.Range(0, 9).Select(i => Observation(3 + i * 0.1, 900, 4) with { SlowedPercent = 50, SilentMs = i < 3 ? 20 : 300 });
        Decide(once, s_rules with { IsPromised = true }).ShouldNotContain(decision => decision.Act == SwitchoverAct.Slow);

        var often = Enumerable.Range(0, 9).Select(i => Observation(3 + i * 0.1, 900, 4) with { SlowedPercent = 20, SilentMs = i % 2 == 0 ? 20 : 300 });
        Decide(often, s_rules with { IsPromised = true }).Single(decision => decision.Act == SwitchoverAct.Slow).MostSlowedPercent.ShouldBe(20);
        // Without a promise the policy alone says how far.
        Decide(often).ShouldNotContain(decision => decision.Act == SwitchoverAct.Slow);
    }

    [Fact]
    public void Without_a_known_bandwidth_nothing_is_decided()
        => Decide([new CopyObservation(1, 1_000_000, 0, 5)]).ShouldBeEmpty();

    [Fact]
    public void What_a_route_adds_to_every_pause_is_taken_off_the_promise()
    {
        var options = MigrationOptions.Default with { ObjectiveMs = 100, History = new RouteHistory(PauseMs: 40, ConvergenceMs: 10) };

        SwitchoverRules.Of(MigrationMode.Live, options, s_findings).ShouldSatisfyAllConditions(rules => rules.MostMs.ShouldBe(50), rules => rules.FirstMs.ShouldBe(20));
        SwitchoverRules.Of(MigrationMode.Live, options with { ObjectiveMs = 55 }, s_findings).FirstMs.ShouldBe(5);
        // A promise the route alone breaks is missed by little rather than paid for with a move that never ends.
        SwitchoverRules.Of(MigrationMode.Live, options with { ObjectiveMs = 30 }, s_findings).MostMs.ShouldBe(options.FirstDowntimeMs);
        SwitchoverRules.Of(MigrationMode.Live, options with { ObjectiveMs = null }, s_findings).MostMs.ShouldBe(options.LastDowntimeMs);
    }

    [Fact]
    public void Disks_that_go_along_take_their_time_beside_that_of_memory_and_more_of_it_where_the_order_limits_the_stream()
    {
        var carried = s_findings with { Storage = new StorageMove("/a", "/b", [new CarriedDisk("vda", "m.qcow2", IsReadOnly: false, 800 << 20, 800 << 20)]) };
        var options = MigrationOptions.Default with { CopyDeadline = TimeSpan.FromSeconds(60) };

        s_findings.CopyDeadline(options).TotalSeconds.ShouldBe(60);
        carried.CopyDeadline(options).TotalSeconds.ShouldBe(160);
        carried.CopyDeadline(options with { MaxMibPerSecond = 100 }).TotalSeconds.ShouldBe(160);
        carried.CopyDeadline(options with { MaxMibPerSecond = 4 }).TotalSeconds.ShouldBe(460);
        // Memory has its own time, from when it follows them.
        SwitchoverRules.Of(MigrationMode.Live, options, carried).Seconds.ShouldBe(60);
    }

    [Fact]
    public void Whatever_a_copy_over_a_steady_network_does_the_limit_only_rises_and_never_passes_what_is_allowed()
        => Gen.Select(Gen.Int[1, 3_000], Gen.Int[0, 1]).Array[1, 100].Sample(rows =>
        {
            var state = SwitchoverState.Begin(s_rules);
            var pass = 1;
            for (var i = 0; i < rows.Length; i++)
            {
                pass += rows[i].Item2;
                var before = state.LimitMs;
                (state, var decision) = SwitchoverController.Observe(state, Observation(i * 0.4, rows[i].Item1, pass), s_rules);
                if (state.LimitMs < before || state.LimitMs > s_rules.MostMs || (decision is not null && decision.LimitMs != state.LimitMs))
                    return false;
            }

            return true;
        });

    private static CopyObservation[] Passes(params int[] needed) => [.. needed.Select((ms, i) => Observation(i, ms, i + 1))];

    private static CopyObservation Observation(double at, int neededMs, int pass) => new(at, neededMs * (Bandwidth / 1_000), Bandwidth, pass);

    private static List<SwitchoverDecision> Decide(IEnumerable<CopyObservation> story, SwitchoverRules? rules = null)
    {
        var state = SwitchoverState.Begin(rules ?? s_rules);
        var decisions = new List<SwitchoverDecision>();
        foreach (var observation in story)
        {
            (state, var decision) = SwitchoverController.Observe(state, observation, rules ?? s_rules);
            if (decision is not null)
                decisions.Add(decision);
        }

        return decisions;
    }
}
