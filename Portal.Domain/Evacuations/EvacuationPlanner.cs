using System.Security.Cryptography;
using System.Text;
using Portal.Domain.Affinity;
using Portal.Domain.Hosts;
using Portal.Domain.Machines;
using Portal.Domain.Projects;

namespace Portal.Domain.Evacuations;

/// <summary>A machine that is to leave its host.</summary>
/// <param name="Id">The machine.</param>
/// <param name="Name">Its name.</param>
/// <param name="Size">What room it takes.</param>
/// <param name="State">Where it is in its life.</param>
/// <param name="From">The host it is on, or comes to.</param>
/// <param name="Busy">What is being done to it, as it stands on screen; null when nothing is.</param>
public sealed record EvacuationCandidate(Guid Id, string Name, MachineSize Size, MachineState State, Guid From, string? Busy);

/// <summary>A move that is planned.</summary>
/// <param name="MachineId">The machine.</param>
/// <param name="MachineName">Its name.</param>
/// <param name="Size">What room it takes.</param>
/// <param name="Route">From where to where.</param>
/// <param name="To">Where to, by name.</param>
/// <param name="Forecast">What it is expected to come to; null when nothing was ever moved.</param>
/// <param name="StartsAt">Seconds from the beginning; null when it cannot be foretold.</param>
/// <param name="Note">What it waits for besides its turn; null when there is nothing.</param>
/// <param name="IsOff">Whether it is off: only its definition goes, and nobody notices.</param>
public sealed record PlannedMove(Guid MachineId, string MachineName, MachineSize Size, Route Route, string To, MoveForecast? Forecast, double? StartsAt, string? Note, bool IsOff = false)
{
    /// <summary>What it means for the machine's objective; null where there is none.</summary>
    public MovePromise? Promise { get; init; }
}

/// <summary>A machine that cannot be moved.</summary>
/// <param name="MachineId">The machine.</param>
/// <param name="MachineName">Its name.</param>
/// <param name="Size">What room it takes.</param>
/// <param name="Why">Why, and what could be done.</param>
public sealed record StayingMachine(Guid MachineId, string MachineName, MachineSize Size, string Why);

/// <summary>Who goes where in what order, and who stays.</summary>
/// <param name="Moves">In the order they begin.</param>
/// <param name="Stays">Those that cannot be moved, and why.</param>
/// <param name="TotalSeconds">How long it takes under the limits; null when nothing was ever moved.</param>
/// <param name="WorstBlackoutMs">The longest silence to expect of any machine, ms; null when none is known.</param>
/// <param name="Unknown">Moves of which the silence is not known.</param>
public sealed record EvacuationPlan(IReadOnlyList<PlannedMove> Moves, IReadOnlyList<StayingMachine> Stays, double? TotalSeconds, double? WorstBlackoutMs, int Unknown)
{
    /// <summary>What tells this plan from another: who goes where, and who stays. Times are not in it: they change with every receipt.</summary>
    public string Fingerprint => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        string.Join('\n', Moves.Select(m => $"{m.MachineId} {m.Route.To}").Concat(Stays.Select(s => $"{s.MachineId} stays")).Order(StringComparer.Ordinal)))))[..16];
}

/// <summary>Everything a plan depends on.</summary>
/// <param name="Machines">Those that are to go.</param>
/// <param name="Rooms">The hosts they may go to.</param>
/// <param name="WhyNoRoute">Why no machine goes between two hosts that way; null when one does.</param>
/// <param name="Foretell">What a move is expected to come to.</param>
/// <param name="Limits">How many at once.</param>
public sealed record EvacuationQuestion(
    IReadOnlyList<EvacuationCandidate> Machines, IReadOnlyList<HostRoom> Rooms, Func<Route, string?> WhyNoRoute, Func<Guid, Route, MoveForecast?> Foretell, EvacuationLimits Limits)
{
    /// <summary>What affinity rules say.</summary>
    public FleetTies Ties { get; init; } = FleetTies.None;
}

/// <summary>Decides who goes where and in what order; knows no database.</summary>
public static class EvacuationPlanner
{
    // A definition is written there and removed here.
    const double SecondsOfOne = 1;

