using Portal.Hypervisor.Machines;
using Portal.Hypervisor.Migrations;

namespace Portal.Tests.Hypervisor.Migrations;

public class WhereaboutsTests
{
    private static readonly Presence[] Everything = Enum.GetValues<Presence>();

    [Fact]
    public void A_machine_seen_running_at_one_host_only_is_there()
    {
        Judge(Presence.Running, Presence.Absent).Where.ShouldBe(WhereItRuns.Source);
        Judge(Presence.Running, Presence.Unreachable).Where.ShouldBe(WhereItRuns.Source);
        Judge(Presence.Absent, Presence.Running).Where.ShouldBe(WhereItRuns.Destination);
        Judge(Presence.Unreachable, Presence.Running).Where.ShouldBe(WhereItRuns.Destination);
    }

    [Theory]
    [InlineData(Presence.Halted)]
    [InlineData(Presence.Stalled)]
    public void The_source_is_resumed_only_when_the_destination_answers_and_neither_runs_it_nor_has_run_it(object source)
    {
        foreach (var destination in Everything)
        {
            foreach (var hasRun in (bool?[])[true, false, null])
            {
                var isProven = destination == Presence.Absent || (destination is Presence.Off or Presence.Saved && hasRun == false);
                var remedy = Whereabouts.Judge(new Sight((Presence)source), new Sight(destination, HasRun: hasRun)).Remedy;
                (remedy == Remedy.ResumeSource).ShouldBe(isProven, $"{destination}, has run: {hasRun}");
            }
        }
    }

    [Theory]
    [InlineData(Presence.Halted)]
    [InlineData(Presence.Off)]
    [InlineData(Presence.Saved)]
    public void A_destination_that_has_run_it_owns_it_even_switched_off(object source)
    {
        var judgement = Whereabouts.Judge(new Sight((Presence)source), new Sight(Presence.Off, HasRun: true));

        judgement.Where.ShouldBe(WhereItRuns.Destination);
        judgement.Remedy.ShouldBe(Remedy.CleanSource);
        judgement.IsOff.ShouldBeTrue();
    }

    [Fact]
    public void A_guest_that_ran_at_the_destination_and_stands_still_there_is_not_thrown_away()
    {
        Judge(Presence.Halted, Presence.Stalled).ShouldSatisfyAllConditions(
            judgement => judgement.Where.ShouldBe(WhereItRuns.Destination), judgement => judgement.Remedy.ShouldBe(Remedy.CleanSource));
        Judge(Presence.Absent, Presence.Stalled).Where.ShouldBe(WhereItRuns.Destination);
        Judge(Presence.Running, Presence.Stalled).Remedy.ShouldBe(Remedy.Wait);
        Everything.ShouldAllBe(source => Judge(source, Presence.Stalled).Remedy != Remedy.DiscardDestination);
    }

    [Fact]
    public void A_machine_that_only_the_destination_still_knows_lives_there()
    {
        Judge(Presence.Absent, Presence.Off).ShouldSatisfyAllConditions(
            judgement => judgement.Where.ShouldBe(WhereItRuns.Destination), judgement => judgement.IsOff.ShouldBeTrue());
    }

    [Fact]
    public void A_guest_stands_still_because_of_a_move_only_where_libvirt_says_so()
    {
        int[] byMove = [2, 3, 11];
        Enumerable.Range(0, 15).ShouldAllBe(reason => new DomainState(3, reason).IsHaltedByMove == byMove.Contains(reason));
        new DomainState(5, 1).HasRun.ShouldBe(true);
        new DomainState(5, 6).HasRun.ShouldBe(false);
        new DomainState(5, 0).HasRun.ShouldBeNull();
    }

    [Fact]
    public void A_source_that_a_post_copy_move_began_to_leave_is_never_resumed()
    {
        foreach (var destination in Everything)
        {
            foreach (var isBusy in (bool[])[true, false])
                Whereabouts.Judge(new Sight(Presence.Holding, isBusy), new Sight(destination)).Remedy.ShouldNotBe(Remedy.ResumeSource, $"{destination}");
        }
    }

