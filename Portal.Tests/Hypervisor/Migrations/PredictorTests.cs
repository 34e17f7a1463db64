using CsCheck;
using Portal.Hypervisor.Migrations;

namespace Portal.Tests.Hypervisor.Migrations;

public class PredictorTests
{
    private const long Mib = 1 << 20;

    private static readonly RouteHistory Route = new(100 * Mib, PauseMs: 30, ConvergenceMs: 10, TouchedBytes: null, DirtyBytesPerSecond: Mib, Moves: 10);

    [Fact]
    public void An_idle_guest_takes_its_touched_memory_over_bandwidth_and_pauses_for_the_fixed_cost()
    {
        var predicted = Predict(MigrationMode.Live, Route);

        predicted.Converges.ShouldBeTrue();
        predicted.TotalSeconds.ShouldBeInRange(2.0, 2.3);
        predicted.BlackoutMsLow.ShouldBeLessThan(60);
        predicted.BlackoutMsHigh.ShouldBeGreaterThan(40);
        (predicted.PauseMs, predicted.ConvergenceMs).ShouldBe((30, 10));
    }

    [Fact]
    public void The_pause_is_what_the_last_pages_take_when_that_is_more_than_handing_over_costs()
    {
        var predicted = Predict(MigrationMode.Live, Route with { PauseMs = 1, DirtyBytesPerSecond = 60 * Mib });

        predicted.PauseMs.ShouldBeGreaterThan(5);
        predicted.BlackoutMsHigh.ShouldBeGreaterThan(predicted.PauseMs + predicted.ConvergenceMs);
    }

    [Fact]
    public void A_guest_that_writes_faster_than_the_network_carries_does_not_converge()
        => Predict(MigrationMode.Live, Route with { DirtyBytesPerSecond = 200 * Mib }).Converges.ShouldBeFalse();

    [Fact]
    public void Standing_still_the_whole_copy_is_blackout_and_through_a_file_twice_that()
    {
        var direct = Predict(MigrationMode.QuickDirect, Route);
        var saved = Predict(MigrationMode.QuickSaved, Route);

        direct.TotalSeconds.ShouldBe(2.01, tolerance: 0.01);
        direct.PauseMs.ShouldBe(2_000, tolerance: 1);
        direct.BlackoutMsHigh.ShouldBeGreaterThan(2_000);
        saved.TotalSeconds.ShouldBe(4.01, tolerance: 0.01);
    }

    [Fact]
    public void Experience_narrows_the_range()
    {
        var novice = Predict(MigrationMode.Live, Route with { Moves = 0 });
        var expert = Predict(MigrationMode.Live, Route with { Moves = 50 });

        (expert.BlackoutMsHigh - expert.BlackoutMsLow).ShouldBeLessThan(novice.BlackoutMsHigh - novice.BlackoutMsLow);
    }

    [Fact]
    public void A_limit_on_the_stream_makes_it_as_slow()
        => Predictor.Predict(new PredictionInput(MigrationMode.QuickDirect, 256 * Mib, 200 * Mib),
            MigrationOptions.Default with { History = Route, MaxMibPerSecond = 10 }).TotalSeconds.ShouldBe(20.01, tolerance: 0.01);

    [Fact]
    public void Predictions_are_finite_ordered_and_never_shorter_for_more_memory()
        => Gen.Select(Gen.Long[Mib, 1L << 40], Gen.Double[0, 1e10], Gen.Double[1, 1e10], Gen.Enum<MigrationMode>()).Sample((memory, dirty, bandwidth, mode) =>
        {
            var options = MigrationOptions.Default with { History = new RouteHistory(bandwidth, 30, 10, null, dirty, 3) };
            var one = Predictor.Predict(new PredictionInput(mode, memory, memory), options);
            var less = Predictor.Predict(new PredictionInput(mode, memory, memory / 2), options);
            return double.IsFinite(one.TotalSeconds) && one.BlackoutMsLow <= one.BlackoutMsHigh && less.Bytes <= one.Bytes;
        });

    private static Predicted Predict(MigrationMode mode, RouteHistory route)
        => Predictor.Predict(new PredictionInput(mode, 256 * Mib, 200 * Mib), MigrationOptions.Default with { History = route });
}
