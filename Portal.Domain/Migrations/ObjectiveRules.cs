using System.Globalization;
using Portal.Domain.MovePolicies;

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
    /// <param name="ending">What a live move's policy does where no allowed pause will do.</param>
    public static MigrationMode? Pick(Objective objective, IReadOnlyList<ModeForecast> modes, MigrationMode asked, bool mayChoose, MoveEnding ending)
    {
        var isBound = IsBound(ending, modes.Any(m => m is { Mode: MigrationMode.PostCopy, WhyNot: null }));
        ObjectiveOutlook Of(ModeForecast way) => Outlook(objective, way.Predicted, isBound && way.Mode == MigrationMode.Live);
        var wanted = modes.Single(m => m.Mode == asked);
        if (mayChoose && (wanted.WhyNot is not null || Of(wanted) is ObjectiveOutlook.Unlikely or ObjectiveOutlook.No)
            && Alternatives.Select(mode => modes.Single(m => m.Mode == mode)).FirstOrDefault(m => m.WhyNot is null && Of(m) is ObjectiveOutlook.Yes or ObjectiveOutlook.Likely) is { } other)
        {
            return other.Mode;
        }
        return wanted.WhyNot is null && Of(wanted) != ObjectiveOutlook.No ? asked : null;
    }

    /// <summary>What a live move does under that policy where no allowed pause will do. Where none is named it is made under balanced, which gives up less often than gentle and never risks the guest.</summary>
    public static MoveEnding EndingOf(MigrationPolicy? policy, MadePolicy? made) => made?.Terms.Ending ?? (policy ?? MigrationPolicy.Balanced) switch
    {
        MigrationPolicy.Gentle or MigrationPolicy.Balanced => MoveEnding.GiveUp,
        MigrationPolicy.MustMove => MoveEnding.PostCopy,
        MigrationPolicy.MaintenanceWindow => MoveEnding.PauseAndFinish,
    };

    /// <summary>Whether a move that ends so never pauses for longer than was promised: it is given up first, or goes post-copy.</summary>
    public static bool IsBound(MoveEnding ending, bool canPostCopy) => ending == MoveEnding.GiveUp || (ending == MoveEnding.PostCopy && canPostCopy);

    /// <summary>
    /// As the figures say; ones that rest on nothing refuse nothing. Nor do a guest's writes that outrun the network where its pause is bound: they cost
    /// the move, or send the guest ahead of its memory, and leave the promise.
    /// </summary>
    public static ObjectiveOutlook Outlook(Objective objective, Prediction predicted, bool isBound) =>
        objective.Outlook(predicted) is var outlook && outlook == ObjectiveOutlook.No && (!predicted.IsGrounded || (isBound && !predicted.Converges)) ? ObjectiveOutlook.Unlikely : outlook;

    /// <summary>The objective that allows less; null when there is none.</summary>
    public static Objective? Stricter(Objective? one, Objective? other) => one is null || other?.AllowedMs < one.AllowedMs ? other : one;

    /// <summary>A move that has just been foretold anew: why it should not be made after all; null when it should.</summary>
    public static string? RefuseNow(Objective objective, Prediction predicted, string machine, bool isBound) => Outlook(objective, predicted, isBound) == ObjectiveOutlook.No
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
