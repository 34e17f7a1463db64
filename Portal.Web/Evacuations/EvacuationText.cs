using Portal.Domain.Evacuations;
using Portal.Web.Controls;
using Portal.Web.Migrations;

namespace Portal.Web.Evacuations;

/// <summary>Evacuations in the words of the screen.</summary>
public static class EvacuationText
{
    /// <summary>What a plan comes to: <c>3 machines move · about 2 min in all · 52 ms of silence at worst</c>.</summary>
    public static string Summary(EvacuationPlan plan)
    {
        if (plan.Moves.Count == 0)
            return "nothing moves";
        var time = plan.TotalSeconds is { } total ? $"about {Format.Duration(TimeSpan.FromSeconds(total))} in all" : "how long is not known: nothing was moved yet";
        var worst = plan.WorstBlackoutMs is { } ms ? $" · {MigrationWords.Ms(ms)} of silence at worst" : "";
        var unknown = plan.Unknown > 0 && plan.WorstBlackoutMs is not null ? $", not known for {plan.Unknown}" : "";
        return $"{Format.Count(plan.Moves.Count, "machine")} move{(plan.Moves.Count == 1 ? "s" : "")} · {time}{worst}{unknown}";
    }

    /// <summary>What a forecast rests on.</summary>
    public static string Basis(MoveForecast forecast) => forecast.Basis switch
    {
        ForecastBasis.Machine => $"from {Format.Count(forecast.Moves, "move")} of its own",
        ForecastBasis.Route => $"from {Format.Count(forecast.Moves, "move")} on this way",
        ForecastBasis.Fleet => $"from {Format.Count(forecast.Moves, "move")} elsewhere",
    };

    /// <summary>How far an evacuation is, with its tone and sign.</summary>
    public static (string? Tone, string? Sign, string Text) State(EvacuationRow row) => row.Status switch
    {
        EvacuationStatus.Running => ("accent", "spin", row.Moving > 0 ? "Under way" : "Waiting"),
        EvacuationStatus.Paused => ("warn", "ring", row.Moving > 0 ? "Pausing" : "Paused"),
        EvacuationStatus.Cancelling => ("warn", "spin", "Stopping"),
        EvacuationStatus.Done when row.Stayed > 0 => ("warn", "dot", "Done, not all moved"),
        EvacuationStatus.Done => ("good", "dot", "Done"),
        EvacuationStatus.Cancelled => (null, "ring", "Cancelled"),
    };

    /// <summary>What became of a machine, with its tone and sign.</summary>
    public static (string? Tone, string? Sign, string Text) State(EvacuationItemState state) => state switch
    {
        EvacuationItemState.Waiting => (null, "ring", "Waiting"),
        EvacuationItemState.Moving => ("accent", "spin", "Moving"),
        EvacuationItemState.Moved => ("good", "dot", "Moved"),
        EvacuationItemState.Stayed => ("warn", "ring", "Stayed"),
        EvacuationItemState.Gone => (null, "ring", "Deleted"),
    };
}
