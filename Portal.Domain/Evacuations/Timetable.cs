namespace Portal.Domain.Evacuations;

/// <summary>A move's place in a timetable.</summary>
/// <param name="Route">From where to where.</param>
/// <param name="Seconds">How long it takes alone.</param>
/// <param name="StreamSeconds">For how much of that its stream fills the link: moves that share the link share this.</param>
public sealed record TimedMove(Route Route, double Seconds, double StreamSeconds = 0);

/// <summary>When a move begins and ends, seconds from the beginning of all.</summary>
/// <param name="Starts">When it begins.</param>
/// <param name="Ends">When it ends.</param>
public sealed record TimeSlot(double Starts, double Ends);

/// <summary>Foretells how moves in an order follow one another under limits, and how those that share a link slow one another; knows no database.</summary>
public static class Timetable
{
    /// <summary>
    /// The slot of each move, in the order given. A move begins as soon as the limits allow and never before those ahead of it: what is put last
    /// stays last, even where another link would have been free.
    /// </summary>
    public static IReadOnlyList<TimeSlot> Of(IReadOnlyList<TimedMove> moves, EvacuationLimits limits)
    {
        var slots = new TimeSlot[moves.Count];
        var underWay = new List<Running>();
        var now = 0d;
        for (var n = 0; n < moves.Count; n++)
        {
            while (!limits.Allow([.. underWay.Select(other => other.Route)], moves[n].Route))
                now = Pass(underWay, slots, now);
            slots[n] = new TimeSlot(now, now);
            var stream = Math.Clamp(moves[n].StreamSeconds, 0, moves[n].Seconds);
            underWay.Add(new Running(n, moves[n].Route) { Alone = moves[n].Seconds - stream, Stream = stream });
        }

        while (underWay.Count > 0)
            now = Pass(underWay, slots, now);
        return slots;
    }

    /// <summary>Time passes until the next of those under way is done with what it does.</summary>
    /// <returns>When that is.</returns>
    static double Pass(List<Running> underWay, TimeSlot[] slots, double now)
    {
        var sharing = underWay.ConvertAll(move => move.Alone > 0 ? 1 : underWay.Count(other => other.Alone <= 0 && other.Route.SharesLinkWith(move.Route)));
        var passes = underWay.Select((move, n) => move.Alone > 0 ? move.Alone : move.Stream * sharing[n]).Min();
        for (var n = 0; n < underWay.Count; n++)
        {
            var move = underWay[n];
            // What is next is done, whatever rounding would leave of it.
            if (move.Alone > 0)
                move.Alone = move.Alone <= passes ? 0 : move.Alone - passes;
            else
                move.Stream = move.Stream * sharing[n] <= passes ? 0 : move.Stream - (passes / sharing[n]);
        }

        now += passes;
        foreach (var done in underWay.Where(move => move is { Alone: <= 0, Stream: <= 0 }))
            slots[done.Index] = slots[done.Index] with { Ends = now };
        underWay.RemoveAll(move => move is { Alone: <= 0, Stream: <= 0 });
        return now;
    }

    sealed class Running(int index, Route route)
    {
        public int Index => index;

        public Route Route => route;

        public double Alone { get; set; }

        public double Stream { get; set; }
    }
}
