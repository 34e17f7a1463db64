using AngleSharp.Dom;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Migrations;
using Portal.Web.Controls;
using Portal.Web.Migrations;

namespace Portal.Tests.Web.Migrations;

public sealed class MigrationPagePartsTests : BunitContext
{
    public MigrationPagePartsTests()
    {
        Services.AddSingleton(TimeProvider.System).AddScoped<Clock>();
        SetRendererInfo(new RendererInfo("Server", isInteractive: true));
    }

    [Fact]
    public void The_heading_is_in_the_present_while_it_moves_and_in_the_past_afterwards()
    {
        Head(Moves.Running).Find("h1").TextContent.ShouldBe("web-01 moves from hv1 to hv2");
        Head(Moves.Moved).Find("h1").TextContent.ShouldBe("web-01 moved from hv1 to hv2");
        Head(Moves.Stayed).Find("h1").TextContent.ShouldBe("web-01 stayed on hv1");
    }

    [Fact]
    public void The_policy_of_a_move_is_told_with_what_it_means()
    {
        var chip = Head(Moves.Moved with { Policy = MigrationPolicy.MustMove }).FindAll(".chip").Single(found => found.TextContent.Trim() == "Must move");

        chip.GetAttribute("title").ShouldBe(Words.Means(MigrationPolicy.MustMove));
        Head(Moves.Moved).Markup.ShouldNotContain("Balanced");
    }

    [Fact]
    public void Of_a_copy_without_an_end_in_sight_it_says_what_becomes_of_it_and_what_helps()
    {
        var move = Moves.Running with { Phase = "Copy", Policy = MigrationPolicy.Gentle, Eta = new(2, null), Stream = StreamTerms.Plain with { MaxMibPerSecond = 8 } };

        var note = Render<MigrationPageNotice>(notice => notice.Add(n => n.Move, move)).Find(".note").TextContent;

        note.ShouldContain("the copy does not come to its end");
        note.ShouldContain(Words.Means(MigrationPolicy.Gentle));
        note.ShouldContain("A higher limit of the stream helps");
        Render<MigrationPageNotice>(notice => notice.Add(n => n.Move, move with { Eta = new(2, 4) })).FindAll(".note").ShouldBeEmpty();
    }

    [Fact]
    public void A_move_can_be_cancelled_while_memory_is_copied()
    {
        var pressed = 0;
        Render<MigrationPageHead>(head => head.Add(h => h.Move, Moves.Running).Add(h => h.MayCancel, true).Add(h => h.Cancel, () => pressed++)).Find("button").Click();
        pressed.ShouldBe(1);
    }

    [Theory]
    [InlineData("SwitchOver", "it is switching over")]
    [InlineData("Confirm", "it already runs on hv2")]
    public void Past_the_point_of_no_return_cancelling_is_off_and_says_why(string phase, string why)
    {
        var head = Head(Moves.Running with { Phase = phase });
        var button = head.Find("button");
        button.HasAttribute("disabled").ShouldBeTrue();
        head.Find("#" + button.GetAttribute("aria-describedby")).TextContent.ShouldContain(why);
    }

    [Fact]
    public void Nobody_is_offered_to_cancel_what_they_may_not_or_what_is_over()
    {
        Render<MigrationPageHead>(head => head.Add(h => h.Move, Moves.Running)).FindAll("button").ShouldBeEmpty();
        Head(Moves.Moved).FindAll("button").ShouldBeEmpty();
    }

    [Fact]
    public void A_machine_that_moved_but_does_not_answer_is_not_called_a_success()
    {
        Head(Moves.Silent).Find(".chip").ClassList.ShouldContain("tone-bad");
        var note = Notice(Moves.Silent).Find("[role=alert]").TextContent;
        note.ShouldContain("web-01 runs on hv2 but does not answer");
        note.ShouldContain("What was tried stands among the decisions");
        note.ShouldContain("reset it: its disk is untouched");
        Receipt(Moves.Silent).Find(".chip").TextContent.ShouldBe("The machine does not answer");
    }

    [Theory]
    [InlineData(ProbeKind.Tcp, "It answers no ping, so it was asked by TCP connections")]
    [InlineData(ProbeKind.Arp, "It answers neither pings nor connections, so it was asked by ARP")]
    public void A_receipt_says_how_a_machine_that_answers_no_ping_was_asked(ProbeKind kind, string words)
    {
        Receipt(Moves.Moved with { Measured = Moves.Moved.Measured! with { Probe = kind } }).Find(".foot").TextContent.ShouldContain(words);
        Receipt(Moves.Moved).Find(".foot").TextContent.ShouldNotContain("asked by");
    }

