using Portal.Hypervisor.Probing;

namespace Portal.Tests.Hypervisor.Probing;

public class PingLogTests
{
    private readonly PingLog _log = new();

    [Fact]
    public void A_sample_is_told_when_sent_and_again_when_answered()
    {
        _log.Sent(10, isStalled: false);
        _log.Drain().ShouldBe([new PingSample(0, 10, double.NaN, PingFlags.None)]);

        _log.Answered(0, arrivedMs: 12);

        _log.Drain().ShouldBe([new PingSample(0, 10, 2, PingFlags.None)]);
        _log.Drain().ShouldBeEmpty();
        _log.LastAnsweredSentMs.ShouldBe(10);
    }

    [Fact]
    public void No_reply_within_five_seconds_is_lost_and_stays_lost()
    {
        _log.Sent(0, isStalled: false);

        _log.Expire(5_000);
        _log.Open.ShouldBe(1);
        _log.Expire(5_001);
        _log.Answered(0, arrivedMs: 5_002);

        _log.Snapshot().ShouldBe([new PingSample(0, 0, double.NaN, PingFlags.Lost)]);
        _log.Open.ShouldBe(0);
    }

    [Fact]
    public void What_a_hundred_younger_ones_overtook_is_lost_once_it_is_late_and_stays_lost()
    {
        for (var i = 0; i <= PingLog.Overtakers; i++)
            _log.Sent(i * 5, isStalled: false);
        for (var i = 1; i < PingLog.Overtakers; i++)
            _log.Answered(i, arrivedMs: i * 5 + 1);

        _log.GiveUpOvertaken(2_000);
        _log.Open.ShouldBe(2, "ninety-nine do not do");
        _log.Answered(PingLog.Overtakers, arrivedMs: 501);
        _log.GiveUpOvertaken(1_000);
        _log.Open.ShouldBe(1, "it is not late yet");
        _log.GiveUpOvertaken(1_001);
        _log.Answered(0, arrivedMs: 1_500);

        _log.Open.ShouldBe(0);
        _log.Snapshot()[0].ShouldBe(new PingSample(0, 0, double.NaN, PingFlags.Lost));
    }

    [Fact]
    public void The_youngest_are_never_overtaken()
    {
        for (var i = 0; i < 2 * PingLog.Overtakers; i++)
            _log.Sent(i * 5, isStalled: false);
        for (var i = 0; i < PingLog.Overtakers; i++)
            _log.Answered(i, arrivedMs: i * 5 + 1);

        _log.GiveUpOvertaken(4_000);

        _log.Open.ShouldBe(PingLog.Overtakers, "a guest that stopped answering may still answer late");
    }

    [Fact]
    public void A_reply_after_more_than_a_second_is_late()
    {
        _log.Sent(0, isStalled: false);

        _log.Answered(0, arrivedMs: 1_001);

        _log.Snapshot()[0].Flags.ShouldBe(PingFlags.Late);
    }

    [Fact]
    public void A_second_reply_is_a_duplicate_and_the_first_counts()
    {
        _log.Sent(0, isStalled: true);
        _log.Answered(0, arrivedMs: 1);

        _log.Answered(0, arrivedMs: 900);

        _log.Snapshot()[0].ShouldBe(new PingSample(0, 0, 1, PingFlags.Stalled | PingFlags.Duplicate));
    }

    [Fact]
    public void A_reply_that_was_read_late_counts_as_one_and_proves_no_moment()
    {
        _log.Sent(0, isStalled: false);

        _log.Answered(0, arrivedMs: 3, isStalled: true);

        _log.Snapshot()[0].ShouldBe(new PingSample(0, 0, 3, PingFlags.Stalled));
    }

    [Fact]
    public void What_was_due_while_this_machine_stood_still_is_neither_lost_nor_late()
    {
        _log.Sent(0, isStalled: false);
        _log.Sent(9_000, isStalled: false);
        _log.Sent(9_005, isStalled: false);

        _log.HeldUp(fromMs: 9_006);
        _log.Answered(2, arrivedMs: 16_000);
        _log.Expire(20_000);

        _log.Snapshot().Select(sample => sample.Flags).ShouldBe([PingFlags.Lost, PingFlags.Stalled, PingFlags.Stalled]);
        _log.Open.ShouldBe(0);
    }

    [Fact]
    public void A_reply_to_nothing_is_ignored()
    {
        _log.Answered(7, arrivedMs: 1);

        _log.Snapshot().ShouldBeEmpty();
    }
}
