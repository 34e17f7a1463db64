using Portal.Domain.Migrations;

namespace Portal.Web.Migrations;

/// <summary>How far a phase is.</summary>
public enum PhaseState
{
    /// <summary>Still to come.</summary>
    Waiting,

    /// <summary>Running.</summary>
    Running,

    /// <summary>Done.</summary>
    Done,

    /// <summary>The move ended in it.</summary>
    Stopped,

    /// <summary>The move ended before it.</summary>
    Skipped,
}

/// <summary>A phase as the strip shows it.</summary>
/// <param name="Key">Its name in the data.</param>
/// <param name="Name">Its name on screen.</param>
/// <param name="State">How far it is.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="StartedAt">When it began, seconds on the move's axis.</param>
/// <param name="Detail">With what it ended.</param>
public sealed record PhaseStep(string Key, string Name, PhaseState State, double? Seconds, double? StartedAt, string? Detail)
{
    private static readonly string[] Planned = ["Check", "Predict", "Prepare", "Copy", "SwitchOver", "Confirm"];

    /// <summary>Every phase of a move in order: those to come too, and the undoing only when there was one.</summary>
    public static IReadOnlyList<PhaseStep> Of(IReadOnlyList<PhaseTime> phases, MigrationStatus status)
    {
        var isOver = status is not (MigrationStatus.Queued or MigrationStatus.Running);
        // After a crash a phase may have begun twice: the last time counts.
        var times = phases.GroupBy(time => time.Phase).ToDictionary(group => group.Key, group => group.Last(), StringComparer.Ordinal);
        var names = times.ContainsKey("Undo") ? Planned.Append("Undo") : Planned;
        // A move that came to nothing ended in the last phase it reached, however neatly the engine closed that.
        var last = isOver && status != MigrationStatus.Moved ? Planned.LastOrDefault(times.ContainsKey) : null;
        return [.. names.Select(name => times.TryGetValue(name, out var time)
            ? Of(time, name == last || (isOver && time.EndedAt is null))
            : new(name, MigrationWords.Phase(name), isOver ? PhaseState.Skipped : PhaseState.Waiting, null, null, null))];
    }

    /// <summary>The state in a word, for those who cannot see the sign.</summary>
    public string Word => State switch
    {
        PhaseState.Waiting => "still to come",
        PhaseState.Running => "running",
        PhaseState.Done => "done",
        PhaseState.Stopped => "ended here",
        PhaseState.Skipped => "not reached",
    };

    /// <summary>What goes on in it, for the phases whose name leaves that open.</summary>
    public string? Doing => State == PhaseState.Running && Key == "Confirm" ? "source winds down" : null;

    private static PhaseStep Of(PhaseTime time, bool stopped) => new(
        time.Phase, MigrationWords.Phase(time.Phase),
        stopped ? PhaseState.Stopped : time.EndedAt is not null ? PhaseState.Done : PhaseState.Running,
        time.EndedAt - time.StartedAt, time.StartedAt, time.Detail);
}
