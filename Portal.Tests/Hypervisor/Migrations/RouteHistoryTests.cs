using Portal.Hypervisor.Migrations;
using Portal.Hypervisor.Probing;

namespace Portal.Tests.Hypervisor.Migrations;

public class RouteHistoryTests
{
    [Fact]
    public void The_first_move_is_believed_and_later_ones_are_mixed_in()
    {
        var once = RouteHistory.Learn(before: null, Move(bytes: 200, seconds: 2, blackout: 50));
        var twice = RouteHistory.Learn(once, Move(bytes: 200, seconds: 1, blackout: 150));

        once.ShouldBe(new RouteHistory(100, 50, TouchedBytes: null, DirtyBytesPerSecond: null, Moves: 1));
        twice!.BytesPerSecond.ShouldBe(130, tolerance: 1e-9);
        twice.FixedBlackoutMs.ShouldBe(80, tolerance: 1e-9);
        twice.Moves.ShouldBe(2);
    }

    [Fact]
    public void A_move_without_a_valid_probe_teaches_nothing()
    {
        var known = RouteHistory.Learn(before: null, Move(200, 2, 50));

        RouteHistory.Learn(known, Move(200, 2, 50) with { Probe = null }).ShouldBe(known);
    }

    private static Measured Move(long bytes, double seconds, double blackout) => new(
        seconds, TeardownSeconds: 1, PauseMs: 20,
        new ProbeReport(5, 100, 100, 0, 0, 0, blackout, 0, 0, 0, 0, 0, 0, 0.5, Valid: true, Invalid: null),
        ConvergenceMs: 30, bytes, Iterations: 3, GuestAnswers: true);
}
