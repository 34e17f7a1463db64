using CsCheck;
using Portal.Domain.Evacuations;
using Portal.Domain.Migrations;

namespace Portal.Tests.Domain.Migrations;

public sealed class MovePredictorTests
{
    const long Mib = 1 << 20;
    static readonly Route Here = new(Guid.CreateVersion7(), Guid.CreateVersion7());
    static readonly Route Elsewhere = new(Guid.CreateVersion7(), Guid.CreateVersion7());
    static readonly int[] Sizes = [128, 256, 192, 160, 128, 256, 224, 192];
    static readonly Guid Web = Guid.CreateVersion7(), Db = Guid.CreateVersion7();

    [Fact]
    public void Without_any_receipt_usual_figures_are_given_and_said_to_be_no_grounds_for_a_refusal()
    {
        var predicted = new MovePredictor([]).Foretell(Ask(MigrationMode.Live));

        predicted.Moves.ShouldBe(0);
        predicted.IsGrounded.ShouldBeFalse();
        predicted.BlackoutMsHigh.ShouldBeGreaterThan(predicted.BlackoutMsLow * 2, "nobody knows yet");
    }

    [Fact]
    public void A_machines_own_moves_say_more_than_those_of_others_and_new_ones_more_than_old_ones()
    {
        var own = Enumerable.Range(0, 5).Select(_ => Receipt(Web, seconds: 1, blackout: 50));
        var others = Enumerable.Range(0, 12).Select(_ => Receipt(Db, seconds: 1, blackout: 200));
        var old = Enumerable.Range(0, 60).Select(_ => Receipt(Web, seconds: 1, blackout: 900));

        new MovePredictor([.. own, .. others]).Foretell(Ask(MigrationMode.Live)).MiddleMs.ShouldBeInRange(45, 80);
        new MovePredictor([.. Enumerable.Repeat(own, 6).SelectMany(o => o), .. old]).Foretell(Ask(MigrationMode.Live)).MiddleMs.ShouldBeInRange(45, 80);
    }

    [Fact]
    public void The_way_there_counts_more_than_another_way()
    {
        var here = Enumerable.Range(0, 5).Select(_ => Receipt(Db, seconds: 2, blackout: 60));
        var there = Enumerable.Range(0, 5).Select(_ => Receipt(Db, seconds: 8, blackout: 300, route: Elsewhere));

        new MovePredictor([.. there, .. here]).Foretell(Ask(MigrationMode.Live)).ShouldSatisfyAllConditions(p => p.TotalSeconds.ShouldBe(2, 0.7), p => p.MiddleMs.ShouldBeInRange(50, 110));
    }

    [Fact]
    public void A_quick_move_of_twice_the_memory_is_foretold_to_be_about_twice_as_long_beyond_what_every_move_costs()
    {
        // 0.5 s and 100 MiB a second.
        var known = Sizes.Select(mib => Receipt(Db, seconds: 0.5 + mib / 100.0, blackout: 500 + mib * 10.0, mode: MigrationMode.QuickDirect, mib: mib));

        var predicted = new MovePredictor([.. known]).Foretell(Ask(MigrationMode.QuickDirect) with { MemoryMib = 512 });

        predicted.TotalSeconds.ShouldBe(5.62, 0.6);
        predicted.MiddleMs.ShouldBe(5620, 600);
    }

    [Fact]
    public void A_guest_that_writes_faster_than_the_network_carries_is_seen_not_to_converge_before_it_is_moved()
    {
        var known = Enumerable.Range(0, 6).Select(_ => Receipt(Web, seconds: 2.5, blackout: 60)).ToList();
        var busy = new GuestSight(200 * Mib, [new WriteRate(0.2, 400 * Mib), new WriteRate(1, 190 * Mib)]);
        var small = new GuestSight(200 * Mib, [new WriteRate(0.2, 5 * Mib), new WriteRate(1, Mib)]);

        new MovePredictor(known).Foretell(Ask(MigrationMode.Live) with { Sight = busy, MostPauseMs = 100 }).ShouldSatisfyAllConditions(
            p => p.Converges.ShouldBeFalse(), p => p.BlackoutMsLow.ShouldBeGreaterThan(100), p => p.IsGrounded.ShouldBeTrue());
        new MovePredictor(known).Foretell(Ask(MigrationMode.Live) with { Sight = small, MostPauseMs = 100 }).Converges.ShouldBeTrue();
    }