    [Fact]
    public void A_move_that_failed_says_where_the_machine_is_and_what_to_do()
    {
        var note = Notice(Moves.Stayed).Find(".note").TextContent;
        note.ShouldContain("The move came to nothing: web-01 is on hv1.");
        note.ShouldContain("Renew its certificate");
    }

    [Fact]
    public void A_cancelled_move_says_so_once_and_leads_to_the_next_try()
    {
        var move = Moves.Cancelled;
        var note = Notice(move).Find(".note");
        note.TextContent.ShouldContain("The move was cancelled: web-01 is on hv1.");
        note.TextContent.ShouldNotContain("It runs at hv1.");
        note.QuerySelector("a")!.GetAttribute("href").ShouldBe($"/machines/{move.MachineId}");
    }

    [Fact]
    public void A_move_whose_end_is_not_known_sends_to_the_hosts() =>
        Notice(Moves.Running with { Status = MigrationStatus.Lost, Phase = null, Message = "hv2 does not answer." }).Find("[role=alert] a").GetAttribute("href").ShouldBe("/hosts");

    [Fact]
    public void A_move_settled_later_says_what_was_found_out_when_and_what_was_known_at_its_end()
    {
        var move = Moves.Running with { Status = MigrationStatus.Stayed, Phase = null, Message = "hv2 does not answer.", Settled = new(DateTimeOffset.UtcNow.AddMinutes(-3), "web-01 runs on hv1 as before.") };

        Notice(move).Find("[role=status]").TextContent.ShouldSatisfyAllConditions(
            text => text.ShouldContain("web-01 runs on hv1 as before."), text => text.ShouldContain("min ago"), text => text.ShouldContain("hv2 does not answer."));
        Receipt(move).Find(".foot").TextContent.ShouldContain("How it ended was found out");
        MigrationWords.Title(move with { Status = MigrationStatus.Lost }).ShouldBe("web-01 runs neither on hv1 nor on hv2");
    }

    [Theory]
    [InlineData(MigrationMode.Live, "web-01 keeps running on hv1")]
    [InlineData(MigrationMode.QuickDirect, "held still while it is copied")]
    [InlineData(MigrationMode.QuickSaved, "silent until that is read back")]
    public void Cancelling_says_what_it_does_to_the_machine(MigrationMode mode, string does) =>
        Head(Moves.Running with { Mode = mode }).Find("button").GetAttribute("title")!.ShouldContain(does);

    [Fact]
    public void A_cancel_that_came_too_late_is_told_so()
    {
        var head = Render<MigrationPageHead>(h => h.Add(x => x.Move, Moves.Running with { Phase = "Confirm" }).Add(x => x.Cancelling, true));
        head.Find("#too-late").TextContent.ShouldBe("It ran on hv2 before it could be stopped; it stays there");
        head.Find("button").TextContent.Trim().ShouldBe("Cancel move");
    }

    [Theory]
    [InlineData(38, 62, "38–62 ms")]
    [InlineData(691.1, 3455.4, "0.69–3.46 s")]
    [InlineData(7930, 17000, "7.93–17.0 s")]
    [InlineData(50, 50.2, "50 ms")]
    public void A_range_has_one_unit(double low, double high, string words) => MigrationWords.MsRange(low, high).Replace(Format.Thin, ' ').ShouldBe(words);

    [Fact]
    public void A_move_the_portal_was_interrupted_in_says_so_instead_of_only_showing_dashes() =>
        Notice(Moves.Moved with { Measured = null, BlackoutMs = null, Message = "The portal was interrupted during this move." })
            .Find(".note").TextContent.ShouldContain("The portal was interrupted during this move.");

    [Fact]
    public void A_move_that_went_well_needs_no_notice() => Notice(Moves.Moved).Markup.Trim().ShouldBeEmpty();

    [Fact]
    public void The_receipt_puts_measured_beside_predicted()
    {
        var rows = Receipt(Moves.Moved).FindAll("tbody tr").Select(row => string.Join(" | ", row.Children.Select(cell => cell.TextContent.Trim().Replace(Format.Thin, ' '))));
        rows.ShouldBe(
        [
            "Blackout | 38–62 ms | 52 ms", "pause | 40 ms | 43 ms", "convergence | 10 ms | 9 ms", "Lost at 1 Hz | 0.05 | 0.05worst 1",
            "Copy time | 1.4 s | 1.1 s", "Sent | 118 MiB | 121 MiB",
        ]);
    }

