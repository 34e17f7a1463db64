using Portal.Domain.Migrations;

namespace Portal.Web.Migrations;

/// <summary>One line of a move's story: a decision of the controller, or what came of one.</summary>
/// <param name="At">Seconds on the move's axis.</param>
/// <param name="Text">In words.</param>
/// <param name="Figures">The figures behind it.</param>
/// <param name="IsDecision">Whether the controller decided it, rather than it just came to pass.</param>
public sealed record StoryLine(double At, string Text, string? Figures, bool IsDecision)
{
    /// <summary>The story so far, in order.</summary>
    public static IReadOnlyList<StoryLine> Of(MigrationDetails details)
    {
        var move = details.Migration;
        return
        [
            .. details.Decisions.Select(decision => new StoryLine(decision.At, decision.Text.TrimEnd('.'), decision.Figures, IsDecision: true))
                .Concat(details.Phases.Select(phase => Of(phase, move)).OfType<StoryLine>())
                .Concat(FirstReply(move))
                .OrderBy(line => line.At),
        ];
    }

    private static StoryLine? Of(PhaseTime phase, MigrationRow move) => phase switch
    {
        { EndedAt: null } => null,
        // A saved copy ends with the name of its file, which says nothing to a reader.
        { Phase: "Copy", EndedAt: { } at } when move is { Mode: MigrationMode.QuickSaved, Status: MigrationStatus.Running or MigrationStatus.Moved } => new(at, "Memory saved to disk", null, IsDecision: false),
        { Phase: "Copy", EndedAt: { } at } => new(at, "Copy ends", phase.Detail, IsDecision: false),
        { Phase: "SwitchOver", EndedAt: { } at } => new(at, "Switch over ends", phase.Detail, IsDecision: false),
        { Phase: "Undo", EndedAt: { } at } => new(at, "Taken back", phase.Detail, IsDecision: false),
        _ => null,
    };

    private static IEnumerable<StoryLine> FirstReply(MigrationRow move) =>
        move.Status is MigrationStatus.Running or MigrationStatus.Moved && move.Measured is { GuestAnswers: not false, BlackoutEnd: { } at, BlackoutMs: { } ms }
            ? [new(at, "First reply heard", $"{MigrationWords.Ms(ms)} of silence", IsDecision: false)]
            : [];
}