    [Fact]
    public void Silence_that_was_not_validly_measured_teaches_nothing_about_silence()
    {
        var known = Enumerable.Range(0, 6).Select(_ => Receipt(Web, seconds: 1, blackout: 9000, invalid: "The sender stalled."));

        new MovePredictor([.. known]).Foretell(Ask(MigrationMode.Live)).ShouldSatisfyAllConditions(p => p.MiddleMs.ShouldBeLessThan(100), p => p.TotalSeconds.ShouldBe(1, 0.2));
    }

    [Fact]
    public void Whatever_was_measured_the_figures_are_finite_ordered_and_not_negative() =>
        Gen.Select(Gen.Double[0.01, 500], Gen.Double[0, 1e5], Gen.Int[64, 16384], Gen.Long[0, 1L << 34], Gen.Double[0, 1e10], Gen.Int[0, 3])
            .Select((seconds, blackout, mib, bytes, dirty, mode) => Receipt(Web, seconds, blackout, (MigrationMode)mode, mib) with { Measured = Receipts.Of(seconds, blackout) with { Bytes = bytes, DirtyBytesPerSecond = dirty } })
            .Array[0, 30].Sample(known =>
            {
                foreach (var mode in Enum.GetValues<MigrationMode>())
                {
                    var p = new MovePredictor(known).Foretell(Ask(mode));
                    double.IsFinite(p.TotalSeconds + p.BlackoutMsHigh).ShouldBeTrue();
                    p.TotalSeconds.ShouldBeGreaterThan(0);
                    p.BlackoutMsLow.ShouldBeInRange(0, p.BlackoutMsHigh);
                    p.MiddleMs.ShouldBeInRange(p.BlackoutMsLow - 1e-6, p.BlackoutMsHigh + 1e-6);
                }
            });

    [Fact]
    public void Disks_go_along_where_they_did_last_time_and_are_counted_before_the_move()
    {
        var back = new Route(Here.To, Here.From);
        MoveReceipt With(MoveReceipt receipt, long diskBytes) => receipt with { Measured = receipt.Measured with { DiskBytes = diskBytes, DiskSeconds = diskBytes / 50e6 } };
        var predictor = new MovePredictor([With(Receipt(Db, 9, 60, route: back), 400 * Mib), With(Receipt(Web, 7, 60, route: Elsewhere), 300 * Mib), Receipt(Web, 1, 60)]);

        predictor.DiskBytes(Web, Here).ShouldBe(300 * Mib, "its own, from the last time they went");
        predictor.DiskBytes(Guid.CreateVersion7(), Here).ShouldBe(400 * Mib, "like the last that went there");
        new MovePredictor([Receipt(Db, 1, 60), With(Receipt(Web, 9, 60), 400 * Mib)]).DiskBytes(Web, Here).ShouldBe(0, "they share a store now");

        var question = Ask(MigrationMode.Live);
        var more = predictor.Foretell(question with { Sight = GuestSight.Unseen with { DiskBytes = 300 * Mib } }).TotalSeconds - predictor.Foretell(question).TotalSeconds;
        more.ShouldBe(300 * Mib / 50e6, 1.5);
    }

    internal static MoveQuestion Ask(MigrationMode mode) => new(Web, 256, Here, mode, GuestSight.Unseen);

    internal static MoveReceipt Receipt(Guid machine, double seconds, double blackout, MigrationMode mode = MigrationMode.Live, int mib = 256, Route? route = null, string? invalid = null) =>
        new(machine, mib, route ?? Here, mode, null, Receipts.Of(seconds, blackout, invalid) with { Bytes = mib * Mib });
}
