using CsCheck;
using Portal.Domain.Migrations;

namespace Portal.Tests.Domain.Migrations;

public sealed class RouteArithmeticTests
{
    [Fact]
    public void Nothing_is_learned_from_nothing() => RouteArithmetic.Learn([]).ShouldBeNull();

    [Fact]
    public void Medians_come_from_receipts_and_silence_only_from_valid_ones()
    {
        var history = RouteArithmetic.Learn([Receipt(1, 40), Receipt(2, 60), Receipt(3, 50), Receipt(4, 9000, invalid: "The sender stalled.")])!;

        (history.Moves, history.TotalSeconds, history.BlackoutMs).ShouldBe((4, 2.5, 50d));
        history.BlackoutMsHigh!.Value.ShouldBe(58, 0.001);
    }

    [Fact]
    public void A_quantile_lies_between_least_and_most_and_grows_with_q() => Gen.Select(Gen.Double[-1e6, 1e6].Array[1, 50], Gen.Double[0, 1], Gen.Double[0, 1]).Sample((values, q, r) =>
    {
        Array.Sort(values);
        var (low, high) = (RouteArithmetic.Quantile(values, Math.Min(q, r))!.Value, RouteArithmetic.Quantile(values, Math.Max(q, r))!.Value);
        low.ShouldBeInRange(values[0] - 1e-6, values[^1] + 1e-6);
        high.ShouldBeGreaterThanOrEqualTo(low - 1e-6);
    });

    internal static Measurement Receipt(double seconds, double? blackout, string? invalid = null) =>
        new(seconds, 0.5, 20, blackout, 1, 1.05, blackout - 20, 200, 1, 0, 5, 0.1, 1, 0.5, 268_435_456, 3, GuestAnswers: true, invalid);
}
