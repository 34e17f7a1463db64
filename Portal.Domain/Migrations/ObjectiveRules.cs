using System.Globalization;

namespace Portal.Domain.Migrations;

/// <summary>Picks a mode that keeps an objective, or says why none does; knows no database.</summary>
public static class ObjectiveRules
{
    // Post-copy risks the guest: nobody gets it without having asked for it.
    static readonly MigrationMode[] Alternatives = [MigrationMode.Live, MigrationMode.QuickDirect, MigrationMode.QuickSaved];

    /// <summary>The mode asked for while it may keep the objective; else, where any may be taken, the first that likely does; null when none will do.</summary>
    /// <param name="objective">The objective.</param>
    /// <param name="modes">Every mode on the route.</param>
    /// <param name="asked">The mode asked for.</param>
    /// <param name="mayChoose">Whether another may be taken.</param>
    public static MigrationMode? Pick(Objective objective, IReadOnlyList<ModeForecast> modes, MigrationMode asked, bool mayChoose)
    {
        var wanted = modes.Single(m => m.Mode == asked);
        if (mayChoose && (wanted.WhyNot is not null || Outlook(objective, wanted.Predicted) is ObjectiveOutlook.Unlikely or ObjectiveOutlook.No)
            && Alternatives.Select(mode => modes.Single(m => m.Mode == mode)).FirstOrDefault(m => m.WhyNot is null && Outlook(objective, m.Predicted) is ObjectiveOutlook.Yes or ObjectiveOutlook.Likely) is { } other)
        {
            return other.Mode;
        }
        return wanted.WhyNot is null && Outlook(objective, wanted.Predicted) != ObjectiveOutlook.No ? asked : null;
    }

    /// <summary>As the figures say; ones that rest on nothing refuse nothing.</summary>
    public static ObjectiveOutlook Outlook(Objective objective, Prediction predicted) =>
        objective.Outlook(predicted) is var outlook && outlook == ObjectiveOutlook.No && !predicted.IsGrounded ? ObjectiveOutlook.Unlikely : outlook;

    /// <summary>The objective that allows less; null when there is none.</summary>
    public static Objective? Stricter(Objective? one, Objective? other) => one is null || other?.AllowedMs < one.AllowedMs ? other : one;

    /// <summary>A move that has just been foretold anew: why it should not be made after all; null when it should.</summary>
    public static string? RefuseNow(Objective objective, Prediction predicted, string machine) => Outlook(objective, predicted) == ObjectiveOutlook.No
        ? $"The objective of {machine} is {objective.Words}, and {Range(predicted)} of silence is foretold now. Nothing was moved. Move it another way, to another host, when it writes less, or say why the objective does not count this time."
        : null;

    /// <summary>Every possible mode with its figures.</summary>
    public static string Figures(IEnumerable<ModeForecast> modes) => string.Join("; ", modes.Where(m => m.WhyNot is null).Select(m => $"{Name(m.Mode)} {Range(m.Predicted)}"));

    internal static string Name(MigrationMode mode) => mode switch
    {
        MigrationMode.Live => "live",
        MigrationMode.PostCopy => "post-copy",
        MigrationMode.QuickDirect => "quick, direct",
        MigrationMode.QuickSaved => "quick, saved",
    };

    internal static string Range(Prediction predicted) => predicted.BlackoutMsHigh < 1000
        ? string.Create(CultureInfo.InvariantCulture, $"{predicted.BlackoutMsLow:0}–{predicted.BlackoutMsHigh:0} ms")
        : string.Create(CultureInfo.InvariantCulture, $"{predicted.BlackoutMsLow / 1000:0.0}–{predicted.BlackoutMsHigh / 1000:0.0} s");
}
