using Portal.Hypervisor.Probing;

namespace Portal.Tests.Hypervisor.Probing;

public class MonotonicClockTests
{
    private const long Hour = 3_600_000_000_000, Ms = 1_000_000;

    /// <summary>Stamped 2 ms ago, and the socket was last empty 5 ms ago; meanwhile somebody set the wall clock.</summary>
    [Theory]
    [InlineData(0, 2 * Ms)]
    [InlineData(-Hour, 0)]
    [InlineData(Hour, 5 * Ms)]
    public void A_wall_clock_that_is_set_moves_an_arrival_by_no_more_than_a_look(long setBy, long age)
        => MonotonicClock.AgeNs(stampNs: 10 * Hour, wallNs: 10 * Hour + 2 * Ms + setBy, sinceEmptyNs: 5 * Ms).ShouldBe(age);
}
