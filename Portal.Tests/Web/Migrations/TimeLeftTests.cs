using CsCheck;
using Portal.Domain.Migrations;
using Portal.Domain.Operations;
using Portal.Hypervisor.Migrations;
using Portal.Web.Controls;
using Portal.Web.Migrations;
using Portal.Web.Operations.Moving;

namespace Portal.Tests.Web.Migrations;

/// <summary>How long a move still takes, as it is told.</summary>
public class TimeLeftTests
{
    readonly TimeLeft left = new();

    [Fact]
    public void It_lies_between_no_writes_and_every_write_sent_again()
    {
        At(1, 200, 50, 25, foretold: 9).ShouldBe(new Eta(4, 8));
        left.Why.ShouldBeNull();
    }

    [Fact]
    public void Of_a_guest_that_writes_faster_than_it_is_copied_no_end_is_told()
    {
        At(1, 200, 50, 60, foretold: 9).ShouldBe(new Eta(4, null));
        left.Why.ShouldBe("the guest writes about as fast as it is copied");
    }

    [Fact]
    public void Whether_an_end_is_in_sight_does_not_change_with_every_figure()
    {
        At(1, 200, 50, 49)!.MostSeconds.ShouldBeNull();
        At(2, 200, 50, 44)!.MostSeconds.ShouldBeNull();
        At(3, 200, 50, 30)!.MostSeconds.ShouldBe(10);
        At(4, 200, 50, 44)!.MostSeconds.ShouldNotBeNull();
    }

    [Fact]
    public void Until_the_hypervisor_says_what_the_guest_writes_what_was_measured_before_counts()
    {
        At(1, 200, 50, dirty: null, foretold: 9, writes: 25).ShouldBe(new Eta(4, 8));
        (At(2, 200, 50, dirty: 40), left.Why).ShouldBe((new Eta(4, 20), "the guest writes more than before"));
    }

    [Fact]
    public void Of_a_guest_whose_writes_nobody_knows_the_pass_is_told() => At(1, 200, 50, dirty: null).ShouldBe(new Eta(4, 4));

    [Fact]
    public void Nothing_left_to_send_tells_nothing() => At(1, 0, 90, 0, foretold: 9).ShouldBeNull();

    [Fact]
    public void It_counts_down_shrinks_when_the_copy_does_better_and_rises_only_with_a_reason()
    {
        At(1, 200, 50, 25, foretold: 10).ShouldBe(new Eta(4, 8));
        At(2, 178, 50, 25).ShouldBe(new Eta(3.56, 7));
        At(3, 100, 50, 25).ShouldBe(new Eta(2, 4));
        (At(4, 150, 30, 10), left.Why).ShouldBe((new Eta(5, 7.5), "the network carries less than before"));
        (At(5, 135, 30, 10), left.Why).ShouldBe((new Eta(4.5, 6.5), "the network carries less than before"));
        (At(6, 162, 30, 18), left.Why).ShouldBe((new Eta(5.4, 13.5), "the guest writes more than before"));
        At(7, 20, 40, 2)!.MostSeconds!.Value.ShouldBeLessThan(1);
        left.Why.ShouldBeNull();
    }

    [Fact]
    public void Over_any_course_the_end_moves_back_only_with_a_reason() =>
        Gen.Select(Gen.Int[1, 255], Gen.Int[10, 100], Gen.Int[0, 80]).Array[1, 40].Sample(course =>
        {
            var (told, end, now) = (new TimeLeft(), double.PositiveInfinity, 0.0);
            foreach (var (memory, rate, dirty) in course)
            {
                told.Take(now += 0.5, Figures(memory, rate, dirty), Foretold(6));
                // An end that has passed is told as "soon" until there is a new one.
                if (told.Now!.MostSeconds == 0)
                    continue;
                var next = now + (told.Now.MostSeconds ?? double.PositiveInfinity);
                if (next > end + 0.001 && told.Why is null)
                    return false;
                end = next;
            }

            return true;
        });

    [Theory]
    [InlineData(null, null, null)]
    [InlineData(4.2, 6.1, "4–7 s left")]
    [InlineData(6.4, 6.4, "6–7 s left")]
    [InlineData(7.0, 7.0, "7 s left")]
    [InlineData(null, 3.4, "~3 s left")]
    [InlineData(12.6, null, "no end in sight")]
    [InlineData(0.2, 0.4, "ends soon")]
    [InlineData(100.0, 290.0, "2 min–5 min left")]
    public void It_is_told_as_a_range(double? least, double? most, string? text) => Format.Left(least, most)?.Replace('\u2009', ' ').ShouldBe(text);

    Eta? At(double now, long memory, long rate, long? dirty, double? foretold = null, double? writes = null)
    {
        left.Take(now, Figures(memory, rate, dirty), foretold is { } seconds ? Foretold(seconds, writes) : null);
        return left.Now;
    }

    static MigrationProgress Figures(long memory, long rate, long? dirty) => new(256 << 20, memory << 20, 0, rate << 20, dirty << 20, 1, null, 50);

    static Prediction Foretold(double seconds, double? writes = null) => new(seconds, 10, 20, true, 0) { DirtyBytesPerSecond = writes * (1 << 20) };
}