    [Theory]
    [InlineData(MigrationMode.Live, "Iteration 5 ")]
    [InlineData(MigrationMode.QuickDirect, "Pause 43 ms")]
    public void The_figures_of_a_move_that_is_over_fit_its_receipt(MigrationMode mode, string shown)
    {
        var figures = Render<MigrationPageFigures>(card => card.Add(c => c.Move, Moves.Moved with { Mode = mode }))
            .FindAll("dl > div").Select(figure => $"{figure.QuerySelector("dt")!.TextContent} {figure.QuerySelector("b")!.TextContent} {figure.QuerySelector("dd span")!.TextContent}").ToList();

        figures.ShouldContain(shown);
        figures.ShouldContain("Sent ÷ copy time 106 MiB/s", "121 MiB in 1.14 s");
    }

    [Fact]
    public void A_receipt_from_before_the_blackout_was_foretold_in_parts_has_dashes_there() =>
        ReceiptLine.Of(Moves.Moved.Predicted! with { PauseMs = null, ConvergenceMs = null }, Moves.Moved.Measured).Where(line => line.IsPart).ShouldAllBe(line => line.Predicted == "–");

    [Fact]
    public void A_cancelled_move_says_what_its_users_felt_and_that_nothing_was_lost_is_worth_saying()
    {
        var kept = Moves.Cancelled with { BlackoutMs = 4, Measured = Moves.Moved.Measured! with { PauseMs = null, ConvergenceMs = null, BlackoutMs = 4, Lost = 0 } };

        Verdict.Of(kept)!.Text.ShouldBe("✓ No ping was lost");
        Verdict.Of(kept)!.Why!.Replace(Format.Thin, ' ').ShouldBe("Silent for at most 4 ms until the move was over");
        Verdict.Of(kept with { Measured = kept.Measured! with { Lost = 3 } })!.Text.ShouldBe("3 pings lost");
        Verdict.Of(kept with { Measured = kept.Measured! with { GuestAnswers = false } })!.Text.ShouldBe("The machine does not answer");
        (kept with { ObjectiveMs = 1 }).ObjectiveMet.ShouldBeNull("it did not move");
        Verdict.Of(Moves.Cancelled)!.Text.ShouldBe("Nothing to measure: it did not move");
    }

    [Fact]
    public void The_source_winding_down_is_told_apart_from_the_copy_time() =>
        Receipt(Moves.Moved).Find(".foot").TextContent.Replace(Format.Thin, ' ').ShouldContain("hv1 took another 1.7 s to wind down");

    [Theory]
    [InlineData(100.0, "Objective kept: 52 of 100 ms")]
    [InlineData(50.0, "Objective missed: 52 of 50 ms")]
    public void The_verdict_holds_the_blackout_against_the_objective(double objective, string verdict) =>
        Receipt(Moves.Moved with { ObjectiveMs = objective }).Find(".chip").TextContent.Replace(Format.Thin, ' ').ShouldEndWith(verdict);

    [Fact]
    public void Without_an_objective_the_verdict_holds_it_against_the_prediction()
    {
        Verdict.Of(Moves.Moved with { ObjectiveMs = null })!.Text.ShouldBe("✓ As predicted");
        var slow = Moves.Moved with { ObjectiveMs = null, Predicted = Moves.Moved.Predicted! with { BlackoutMsHigh = 40 } };
        Verdict.Of(slow)!.Text.Replace(Format.Thin, ' ').ShouldBe("Longer than predicted by 12 ms");
    }

    [Fact]
    public void A_probe_that_was_held_up_makes_the_verdict_say_so_instead_of_a_figure()
    {
        var move = Moves.Moved with { Measured = Moves.Moved.Measured! with { ProbeInvalid = "the sender stalled for 80 ms" } };
        Verdict.Of(move).ShouldBe(new Verdict("warn", "Blackout does not count", "the sender stalled for 80 ms"));
    }

    [Fact]
    public void Each_phase_tells_its_state_and_time_and_those_to_come_are_named_too()
    {
        var phases = Render<MigrationPagePhases>(strip => strip.Add(s => s.Steps, PhaseStep.Of(Moves.PhasesWhileCopying, MigrationStatus.Running))).FindAll("li");
        phases.Select(phase => phase.QuerySelector(".name")!.TextContent).ShouldBe(["Check", "Predict", "Prepare", "Copy memory", "Switch over", "Confirm"]);
        phases[0].TextContent.Replace(Format.Thin, ' ').ShouldContain("0.1 s");
        phases[3].GetAttribute("aria-current").ShouldBe("step");
        phases[3].QuerySelector("[data-running-since]")!.GetAttribute("data-running-since").ShouldBe("0.000");
    }

