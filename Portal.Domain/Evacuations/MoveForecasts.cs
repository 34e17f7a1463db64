using Portal.Domain.Migrations;

namespace Portal.Domain.Evacuations;

/// <summary>What an earlier move came to.</summary>
/// <param name="MachineId">The machine.</param>
/// <param name="Route">From where to where.</param>
/// <param name="Seconds">From the order until its receipt was final.</param>
/// <param name="Measured">What was measured.</param>
public sealed record MoveSample(Guid MachineId, Route Route, double Seconds, Measurement Measured);

/// <summary>What a forecast rests on.</summary>
public enum ForecastBasis
{
    /// <summary>Earlier moves of the machine itself.</summary>
    Machine,

    /// <summary>Earlier moves of others between the two hosts.</summary>
    Route,

    /// <summary>Earlier moves of others elsewhere.</summary>
    Fleet,
}

/// <summary>What a move is expected to come to.</summary>
/// <param name="Seconds">From the order until its receipt is final.</param>
/// <param name="BlackoutMsLow">10th percentile of the blackout, ms; null when none was validly measured.</param>
/// <param name="BlackoutMsHigh">90th percentile of the blackout, ms.</param>
/// <param name="Moves">How many earlier moves it rests on.</param>
/// <param name="Basis">Which.</param>
public sealed record MoveForecast(double Seconds, double? BlackoutMsLow, double? BlackoutMsHigh, int Moves, ForecastBasis Basis);

/// <summary>
/// Learns from receipts what moves come to. What a machine's own moves came to says the most, because how much memory it touches and how fast it
/// writes is its own; then what the two hosts' link did for others; then the fleet.
/// </summary>
public sealed class MoveForecasts(IReadOnlyList<MoveSample> samples)
{
    // What one move or two came to may have been luck.
    const int Enough = 3;

    readonly ILookup<Guid, MoveSample> byMachine = samples.ToLookup(s => s.MachineId);
    readonly ILookup<Route, MoveSample> byRoute = samples.ToLookup(s => s.Route);
    readonly MoveForecast? fleet = Learn(samples, ForecastBasis.Fleet, least: 1);

    /// <summary>What a move is expected to come to; null when nothing was ever moved.</summary>
    public MoveForecast? Of(Guid machine, Route route) => Learn(byMachine[machine], ForecastBasis.Machine) ?? Learn(byRoute[route], ForecastBasis.Route) ?? fleet;

    static MoveForecast? Learn(IEnumerable<MoveSample> some, ForecastBasis basis, int least = Enough)
    {
        var moves = some.ToList();
        if (moves.Count < least || RouteArithmetic.Learn(moves.ConvertAll(m => m.Measured)) is not { } history)
            return null;
        var seconds = RouteArithmetic.Quantile([.. moves.Select(m => m.Seconds).Order()], 0.5)!.Value;
        return new MoveForecast(seconds, history.BlackoutMsLow, history.BlackoutMsHigh, moves.Count, basis);
    }
}
