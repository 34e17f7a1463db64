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

    [Fact]
    public void The_source_is_resumed_only_when_the_destination_answers_and_does_not_run_it()
    {
        foreach (var destination in Everything)
        {
            var isProven = destination is Presence.Absent or Presence.Off or Presence.Saved;
            (Judge(Presence.Halted, destination).Remedy == Remedy.ResumeSource).ShouldBe(isProven, $"{destination}");
        }
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
            Judge(Presence.Unreachable, presence).Remedy.ShouldBe(Remedy.Wait);
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
        Whereabouts.Judge(new Sight(Presence.Saved), new Sight(Presence.Off, HasStopped: true)).Remedy.ShouldBe(Remedy.None);
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