    [Fact]
    public void The_phase_a_move_failed_in_is_not_shown_as_done()
    {
        var steps = PhaseStep.Of(Moves.PhasesUndone, MigrationStatus.Cancelled);
        steps.Single(step => step.Key == "Copy").State.ShouldBe(PhaseState.Stopped);
        steps.Single(step => step.Key == "Confirm").State.ShouldBe(PhaseState.Skipped);
        steps[^1].Key.ShouldBe("Undo");
        steps[^1].State.ShouldBe(PhaseState.Done);
    }

    [Fact]
    public void The_last_phase_says_what_it_waits_for() =>
        Render<MigrationPagePhases>(strip => strip.Add(s => s.Steps, PhaseStep.Of([new("Confirm", 1.2, null, null)], MigrationStatus.Running))).Find(".running").TextContent.ShouldContain("source winds down");

    [Fact]
    public void Decisions_come_with_the_figures_behind_them()
    {
        var list = Story(Moves.Moved).FindAll("li.decided");
        list[1].TextContent.ShouldContain("limit 20 → 34 ms");
        list[1].TextContent.ShouldContain("10.4 MiB ÷ 312 MiB/s = 33 ms");
    }

    [Fact]
    public void What_came_of_the_decisions_stands_between_them_in_the_order_of_time()
    {
        var told = Story(Moves.Moved).FindAll("li").Select(li => $"{li.QuerySelector(".at")!.TextContent} {li.QuerySelector("b")!.TextContent}".Replace(Format.Thin, ' '));
        told.ShouldBe(["0.00 s limit 20 ms", "0.97 s limit 20 → 34 ms", "1.09 s Copy ends", "1.14 s Switch over ends", "1.15 s First reply heard"]);
    }

    [Fact]
    public void A_machine_that_never_answered_has_no_first_reply() => Story(Moves.Silent).Markup.ShouldNotContain("First reply heard");

    [Fact]
    public void The_chart_says_in_words_what_it_shows()
    {
        var chart = Render<MigrationPageChart>(c => c.Add(x => x.Move, Moves.Moved)).Find("[data-chart]").GetAttribute("aria-label")!.Replace(Format.Thin, ' ');
        chart.ShouldContain("blackout of 52 ms");
        chart.ShouldContain("5 of 438 pings were lost");
    }

    [Fact]
    public void The_chart_marks_the_blackout_of_the_receipt_and_not_one_of_its_own()
    {
        var known = LiveKnown.Of(Moves.Moved);
        known.Over.ShouldBeTrue();
        known.Blackout.ShouldBe(new LiveBlackout(1.09, 1.147, $"blackout 52{Format.Thin}ms · 5 lost"));
        LiveKnown.Of(Moves.Running).ShouldBe(new LiveKnown(Over: false, Memory: 256L << 20, Predicted: 1.4, Arrived: false, Blackout: null));
    }

    [Fact]
    public void A_finished_move_has_its_figures_before_any_frame_came()
    {
        var figures = Render<MigrationPageFigures>(f => f.Add(x => x.Move, Moves.Moved)).FindAll("[data-figure]").Select(f => f.TextContent.Trim().Replace(Format.Thin, ' ')).ToList();
        figures[4].ShouldContain("5 of 438 at 10 ms");
        figures[5].ShouldContain("Took");
        figures[5].ShouldContain("1.1 s");
    }

    IRenderedComponent<MigrationPageHead> Head(MigrationRow move) => Render<MigrationPageHead>(head => head.Add(h => h.Move, move).Add(h => h.MayCancel, true));

    IRenderedComponent<MigrationPageDecisions> Story(MigrationRow move) =>
        Render<MigrationPageDecisions>(decisions => decisions.Add(d => d.Story, StoryLine.Of(new MigrationDetails(move, Moves.PhasesMoved, Moves.Decisions, MayCancel: false))));

    IRenderedComponent<MigrationPageNotice> Notice(MigrationRow move) => Render<MigrationPageNotice>(notice => notice.Add(n => n.Move, move));

    IRenderedComponent<MigrationPageReceipt> Receipt(MigrationRow move) => Render<MigrationPageReceipt>(receipt => receipt.Add(r => r.Move, move));
}
