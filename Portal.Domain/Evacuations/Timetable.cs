namespace Portal.Domain.Evacuations;

/// <summary>A move's place in a timetable.</summary>
/// <param name="Route">From where to where.</param>
/// <param name="Seconds">How long it takes.</param>
public sealed record TimedMove(Route Route, double Seconds);

/// <summary>When a move begins and ends, seconds from the beginning of all.</summary>
/// <param name="Starts">When it begins.</param>
/// <param name="Ends">When it ends.</param>
public sealed record TimeSlot(double Starts, double Ends);

/// <summary>Foretells how moves in an order follow one another under limits; knows no database.</summary>
public static class Timetable
{
    /// <summary>
    /// The slot of each move, in the order given. A move begins as soon as the limits allow and never before those ahead of it: what is put last
    /// stays last, even where another link would have been free.
    /// </summary>
    public static IReadOnlyList<TimeSlot> Of(IReadOnlyList<TimedMove> moves, EvacuationLimits limits)
    {
        var slots = new List<TimeSlot>(moves.Count);
        var underWay = new List<(double Ends, Route Route)>();
        var now = 0d;
        foreach (var move in moves)
        {
            while (!limits.Allow([.. underWay.Select(other => other.Route)], move.Route))
            {
                now = Math.Max(now, underWay.Min(other => other.Ends));
                underWay.RemoveAll(other => other.Ends <= now);
            }

            slots.Add(new TimeSlot(now, now + move.Seconds));
            underWay.Add((now + move.Seconds, move.Route));
        }

        return slots;
    }
}