    /// <summary>
    /// The plan. Room is given out as if every move were under way at once, so no host is over-full at any moment, whatever the order. Machines go in
    /// the order of the silence to expect, the largest last: by then the most is done, and most has been learned.
    /// </summary>
    public static EvacuationPlan Plan(EvacuationQuestion question)
    {
        var stays = new List<StayingMachine>();
        var able = new List<EvacuationCandidate>();
        foreach (var machine in question.Machines)
        {
            if (WhyNever(machine) is { } never)
                stays.Add(Staying(machine, never));
            else
                able.Add(machine);
        }

        var placed = Place(question, able);
        stays.AddRange(able.Where(machine => !placed.ContainsKey(machine.Id)).Select(machine => Staying(machine, WhyNowhere(question, placed, able, machine))));
        var moves = able.Where(machine => placed.ContainsKey(machine.Id)).Select(machine =>
        {
            var to = placed[machine.Id];
            var route = new Route(machine.From, to.Id);
            var off = machine.State == MachineState.Off;
            return new PlannedMove(machine.Id, machine.Name, machine.Size, route, to.Name, off ? null : question.Foretell(machine.Id, route), null, Note(machine), off);
        }).OrderBy(move => move.IsOff ? 0 : move.Forecast?.BlackoutMsHigh ?? double.MaxValue).ThenBy(move => move.Size.MemoryMib).ThenBy(move => move.MachineName, StringComparer.Ordinal).ToList();

        var known = moves.Select(move => move.Forecast?.Seconds).OfType<double>().Order().ToList();
        var (total, timed) = Time(moves, known, question.Limits);
        return new EvacuationPlan(timed, [.. stays.OrderBy(s => s.MachineName, StringComparer.Ordinal)], total,
            moves.Max(move => move.Forecast?.BlackoutMsHigh), moves.Count(move => !move.IsOff && move.Forecast?.BlackoutMsHigh is null));
    }

    /// <summary>Why a machine is not moved, whatever the room; null when it is, now or once what is being done to it has ended.</summary>
    public static string? WhyNever(EvacuationCandidate machine) => machine.State switch
    {
        MachineState.Failed when machine.Busy is null => "It is broken, so it cannot be moved. Read why on its page; delete it if it cannot be saved.",
        _ => null,
    };

    /// <summary>The best host for one machine among those with room; null when there is none.</summary>
    public static HostRoom? Choose(IEnumerable<HostRoom> rooms, EvacuationCandidate machine, Func<Route, string?> whyNoRoute, MachineTies ties) =>
        Placing.Choose(rooms.Where(room => whyNoRoute(new Route(machine.From, room.Id)) is null), machine.Size, ties).Host;

    /// <summary>What a machine waits for besides its turn; null when there is nothing.</summary>
    public static string? Note(EvacuationCandidate machine) => machine switch
    {
        { Busy: { } busy } => $"“{busy}” is under way; it is looked at again when that has ended.",
        { State: MachineState.Unknown } => "Its host does not answer; it goes when the host is back.",
        { State: MachineState.Provisioning or MachineState.Waiting } => "It is being made; it goes once it runs.",
        _ => null,
    };

    /// <summary>
    /// Packs the machines. Finding the best packing is hard, so a few good orders are tried: the largest first where most is free, which spreads them as
    /// placing does; the largest first where they fit tightest; the smallest first, which brings away the most when there is not room for all.
    /// Machines that must be together are packed as one, and stay where no host has room for all of them.
    /// </summary>
    static Dictionary<Guid, HostRoom> Place(EvacuationQuestion question, List<EvacuationCandidate> machines)
    {
        var largest = machines.OrderByDescending(m => m.Size.MemoryMib).ThenByDescending(m => m.Size.Vcpus).ThenBy(m => m.Name, StringComparer.Ordinal).ToList();
        var spread = Pack(question, largest, tight: false);
        if (spread.Count == machines.Count)
            return spread;
        return new[] { spread, Pack(question, largest, tight: true), Pack(question, [.. Enumerable.Reverse(largest)], tight: true) }.MaxBy(packing => packing.Count)!;
    }

