using Portal.Domain.Operations;

namespace Portal.Domain.Evacuations;

/// <summary>A machine's turn as its time goes.</summary>
/// <param name="Route">From where to where.</param>
/// <param name="Foretold">What it was expected to take, s; null when that was not known.</param>
/// <param name="StreamSeconds">For how much of that its stream fills the link.</param>
/// <param name="Passed">How long it is under way, or took, s; null before its turn.</param>
/// <param name="IsOver">Whether it is over.</param>
public sealed record TurnTime(Route Route, double? Foretold, double StreamSeconds, double? Passed, bool IsOver);

/// <summary>Foretells the rest of an evacuation from how its moves went so far; knows no database.</summary>
public static class TimeLeftRule
{
    // Before anything is known a move takes between three quarters and one and a half of what was foretold.
    const double UsualLeast = 0.75;
    const double UsualMost = 1.5;

    /// <summary>The range for what is not over, in the order of turns: as if the rest went as well as the best so far, and as badly as the worst; null when nothing was foretold for any.</summary>
    public static Eta? Of(IReadOnlyList<TurnTime> turns, EvacuationLimits limits)
    {
        var left = turns.Where(turn => !turn.IsOver).OrderBy(turn => turn.Passed is null).ToList();
        if (left.Count == 0)
            return new Eta(0, 0);
        var foretold = turns.Select(turn => turn.Foretold).OfType<double>().Order().ToList();
        if (foretold.Count == 0)
            return null;
        var went = turns.Where(turn => turn is { IsOver: true, Foretold: > 0, Passed: not null }).Select(turn => turn.Passed!.Value / turn.Foretold!.Value).ToList();
        // Two that went well may have been luck: what is usual counts until three are over.
        var (least, most) = went.Count < 3 ? (went.Append(UsualLeast).Min(), went.Append(UsualMost).Max()) : (went.Min(), went.Max());
        var usual = foretold[foretold.Count / 2];
        return new Eta(At(least), At(most));

        double At(double pace) => Timetable.Of([.. left.Select(turn => Rest(turn, usual, pace))], limits).Max(slot => slot.Ends);
    }

    static TimedMove Rest(TurnTime turn, double usual, double pace)
    {
        var whole = (turn.Foretold ?? usual) * pace;
        var rest = Math.Max(0, whole - (turn.Passed ?? 0));
        return new TimedMove(turn.Route, rest, whole > 0 ? turn.StreamSeconds * pace * rest / whole : 0);
    }
}
