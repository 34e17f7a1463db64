using Portal.Hypervisor.Migrations;

namespace Portal.Tests.Hypervisor.Migrations;

public class ProofVolumeTests
{
    private static readonly DateTimeOffset s_now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_proof_is_left_over_once_no_move_can_wait_for_it()
    {
        ProofVolume.IsLeftOver(ProofVolume.NewName(s_now.AddMinutes(-31)), s_now).ShouldBeTrue();
        ProofVolume.IsLeftOver(ProofVolume.NewName(s_now.AddMinutes(-29)), s_now).ShouldBeFalse();
        ProofVolume.IsLeftOver(ProofVolume.NewName(s_now.AddHours(1)), s_now).ShouldBeFalse("another portal's clock may be ahead");
    }

    [Fact]
    public void Nothing_else_is_ever_taken_for_a_proof()
    {
        var old = ProofVolume.NewName(s_now.AddDays(-1));
        string[] others =
        [
            $"{old}.qcow2", $"my-{old}", old.ToUpperInvariant(), old[..^1], $"{old} ", "portal-proof-", $"portal-proof-{Guid.NewGuid():N}",
            $"portal-proof-{Guid.CreateVersion7(s_now.AddDays(-1)):D}", $"{Guid.CreateVersion7(s_now.AddDays(-1))}.qcow2",
        ];

        others.ShouldAllBe(name => !ProofVolume.IsLeftOver(name, s_now));
    }
}
