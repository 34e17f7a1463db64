using Portal.Domain.Migrations;
using Portal.Hypervisor.Migrations;
using Portal.Web.Controls;
using Portal.Web.Operations.Moving;
using Policy = Portal.Domain.Migrations.MigrationPolicy;

namespace Portal.Tests.Web.Operations;

public sealed class MovePolicyTests
{
    [Theory]
    [InlineData(Policy.Gentle, "three minutes", 180, false, LastResort.GiveUp)]
    [InlineData(Policy.Balanced, "two minutes", 120, true, LastResort.GiveUp)]
    [InlineData(Policy.MustMove, "goes on there before its memory", 10, false, LastResort.PostCopy)]
    [InlineData(Policy.MaintenanceWindow, "as soon as copying again no longer helps", 0, false, LastResort.PauseAndFinish)]
    public void What_people_are_told_of_a_policy_is_what_the_engine_does(Policy policy, string told, int patience, bool maySlow, LastResort lastResort)
    {
        var engine = MoveWords.From(policy);

        Words.Means(policy).ShouldContain(told);
        (engine.Name, engine.Patience, engine.MaySlow, engine.LastResort).ShouldBe((Words.Of(policy).ToLowerInvariant(), TimeSpan.FromSeconds(patience), maySlow, lastResort));
    }

    [Fact]
    public void A_machine_that_must_move_has_moved_within_the_time_that_people_are_told()
    {
        Words.Means(Policy.MustMove).ShouldContain("within ten minutes");
        MigrationOptions.Default.CopyDeadline.ShouldBe(TimeSpan.FromMinutes(10));
    }
}
