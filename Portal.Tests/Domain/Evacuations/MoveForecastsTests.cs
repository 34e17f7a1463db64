using Portal.Domain.Evacuations;
using Portal.Domain.Migrations;
using Portal.Tests.Domain.Migrations;

namespace Portal.Tests.Domain.Evacuations;

public sealed class MoveForecastsTests
{
    static readonly Guid[] Machines = [Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid()];

    static readonly Route Here = new(Guid.NewGuid(), Guid.NewGuid());

    static readonly Route There = new(Here.From, Guid.NewGuid());

    [Fact]
    public void A_machines_own_moves_say_the_most_then_the_route_then_the_fleet()
    {
        var forecasts = new MoveForecasts([.. Moves(Machines[0], There, 40, 50, 60), .. Moves(Machines[1], Here, 300, 310, 320), .. Moves(Machines[2], There, 900)], MigrationMode.Live);

        forecasts.Of(Machines[0], 256, There)!.ShouldSatisfyAllConditions(f => f.Basis.ShouldBe(ForecastBasis.Machine), f => f.Moves.ShouldBe(3), f => f.BlackoutMsLow!.Value.ShouldBeLessThan(50));
        forecasts.Of(Machines[2], 256, Here)!.ShouldSatisfyAllConditions(f => f.Basis.ShouldBe(ForecastBasis.Route, "one move of its own may have been luck"), f => f.BlackoutMsHigh!.Value.ShouldBeGreaterThan(300));
        forecasts.Of(Machines[2], 256, new Route(There.To, Here.To))!.ShouldSatisfyAllConditions(f => f.Basis.ShouldBe(ForecastBasis.Fleet), f => f.Moves.ShouldBe(7));
    }

    [Fact]
    public void What_an_order_takes_beside_its_move_is_part_of_its_time() =>
        new MoveForecasts([.. Moves(Machines[0], Here, 40, 50, 60, 50, 40)], MigrationMode.Live).Of(Machines[0], 256, Here)!.Seconds.ShouldBe(6, 0.5);

    [Fact]
    public void Where_nothing_was_ever_moved_nothing_is_foretold_and_invalid_pings_foretell_a_time_and_no_silence()
    {
        new MoveForecasts([], MigrationMode.Live).Of(Machines[0], 256, Here).ShouldBeNull();
        new MoveForecasts([.. Moves(Machines[0], Here, 40).Select(m => m with { Receipt = m.Receipt with { Measured = Receipts.Of(1, 40, invalid: "The sender stalled.") } })], MigrationMode.Live).Of(Machines[1], 256, There)!
            .ShouldSatisfyAllConditions(f => f.BlackoutMsLow.ShouldBeNull(), f => f.BlackoutMsHigh.ShouldBeNull(), f => f.Seconds.ShouldBeGreaterThan(5));
    }

    static IEnumerable<MoveSample> Moves(Guid machine, Route route, params double[] blackouts) =>
        blackouts.Select(ms => new MoveSample(6, new MoveReceipt(machine, 256, route, MigrationMode.Live, null, Receipts.Of(1, ms))));
}