    [Fact]
    public void While_memory_of_a_guest_that_went_on_is_missing_neither_host_is_touched()
    {
        foreach (var source in Everything.Except([Presence.Unreachable, Presence.Unclear]))
            Judge(source, Presence.Fetching).Remedy.ShouldBe(Remedy.Wait, $"{source}");
        Judge(Presence.Holding, Presence.Unreachable).Remedy.ShouldBe(Remedy.Wait);
        Judge(Presence.Holding, Presence.Stalled).Remedy.ShouldBe(Remedy.None);
        Judge(Presence.Absent, Presence.Holding).Remedy.ShouldBe(Remedy.Wait);
        Whereabouts.Judge(new Sight(Presence.Holding, IsBusy: true), new Sight(Presence.Fetching, IsBusy: true)).Where.ShouldBe(WhereItRuns.StillMoving);
    }

    [Fact]
    public void Memory_of_a_broken_stream_follows_again_whatever_job_libvirt_keeps_and_nothing_else_is_done()
    {
        foreach (var isBusy in (bool[])[true, false])
        {
            var judgement = Whereabouts.Judge(new Sight(Presence.Holding, isBusy, IsBroken: true), new Sight(Presence.Fetching));
            judgement.Remedy.ShouldBe(Remedy.ResumePostCopy);
            judgement.Where.ShouldBe(WhereItRuns.Unknown);
            Whereabouts.Unsettled(judgement, "No route.").ShouldSatisfyAllConditions(
                settlement => settlement.Where.ShouldBe(WhereItRuns.Unknown), settlement => settlement.Explanation.ShouldContain("waits for its memory"),
                settlement => settlement.Explanation.ShouldEndWith("could not yet: No route."));
        }
    }

    [Fact]
    public void A_guest_that_was_lost_after_it_went_on_runs_nowhere_and_what_it_left_is_cut_off()
        => Judge(Presence.Holding, Presence.Absent).ShouldSatisfyAllConditions(
            judgement => judgement.Where.ShouldBe(WhereItRuns.Nowhere), judgement => judgement.Remedy.ShouldBe(Remedy.StopSource));

    [Fact]
    public void Libvirt_says_on_which_side_of_a_post_copy_move_a_guest_is()
    {
        int[] holding = [12, 13], fetching = [10, 11];
        Enumerable.Range(0, 16).ShouldAllBe(reason => new DomainState(3, reason).IsHolding == holding.Contains(reason));
        Enumerable.Range(0, 16).ShouldAllBe(reason => new DomainState(1, reason).IsFetching == fetching.Contains(reason));
        Enumerable.Range(0, 16).ShouldAllBe(reason => !new DomainState(3, reason).IsFetching && !new DomainState(1, reason).IsHolding);
    }

    [Fact]
    public void The_destination_is_resumed_only_when_the_source_answers_and_does_not_run_it()
    {
        foreach (var source in Everything)
        {
            var isProven = source is Presence.Absent or Presence.Off or Presence.Saved;
            (Judge(source, Presence.Halted).Remedy == Remedy.ResumeDestination).ShouldBe(isProven, $"{source}");
        }
    }

    [Fact]
    public void Nothing_is_done_to_a_machine_while_a_host_that_may_run_it_is_silent()
    {
        foreach (var presence in Everything.Except([Presence.Running]))
        {
            Judge(presence, Presence.Unreachable).Remedy.ShouldBe(Remedy.Wait);
            Judge(Presence.Unreachable, presence).Remedy.ShouldBeOneOf(Remedy.Wait, Remedy.None);
        }
    }

    [Fact]
    public void Two_hosts_that_both_say_they_run_it_are_asked_again_and_left_alone()
    {
        var judgement = Judge(Presence.Running, Presence.Running);

        judgement.Where.ShouldBe(WhereItRuns.Unknown);
        judgement.Remedy.ShouldBe(Remedy.Wait);
        judgement.Explanation.ShouldContain("Stop it at one of them by hand now");
    }

