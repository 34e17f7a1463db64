using CsCheck;
using Portal.Domain.Migrations;

namespace Portal.Tests.Domain.Migrations;

public sealed class WeightedTests
{
    [Fact]
    public void What_counts_nothing_changes_nothing_and_nothing_has_no_quantile()
    {
        Weighted.Quantile([], 0.5).ShouldBeNull();
        Weighted.Quantile([(7, 0)], 0.5).ShouldBeNull();
        Weighted.Quantile([(1, 1), (2, 1), (3, 1), (900, 0)], 0.5).ShouldBe(2);
    }

    [Fact]
    public void A_quantile_lies_between_least_and_most_and_grows_with_q() =>
        Gen.Select(Gen.Select(Gen.Double[-1e6, 1e6], Gen.Double[0.01, 10]).Array[1, 50], Gen.Double[0, 1], Gen.Double[0, 1]).Sample((values, q, r) =>
        {
            var (low, high) = (Weighted.Quantile(values, Math.Min(q, r))!.Value, Weighted.Quantile(values, Math.Max(q, r))!.Value);
            low.ShouldBeInRange(values.Min(v => v.Item1) - 1e-6, values.Max(v => v.Item1) + 1e-6);
            high.ShouldBeGreaterThanOrEqualTo(low - 1e-6);
        });
}
