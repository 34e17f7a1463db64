using Portal.Domain.Evacuations;
using Portal.Domain.Migrations;
using Portal.Tests.Domain.Migrations;
using Portal.Web.Operations.Moving;

namespace Portal.Tests.Web.Operations;

public sealed class HandOverTests
{
    [Fact]
    public void What_a_busy_guest_had_left_to_send_is_no_part_of_what_handing_over_costs()
    {
        var (machine, route) = (Guid.CreateVersion7(), new Route(Guid.CreateVersion7(), Guid.CreateVersion7()));
        // It rewrites 40 MB a second at 60 MB/s, so that tens of milliseconds of every silence went into its last pages.
        var busy = Receipts.Of(6, 400) with { DirtyBytesPerSecond = 40e6 };
        var predictor = new MovePredictor([.. Enumerable.Repeat(new MoveReceipt(machine, 256, route, MigrationMode.Live, null, busy), 6)]);
        var question = new MoveQuestion(machine, 256, route, MigrationMode.Live, GuestSight.Unseen);
        var silence = predictor.Foretell(question).MiddleMs;

        var handOver = MoveWords.HandOver(predictor, question)!;

        (handOver.PauseMs + handOver.ConvergenceMs).ShouldBeLessThan(silence / 2);
        MoveWords.HandOver(new MovePredictor([]), question).ShouldBeNull();
    }
}
