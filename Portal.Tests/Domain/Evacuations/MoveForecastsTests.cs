using Portal.Domain.Evacuations;
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
        var forecasts = new MoveForecasts([.. Moves(Machines[0], There, 40, 50, 60), .. Moves(Machines[1], Here, 100, 110, 120), .. Moves(Machines[2], There, 900)]);

        forecasts.Of(Machines[0], Here)!.ShouldSatisfyAllConditions(f => f.Basis.ShouldBe(ForecastBasis.Machine), f => f.Moves.ShouldBe(3), f => f.BlackoutMsHigh.ShouldBe(58));
        forecasts.Of(Machines[2], Here)!.ShouldSatisfyAllConditions(f => f.Basis.ShouldBe(ForecastBasis.Route, "one move of its own may have been luck"), f => f.BlackoutMsLow.ShouldBe(102));
        forecasts.Of(Machines[2], new Route(There.To, Here.To))!.ShouldSatisfyAllConditions(f => f.Basis.ShouldBe(ForecastBasis.Fleet), f => f.Moves.ShouldBe(7));
    }

    [Fact]
    public void Where_nothing_was_ever_moved_nothing_is_foretold_and_invalid_pings_foretell_a_time_and_no_silence()
    {
        new MoveForecasts([]).Of(Machines[0], Here).ShouldBeNull();
        new MoveForecasts([new MoveSample(Machines[0], Here, 7, RouteArithmeticTests.Receipt(1, 40, invalid: "The sender stalled."))]).Of(Machines[1], There)
            .ShouldBe(new MoveForecast(7, null, null, 1, ForecastBasis.Fleet));
    }

    static IEnumerable<MoveSample> Moves(Guid machine, Route route, params double[] blackouts) => blackouts.Select(ms => new MoveSample(machine, route, 6, RouteArithmeticTests.Receipt(1, ms)));
}
