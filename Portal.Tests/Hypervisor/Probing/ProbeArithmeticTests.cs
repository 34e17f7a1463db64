using CsCheck;
using Portal.Hypervisor.Probing;

namespace Portal.Tests.Hypervisor.Probing;

public class ProbeArithmeticTests
{
    private const double Interval = 5;

    /// <summary>Sequences of samples as a probe leaves them: some lost, some late, some answered twice.</summary>
    private static readonly Gen<PingSample[]> Samples = Gen
        .Select(Gen.Double[0.1, 4_000], Gen.Int[0, 9], Gen.Bool)
        .Array[2, 200]
        .Select(rows => rows.Select((row, i) => Sample(i, row.Item2 == 0 ? double.NaN : row.Item1, row.Item3)).ToArray());

    [Fact]
    public void A_steady_guest_has_no_blackout()
    {
        var report = Measure(Steady(100));

        report.BlackoutMs.ShouldBe(0, tolerance: 1e-9);
        report.Answered.ShouldBe(100);
        report.MedianRttMs.ShouldBe(0.5, tolerance: 1e-9);
        report.Valid.ShouldBeTrue();
    }

    [Fact]
    public void A_blackout_is_the_longest_gap_between_arrivals_less_the_interval()
    {
        var samples = Steady(100);
        for (var i = 40; i < 50; i++)
            samples[i] = Sample(i, double.NaN, isDuplicate: false);

        var report = Measure(samples);

        report.BlackoutMs.ShouldBe(50, tolerance: 1e-9);
        report.BlackoutStartMs.ShouldBe(39 * Interval + 0.5, tolerance: 1e-9);
        report.BlackoutEndMs.ShouldBe(50 * Interval + 0.5, tolerance: 1e-9);
        report.Lost.ShouldBe(10);
    }

    [Fact]
    public void Replies_held_back_and_delivered_together_end_the_blackout_when_the_first_of_them_arrives()
    {
        var samples = Steady(100);
        for (var i = 40; i < 50; i++)
            samples[i] = Sample(i, (50 - i) * Interval, isDuplicate: false);

        var report = Measure(samples);

        report.BlackoutMs.ShouldBe(10 * Interval - 0.5, tolerance: 1e-9);
        report.Lost.ShouldBe(0);
    }

    [Fact]
    public void A_person_pinging_once_a_second_loses_by_chance_what_falls_into_the_gap()
    {
        var samples = Steady(1_000);
        for (var i = 300; i < 350; i++)
            samples[i] = Sample(i, double.NaN, isDuplicate: false);

        var report = Measure(samples);

        report.LostAt1HzMean.ShouldBe(0.25, tolerance: 1e-9);
        report.LostAt1HzWorst.ShouldBe(1);
        report.LostAt10HzMean.ShouldBe(2.5, tolerance: 1e-9);
        report.LostAt10HzWorst.ShouldBe(3);
    }

    [Fact]
    public void A_guest_that_never_answers_again_was_dark_up_to_the_last_request()
    {
        var samples = Steady(100);
        for (var i = 60; i < 100; i++)
            samples[i] = Sample(i, double.NaN, isDuplicate: false);

        Measure(samples).BlackoutMs.ShouldBe((99 - 59 - 1) * Interval - 0.5, tolerance: 1e-9);
    }

    [Theory]
    [InlineData(40, false)]
    [InlineData(50, false)]
    [InlineData(45, true)]
    public void A_sender_held_up_at_the_edge_of_the_gap_makes_the_report_invalid_but_not_in_its_middle(int stalled, bool valid)
    {
        var samples = Steady(100);
        for (var i = 40; i < 50; i++)
            samples[i] = Sample(i, double.NaN, isDuplicate: false);
        samples[stalled] = samples[stalled] with { Flags = samples[stalled].Flags | PingFlags.Stalled };

        Measure(samples).Valid.ShouldBe(valid);
    }

    [Fact]
    public void What_a_held_up_sender_left_out_between_lost_requests_counts_as_lost_on_the_grids()
    {
        var samples = Steady(1_000);
        for (var i = 300; i < 400; i++)
            samples[i] = Sample(i, double.NaN, isDuplicate: false);
        samples[380] = samples[380] with { Flags = samples[380].Flags | PingFlags.Stalled };
        PingSample[] heldUp = [.. samples[..320], .. samples[380..]];

        var report = Measure(heldUp);

        report.Valid.ShouldBeTrue();
        report.BlackoutMs.ShouldBe(500, tolerance: 1e-9);
        report.Lost.ShouldBe(40);
        report.LostAt1HzMean.ShouldBe(0.5, tolerance: 1e-9);
        report.LostAt10HzMean.ShouldBe(5, tolerance: 1e-9);
        report.LostAt10HzWorst.ShouldBe(5);
    }

    [Fact]
    public void What_a_held_up_sender_left_out_while_the_guest_answered_is_not_lost()
    {
        var samples = Steady(100);
        samples[80] = samples[80] with { Flags = PingFlags.Stalled };

        Measure([.. samples[..20], .. samples[80..]]).LostAt10HzMean.ShouldBe(0);
    }

    [Fact]
    public void Without_replies_nothing_is_claimed()
    {
        var report = Measure([Sample(0, double.NaN, isDuplicate: false)]);

        report.Valid.ShouldBeFalse();
        report.Invalid.ShouldNotBeNull();
        report.BlackoutMs.ShouldBe(0);
    }

    [Fact]
    public void Order_of_samples_does_not_matter()
        => Samples.Sample(samples => Measure([.. samples.Reverse()]) == Measure(samples));