    [Fact]
    public void What_is_left_at_the_source_is_removed_once_the_destination_runs_it()
    {
        Judge(Presence.Halted, Presence.Running).Remedy.ShouldBe(Remedy.CleanSource);
        Judge(Presence.Off, Presence.Running).Remedy.ShouldBe(Remedy.CleanSource);
        Judge(Presence.Saved, Presence.Running).Remedy.ShouldBe(Remedy.CleanSource);
    }

    [Fact]
    public void Nothing_is_removed_at_the_source_while_a_job_at_the_destination_may_be_moving_it_back()
        => Whereabouts.Judge(new Sight(Presence.Halted), new Sight(Presence.Running, IsBusy: true)).Remedy.ShouldBe(Remedy.Wait);

    [Fact]
    public void Saved_memory_is_restored_unless_the_guest_has_already_run_from_it()
    {
        Judge(Presence.Saved, Presence.Absent).Remedy.ShouldBe(Remedy.RestoreSource);
        Judge(Presence.Saved, Presence.Off).Remedy.ShouldBe(Remedy.RestoreSource);
        Whereabouts.Judge(new Sight(Presence.Saved), new Sight(Presence.Off, HasRun: true)).Remedy.ShouldBe(Remedy.CleanSource);
    }

    [Theory]
    [InlineData(Presence.Halted, Presence.Absent, "could not be resumed there: The disk is locked.")]
    [InlineData(Presence.Off, Presence.Halted, "could not be resumed there: The disk is locked.")]
    [InlineData(Presence.Saved, Presence.Absent, "could not be restored at the source: The disk is locked.")]
    [InlineData(Presence.Running, Presence.Halted, "could not be thrown away: The disk is locked.")]
    public void A_remedy_that_failed_is_not_told_as_done(object source, object destination, string told)
    {
        var settlement = Whereabouts.Unsettled(Judge((Presence)source, (Presence)destination), "The disk is locked.");

        settlement.Where.ShouldBe(WhereItRuns.Unknown);
        settlement.Explanation.ShouldEndWith(told);
    }

    [Fact]
    public void A_destination_has_the_machine_also_when_the_source_could_not_be_cleaned()
        => Whereabouts.Unsettled(Judge(Presence.Halted, Presence.Running), "No.").Where.ShouldBe(WhereItRuns.Destination);

    [Fact]
    public void A_host_that_answers_unclearly_is_asked_again_and_nothing_is_concluded()
    {
        foreach (var presence in Everything)
        {
            Judge(Presence.Unclear, presence).ShouldSatisfyAllConditions(j => j.Remedy.ShouldBe(Remedy.Wait), j => j.Where.ShouldBe(WhereItRuns.Unknown));
            Judge(presence, Presence.Unclear).ShouldSatisfyAllConditions(j => j.Remedy.ShouldBe(Remedy.Wait), j => j.Where.ShouldBe(WhereItRuns.Unknown));
        }
    }

    [Fact]
    public void A_move_under_way_is_waited_for()
    {
        Whereabouts.Judge(new Sight(Presence.Running, IsBusy: true), new Sight(Presence.Halted)).Where.ShouldBe(WhereItRuns.StillMoving);
        Whereabouts.Judge(new Sight(Presence.Halted, IsBusy: true), new Sight(Presence.Halted)).Remedy.ShouldBe(Remedy.Wait);
    }

    [Fact]
    public void Every_pair_of_answers_has_a_judgement_in_words()
    {
        foreach (var source in Everything)
        {
            foreach (var destination in Everything)
                Judge(source, destination).Explanation.ShouldNotBeEmpty();
        }
    }

    private static Judgement Judge(Presence source, Presence destination) => Whereabouts.Judge(new Sight(source), new Sight(destination));
}