    static Dictionary<Guid, HostRoom> Pack(EvacuationQuestion question, List<EvacuationCandidate> machines, bool tight)
    {
        var rooms = question.Rooms.ToDictionary(room => room.Id);
        var placed = new Dictionary<Guid, HostRoom>();
        var ties = question.Ties;
        var byId = machines.ToDictionary(machine => machine.Id);
        foreach (var group in ties.Groups([.. byId.Keys]).Select(ids => ids.Select(id => byId[id]).ToList()))
        {
            var size = new MachineSize(group.Sum(m => m.Size.Vcpus), group.Sum(m => m.Size.MemoryMib), group.Sum(m => m.Size.DiskGib));
            var room = rooms.Values.Where(room => Placing.Misfit(room, size) is null && Goes(question, ties, group, room))
                .OrderBy(room => group.Sum(machine => ties.For(machine.Id).Against(room.Id)))
                .ThenBy(room => tight ? room.MemoryFreeMib : -room.MemoryFreeMib).ThenBy(room => room.Name, StringComparer.Ordinal).FirstOrDefault();
            if (room is null)
                continue;
            rooms[room.Id] = room.With(size);
            ties = Gone(ties, group, room);
            foreach (var machine in group)
                placed[machine.Id] = room;
        }

        return placed;
    }

    /// <summary>Whether machines that must be together may all go to a host.</summary>
    static bool Goes(EvacuationQuestion question, FleetTies ties, List<EvacuationCandidate> group, HostRoom room)
    {
        var then = Gone(ties, group, room);
        return group.TrueForAll(machine => question.WhyNoRoute(new Route(machine.From, room.Id)) is null && then.For(machine.Id).Bar(room.Id, room.Name) is null);
    }

    static FleetTies Gone(FleetTies ties, List<EvacuationCandidate> group, HostRoom room) => group.Aggregate(ties, (then, machine) => then.With(machine.Id, room.Id));

    static string WhyNowhere(EvacuationQuestion question, Dictionary<Guid, HostRoom> placed, List<EvacuationCandidate> able, EvacuationCandidate machine)
    {
        var taken = able.Where(other => placed.ContainsKey(other.Id)).ToLookup(other => placed[other.Id].Id, other => other.Size);
        var ties = placed.Aggregate(question.Ties, (then, other) => then.With(other.Key, other.Value.Id));
        return WhyNowhere([.. question.Rooms.Select(room => taken[room.Id].Aggregate(room, (full, size) => full.With(size)))], machine, question.WhyNoRoute, ties.For(machine.Id));
    }

    /// <summary>Why no host takes a machine: each host with its own reason.</summary>
    public static string WhyNowhere(IReadOnlyCollection<HostRoom> rooms, EvacuationCandidate machine, Func<Route, string?> whyNoRoute, MachineTies ties)
    {
        var reasons = rooms.OrderBy(room => room.Name, StringComparer.Ordinal)
            .Select(room => Placing.Misfit(room, machine.Size, ties)?.Why ?? whyNoRoute(new Route(machine.From, room.Id))?.TrimEnd('.')).OfType<string>().ToList();
        return reasons.Count == 0 ? rooms.Count > 0 ? "No host has room for it and the machines it must be together with." : "There is no other host to go to." : $"No host can take it: {string.Join("; ", reasons)}.";
    }

    static (double? Total, IReadOnlyList<PlannedMove> Moves) Time(List<PlannedMove> moves, List<double> known, EvacuationLimits limits)
    {
        if (moves.Count == 0)
            return (0, moves);
        if (known.Count == 0 && moves.Exists(move => !move.IsOff))
            return (null, moves);
        var usual = known.Count == 0 ? 0 : known[known.Count / 2];
        var slots = Timetable.Of([.. moves.Select(move => new TimedMove(move.Route, move.IsOff ? SecondsOfOne : move.Forecast?.Seconds ?? usual, move.IsOff ? 0 : move.Forecast?.StreamSeconds ?? 0))], limits);
        return (slots.Max(slot => slot.Ends), [.. moves.Select((move, n) => move with { StartsAt = slots[n].Starts })]);
    }

    static StayingMachine Staying(EvacuationCandidate machine, string why) => new(machine.Id, machine.Name, machine.Size, why);
}