    [Fact]
    public void Moving_everything_in_time_moves_only_the_gap()
        => Gen.Select(Samples, Gen.Double[-10_000, 10_000]).Sample((samples, shift) =>
        {
            var moved = Measure([.. samples.Select(s => s with { SentMs = s.SentMs + shift })]);
            return Math.Abs(moved.BlackoutMs - Measure(samples).BlackoutMs) < 1e-6;
        });

    [Fact]
    public void Losing_one_more_reply_never_shortens_the_blackout()
        => Gen.Select(Samples, Gen.Int[0, 199]).Sample((samples, index) =>
        {
            var worse = samples.ToArray();
            // The first and the last reply bound what is measured at all, so they stay.
            var inner = samples.Where(s => s.IsAnswered).OrderBy(s => s.ArrivedMs).Skip(1).SkipLast(1).ToArray();
            if (inner.Length == 0 || worse[^1].IsAnswered is false)
                return true;
            var victim = inner[index % inner.Length].Sequence;
            if (victim == worse.Length - 1)
                return true;
            worse[victim] = Sample((int)victim, double.NaN, isDuplicate: false);
            return Measure(worse).BlackoutMs >= Measure(samples).BlackoutMs - 1e-9;
        });

    [Fact]
    public void Every_sample_is_answered_or_lost_and_the_grid_loses_no_more_than_all()
        => Samples.Sample(samples =>
        {
            var report = Measure(samples);
            return report.Answered + report.Lost == report.Sent
                && report.LostAt1HzWorst <= report.Lost
                && Math.Abs(report.LostAt1HzMean * 200 - report.Lost) < 1e-6
                && Math.Abs(report.LostAt10HzMean * 20 - report.Lost) < 1e-6;
        });

    [Fact]
    public void Duplicates_close_no_gap()
        => Samples.Sample(samples =>
        {
            PingSample[] twice = [.. samples.Select(s => s.IsAnswered ? s with { Flags = s.Flags | PingFlags.Duplicate } : s)];
            return Math.Abs(Measure(twice).BlackoutMs - Measure(samples).BlackoutMs) < 1e-9;
        });

    [Fact]
    public void While_the_guest_ran_by_all_that_is_known_a_sender_that_was_held_up_is_no_silence()
    {
        var samples = Steady(400);
        for (var i = 200; i < 210; i++)
            samples[i] = Sample(i, double.NaN, isDuplicate: false);
        // The sender stood still for 160 ms, between two requests that were answered.
        for (var i = 100; i < samples.Length; i++)
            samples[i] = samples[i] with { SentMs = samples[i].SentMs + 160 };
        samples[100] = samples[100] with { Flags = PingFlags.Stalled };

        var far = ProbeArithmetic.Measure(samples, Interval, (1_165, 1_205));
        (far.BlackoutMs, far.Valid).ShouldBe((50, true), "the pause was elsewhere");
        var unknown = Measure(samples);
        (unknown.BlackoutMs, unknown.Valid).ShouldBe((160, false), "nobody knows when the guest stood still");
        var near = ProbeArithmetic.Measure(samples, Interval, (690, 730));
        (near.BlackoutMs, near.Valid).ShouldBe((160, false), "its silence may hide there");
    }

    [Fact]
    public void A_guest_that_answers_late_was_silent_however_late_it_was_asked()
    {
        var samples = Steady(400);
        for (var i = 100; i < samples.Length; i++)
            samples[i] = samples[i] with { SentMs = samples[i].SentMs + 20 };
        samples[100] = samples[100] with { RttMs = 400, Flags = PingFlags.Stalled };
        for (var i = 101; i < 180; i++)
            samples[i] = samples[i] with { RttMs = samples[100].ArrivedMs - samples[i].SentMs };

        ProbeArithmetic.Measure(samples, Interval, (1_500, 1_540)).BlackoutMs.ShouldBe(400, tolerance: 1e-9, "asked at 520 ms, it answered at 920");
    }

    [Fact]
    public void A_reply_that_was_only_read_late_hides_no_silence()
    {
        var samples = Steady(400);
        samples[100] = samples[100] with { RttMs = 80, Flags = PingFlags.Stalled };
        for (var i = 101; i < 116; i++)
            samples[i] = samples[i] with { RttMs = samples[100].ArrivedMs - samples[i].SentMs };

        ProbeArithmetic.Measure(samples, Interval, (1_500, 1_540)).BlackoutMs.ShouldBe(79.5, tolerance: 1e-9);
    }

    [Fact]
    public void A_guest_that_answers_nothing_at_first_was_silent_since_it_was_asked()
    {
        var samples = Steady(100);
        for (var i = 0; i < 20; i++)
            samples[i] = Sample(i, double.NaN, isDuplicate: false);

        Measure(samples).BlackoutMs.ShouldBe(19 * Interval + 0.5, tolerance: 1e-9);
    }

    private static ProbeReport Measure(PingSample[] samples) => ProbeArithmetic.Measure(samples, Interval);

    private static PingSample[] Steady(int count) => [.. Enumerable.Range(0, count).Select(i => Sample(i, 0.5, isDuplicate: false))];

    private static PingSample Sample(int index, double rtt, bool isDuplicate) => new(index, index * Interval, rtt,
        (double.IsNaN(rtt) ? PingFlags.Lost : PingFlags.None)
        | (rtt > 1_000 ? PingFlags.Late : PingFlags.None)
        | (isDuplicate && !double.IsNaN(rtt) ? PingFlags.Duplicate : PingFlags.None));
}
