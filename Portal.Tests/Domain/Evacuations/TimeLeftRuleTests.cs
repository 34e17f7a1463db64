using CsCheck;
using Portal.Domain.Evacuations;
using Portal.Domain.Operations;

namespace Portal.Tests.Domain.Evacuations;

public sealed class TimeLeftRuleTests
{
    static readonly Route Way = new(Guid.NewGuid(), Guid.NewGuid());

    static readonly Gen<TurnTime> Turn = Gen.Select(Gen.Double[0.5, 60], Gen.Double[0, 1], Gen.Double[0, 90], Gen.Int[0, 2]).Select((foretold, share, passed, state) =>
        new TurnTime(Way, foretold, foretold * share, state == 0 ? null : passed, state == 2));

    [Fact]
    public void The_range_is_one_and_nothing_is_left_when_all_is_over() => Turn.Array[0, 12].Sample(turns =>
    {
        var left = TimeLeftRule.Of(turns, EvacuationLimits.Usual).ShouldNotBeNull();

        left.LeastSeconds!.Value.ShouldBeGreaterThanOrEqualTo(0);
        left.MostSeconds!.Value.ShouldBeGreaterThanOrEqualTo(left.LeastSeconds.Value);
        if (turns.All(t => t.IsOver))
            left.ShouldBe(new Eta(0, 0));
    });

    [Fact]
    public void Three_that_took_twice_as_long_say_that_the_rest_does_too()
    {
        var slow = Enumerable.Repeat(new TurnTime(Way, 10, 0, 20, true), 3);

        TimeLeftRule.Of([.. slow, new TurnTime(Way, 10, 0, null, false)], EvacuationLimits.Usual).ShouldBe(new Eta(20, 20));
        TimeLeftRule.Of([.. slow, new TurnTime(Way, 10, 0, 15, false)], EvacuationLimits.Usual).ShouldBe(new Eta(5, 5));
        TimeLeftRule.Of([new TurnTime(Way, null, 0, null, false)], EvacuationLimits.Usual).ShouldBeNull();
    }
}
