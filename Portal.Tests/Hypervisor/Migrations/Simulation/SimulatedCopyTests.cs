using CsCheck;
using Portal.Hypervisor.Migrations;

namespace Portal.Tests.Hypervisor.Migrations.Simulation;

public class SimulatedCopyTests
{
    private const double MostSeconds = 600;

    private static readonly Gen<CopyCase> s_cases = Gen.Int[0, int.MaxValue - 1].Select(CopyCase.Draw);

    [Fact]
    public void An_idle_guest_is_silent_for_little_more_than_handing_over_takes()
    {
        var guest = CopyCase.Draw(1) with { WriteBytesPerSecond = 1e4, ObjectiveMs = 300, Noise = 0.05, ScanSecondsPerGib = 0.002 };

        var result = Run(guest, MigrationPolicy.Gentle);

        result.HasMoved.ShouldBeTrue();
        result.BlackoutMs.ShouldBeLessThan(guest.FixedMs + guest.ConvergenceMs + 25);
    }

    [Fact]
    public void The_gentle_policy_never_slows_a_guest_and_never_sends_it_on_before_its_memory()
        => s_cases.Sample(guest => Run(guest, MigrationPolicy.Gentle) is { SlowedPercent: 0, HasPostCopied: false }, iter: 300);

    [Fact]
    public void Only_the_balanced_policy_slows_a_guest()
        => s_cases.Sample(guest => MigrationPolicy.All.All(policy => policy == MigrationPolicy.Balanced || Run(guest, policy).SlowedPercent == 0), iter: 100);

    [Fact]
    public void Who_must_move_has_moved_within_the_time_that_sending_memory_twice_takes()
        => s_cases.Sample(guest =>
        {
            var seconds = 2 * guest.MemoryBytes / guest.BytesPerSecond + 10;
            var result = Run(guest, MigrationPolicy.MustMove, seconds);
            return result.HasMoved && result.Seconds <= seconds;
        }, iter: 300);

    [Fact]
    public void In_a_maintenance_window_every_machine_moves()
        => s_cases.Sample(guest => Run(guest, MigrationPolicy.MaintenanceWindow).HasMoved, iter: 300);

    [Fact]
    public void Where_the_network_is_steady_nothing_longer_than_the_promise_is_ever_allowed()
        => s_cases.Select(guest => guest with { Noise = 0, ScanSecondsPerGib = 0 }).Where(guest => guest.ObjectiveMs > guest.FixedMs + guest.ConvergenceMs + 1).Sample(guest =>
        {
            var result = Run(guest, MigrationPolicy.Gentle);
            return result.LimitMs <= guest.ObjectiveMs && (!result.HasMoved || result.BlackoutMs <= guest.ObjectiveMs);
        }, iter: 300);

    [Fact]
    public void Promises_are_kept_at_least_as_often_as_by_the_ladder()
    {
        var cases = Enumerable.Range(0, 300).Select(CopyCase.Draw).ToList();

        cases.Count(guest => Run(guest, MigrationPolicy.Gentle).Keeps(guest.ObjectiveMs))
            .ShouldBeGreaterThanOrEqualTo(cases.Count(guest => new SimulatedCopy(guest, new NovaLadder(guest.MemoryBytes)).Run().Keeps(guest.ObjectiveMs)));
    }

    [Fact]
    public void The_same_case_under_the_same_controller_ends_the_same()
        => s_cases.Sample(guest => Run(guest, MigrationPolicy.Balanced) == Run(guest, MigrationPolicy.Balanced), iter: 20);

    private static CopyResult Run(CopyCase guest, MigrationPolicy policy, double mostSeconds = MostSeconds)
        => new SimulatedCopy(guest, new PortalController(guest, policy, mostSeconds)).Run();
}
