using Portal.Domain.Evacuations;
using Portal.Domain.Migrations;
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

    /// <summary>What the machine's objective says to a move, with its tone.</summary>
    public static (string? Tone, string Text) Promise(MovePromise promise) => promise switch
    {
        { Mode: null } => ("bad", $"stays: {promise.Objective}, and {promise.Figures} is foretold"),
        { Outlook: ObjectiveOutlook.Yes } => ("good", $"keeps {promise.Objective}"),
        { Outlook: ObjectiveOutlook.Likely } => (null, $"likely keeps {promise.Objective}"),
        _ => ("warn", $"may break {promise.Objective}"),
    };

    /// <summary>Whom objectives let not move; null when they are in nobody's way.</summary>
    public static string? Forbidden(EvacuationPlan plan) => plan.Moves.Count(m => m.Promise is { Mode: null }) switch
    {
        0 => null,
        var count => $"{Format.Count(count, "machine")} will not be moved there as {(count == 1 ? "its objective is" : "their objectives are")} now. Another host is tried first; move {(count == 1 ? "it" : "them")} by hand with a reason, or choose another way.",
    };

    /// <summary>What a forecast rests on.</summary>
    public static string Basis(MoveForecast forecast) => forecast.Basis switch
    {
        ForecastBasis.Machine => $"from {Format.Count(forecast.Moves, "move")} of its own",
        ForecastBasis.Route => $"from {Format.Count(forecast.Moves, "move")} on this way",
        ForecastBasis.Fleet => $"from {Format.Count(forecast.Moves, "move")} elsewhere",
    };

    /// <summary>What an evacuation was for.</summary>
    public static string Of(EvacuationKind kind) => kind switch
    {
        EvacuationKind.Empty => "Emptying for maintenance",
        EvacuationKind.BringBack => "Bringing back",
        EvacuationKind.Relocate => "As scheduled",
    };

    /// <summary>An outcome to choose.</summary>
    public static string Of(EvacuationStatus status) => char.ToUpperInvariant(EvacuationWords.Of(status)[0]) + EvacuationWords.Of(status)[1..];

    /// <summary>What an evacuation is called.</summary>
    public static string Title(EvacuationRow row) => row.Kind switch
    {
        EvacuationKind.Empty => $"Empty {row.HostName}",
        EvacuationKind.BringBack => $"Bring back to {row.HostName}",
        EvacuationKind.Relocate => row.Tag is null ? $"Move what is on {row.HostName}" : $"Move {row.Subject}",
    };

    /// <summary>What is asked before it is cancelled, and what that means.</summary>
    public static (string Title, string Lost) Cancelling(EvacuationRow row)
    {
        const string Asked = "Moves under way are asked to stop and nothing else begins.";
        return row.Kind switch
        {
            EvacuationKind.Empty => ($"Stop emptying {row.HostName}?", $"{Asked} Machines that moved stay where they are, and {row.HostName} stays in maintenance until you take it back into service."),
            EvacuationKind.BringBack => ($"Stop bringing machines back to {row.HostName}?", $"{Asked} Machines that came back stay."),
            EvacuationKind.Relocate => ("Stop these moves?", $"{Asked} Machines that moved stay where they are; the schedule runs again at its next time."),
        };
    }

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
