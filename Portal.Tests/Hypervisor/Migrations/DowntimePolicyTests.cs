using CsCheck;
using Portal.Hypervisor.Migrations;

namespace Portal.Tests.Hypervisor.Migrations;

public class DowntimePolicyTests
{
    private const int First = 20, Last = 500;
    private const long Bandwidth = 100_000_000;

    static readonly int[] MsToSendInEachPass = [400, 250, 100];

    [Fact]
    public void A_copy_that_converges_is_left_alone()
        => Decide(Passes(400, 200, 100, 50, 25, 10)).ShouldBeEmpty();

    [Fact]
    public void When_passes_no_longer_shrink_what_remains_the_limit_is_raised_to_what_is_needed_and_a_little_more()
    {
        var decisions = Decide(Passes(400, 120, 100, 98, 97));

        decisions[0].RaiseTo.ShouldBe(123);
        decisions[0].Text.ShouldBe("Allow a pause of 123 ms instead of 20 ms.");
        decisions[0].Figures.ShouldContain("would take 98 ms");
    }

    [Fact]
    public void It_is_never_raised_at_a_peak()
    {
        // Each pass begins with much to send and ends with little.
        CopyObservation[] story = [.. Enumerable.Range(1, 8).SelectMany(pass => MsToSendInEachPass
            .Select((ms, i) => Observation(pass + i * 0.3, ms, pass)))];

        var decisions = Decide(story);

        decisions[0].RaiseTo.ShouldBe(125);
        decisions.ShouldAllBe(d => d.Figures.Contains("would take 100 ms", StringComparison.Ordinal));
    }

    [Fact]
    public void A_guest_that_writes_too_fast_is_said_to_and_the_limit_stays()
    {
        var decisions = Decide(Passes(2_000, 1_900, 1_950, 1_900, 1_900, 1_900));

        decisions.ShouldHaveSingleItem().RaiseTo.ShouldBeNull();
        decisions[0].Text.ShouldContain("writes faster than the network carries");
    }

    [Fact]
    public void A_limit_that_should_have_been_enough_for_seconds_is_raised_by_half()
    {
        CopyObservation[] story = [.. Passes(400, 120, 100, 98), .. Enumerable.Range(5, 6).Select(at => Observation(at, 90, at))];

        Decide(story).Select(d => d.RaiseTo).ShouldBe([123, 185]);
    }

    [Fact]
    public void Without_a_known_bandwidth_nothing_is_decided()
        => DowntimePolicy.Observe(DowntimeState.Begin(First), new CopyObservation(1, 1_000_000, 0, 5), Last).Decision.ShouldBeNull();

    [Fact]
    public void Whatever_the_copy_does_the_limit_only_rises_and_never_passes_the_last()
        => Gen.Select(Gen.Int[1, 3_000], Gen.Int[0, 1]).Array[1, 100].Sample(rows =>
        {
            var state = DowntimeState.Begin(First);
            var pass = 1;
            for (var i = 0; i < rows.Length; i++)
            {
                pass += rows[i].Item2;
                var before = state.LimitMs;
                (state, var decision) = DowntimePolicy.Observe(state, Observation(i * 0.4, rows[i].Item1, pass), Last);
                if (state.LimitMs < before || state.LimitMs > Last || decision?.RaiseTo is { } raised && raised != state.LimitMs)
                    return false;
            }

            return true;
        });

    private static CopyObservation[] Passes(params int[] needed) => [.. needed.Select((ms, i) => Observation(i, ms, i + 1))];

    private static CopyObservation Observation(double at, int neededMs, int pass) => new(at, neededMs * (Bandwidth / 1_000), Bandwidth, pass);

    private static List<DowntimeDecision> Decide(IEnumerable<CopyObservation> story)
    {
        var state = DowntimeState.Begin(First);
        var decisions = new List<DowntimeDecision>();
        foreach (var observation in story)
        {
            (state, var decision) = DowntimePolicy.Observe(state, observation, Last);
            if (decision is not null)
                decisions.Add(decision);
        }

        return decisions;
    }
}
