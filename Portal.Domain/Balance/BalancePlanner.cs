using System.Globalization;
using Portal.Domain.Affinity;
using Portal.Domain.Evacuations;
using Portal.Domain.Hosts;
using Portal.Domain.Projects;

namespace Portal.Domain.Balance;

/// <summary>A machine as balancing sees it.</summary>
/// <param name="Id">The machine.</param>
/// <param name="Name">Its name.</param>
/// <param name="Size">What room it takes.</param>
/// <param name="HostId">Where it is, or will be once it has arrived.</param>
/// <param name="CpusUsed">Logical processors it was measured to use; 0 where that is not known.</param>
/// <param name="MayMove">Whether it can be moved now.</param>
public sealed record BalanceMachine(Guid Id, string Name, MachineSize Size, Guid HostId, double CpusUsed, bool MayMove);

/// <summary>Everything a plan depends on.</summary>
/// <param name="Hosts">The hosts machines are balanced over, each with the room it has now.</param>
/// <param name="Machines">Every machine on them.</param>
/// <param name="Loads">What hosts were measured to carry.</param>
/// <param name="Ties">What affinity rules say.</param>
/// <param name="MayGo">Whether a machine may go that way: the hosts can, and its objective would be kept.</param>
public sealed record BalanceQuestion(IReadOnlyList<HostRoom> Hosts, IReadOnlyList<BalanceMachine> Machines, IReadOnlyDictionary<Guid, HostLoad> Loads, FleetTies Ties, Func<BalanceMachine, Route, bool> MayGo)
{
    /// <summary>The same fleet once some moves are done, as far as their machines' sizes and measured loads tell.</summary>
    internal BalanceQuestion After(IReadOnlyList<BalanceMove> moves)
    {
        var to = moves.ToDictionary(m => m.Machine.Id, m => m.Route.To);
        var (come, gone) = (moves.ToLookup(m => m.Route.To, m => m.Machine), moves.ToLookup(m => m.Route.From, m => m.Machine));
        return this with
        {
            Hosts = [.. Hosts.Select(h => gone[h.Id].Aggregate(come[h.Id].Aggregate(h, (room, m) => room.With(m.Size)), (room, m) => room.Without(m.Size)))],
            Machines = [.. Machines.Select(m => to.TryGetValue(m.Id, out var there) ? m with { HostId = there } : m)],
            Loads = Loads.ToDictionary(l => l.Key, l => l.Value with
            {
                CpusBusy = Math.Max(0, l.Value.CpusBusy + come[l.Key].Sum(m => m.CpusUsed) - gone[l.Key].Sum(m => m.CpusUsed)),
                MemoryUsedMib = Math.Clamp(l.Value.MemoryUsedMib + come[l.Key].Sum(m => (long)m.Size.MemoryMib) - gone[l.Key].Sum(m => (long)m.Size.MemoryMib), 0, l.Value.MemoryMib),
            }),
            Ties = moves.Aggregate(Ties, (ties, m) => ties.Arrived(m.Machine.Id, m.Route.To)),
        };
    }
}

/// <summary>A move that is worth making.</summary>
/// <param name="Machine">The machine.</param>
/// <param name="Route">From where to where.</param>
/// <param name="From">From, by name.</param>
/// <param name="To">To, by name.</param>
/// <param name="Gain">What it brings, in words with figures.</param>
public sealed record BalanceMove(BalanceMachine Machine, Route Route, string From, string To, string Gain);

/// <summary>How full a host is, of what it has for machines.</summary>
/// <param name="HostId">The host.</param>
/// <param name="Name">Its name.</param>
/// <param name="Memory">Memory given out, 0–1 and beyond when it shrank.</param>
/// <param name="Cpu">Processors busy as measured, 0–1; null while not every host was measured.</param>
public sealed record HostShare(Guid HostId, string Name, double Memory, double? Cpu)
{
    /// <summary>The fuller of the two.</summary>
    public double Peak => Math.Max(Memory, Cpu ?? 0);
}

/// <summary>What is worth moving, in order, and what comes of it.</summary>
/// <param name="Moves">In the order they are worth most.</param>
/// <param name="Before">The hosts now, by name.</param>
/// <param name="After">The hosts once all of it was done.</param>
public sealed record BalancePlan(IReadOnlyList<BalanceMove> Moves, IReadOnlyList<HostShare> Before, IReadOnlyList<HostShare> After);

/// <summary>
/// Decides which machines are worth moving so that hosts are about as full as each other and affinity rules are kept; knows no database. It goes downhill
/// one move at a time: first fewer rules that must be kept are broken, then fewer wishes, then less unevenness (the sum of what hosts carry, squared, over
/// what they can carry, which is least when all are as full). Nothing goes up, each machine moves once, so it ends.
/// </summary>
public static class BalancePlanner
{
    /// <summary>The most moves of one plan: nobody reads further, and what comes of them changes what follows.</summary>
    public const int MostMoves = 20;

    /// <summary>How much fuller, 0–1, a host has to be than another for a move to be worth its cost.</summary>
    public const double WorthDifference = 0.15;

    /// <summary>By how much, 0–1, a move has to bring two hosts nearer. With <see cref="WorthDifference"/> it keeps machines from moving back and forth.</summary>
    public const double LeastGain = 0.05;

    /// <summary>
    /// The plan. Room is given out as if every move were under way at once, so no host is over-full at any moment, whatever the order. A machine that
    /// the next plan would send back stays: what moved later had taken its gain away.
    /// </summary>
    public static BalancePlan Plan(BalanceQuestion question)
    {
        var staying = new HashSet<Guid>();
        while (true)
        {
            var plan = Descend(question, staying);
            if (plan.Moves.Count == 0)
                return plan;
            var from = plan.Moves.ToDictionary(m => m.Machine.Id, m => m.Route.From);
            var back = Descend(question.After(plan.Moves), []).Moves.Where(m => from.TryGetValue(m.Machine.Id, out var home) && home == m.Route.To).Select(m => m.Machine.Id).ToList();
            if (back.Count == 0)
                return plan;
            staying.UnionWith(back);
        }
    }

    static BalancePlan Descend(BalanceQuestion question, HashSet<Guid> staying)
    {
        var state = new BalanceState(question);
        var before = state.Shares;
        var moves = new List<BalanceMove>();
        var left = question.Machines.Where(m => m.MayMove && state.Knows(m.HostId) && !staying.Contains(m.Id)).ToList();
        while (moves.Count < MostMoves && state.Best(left) is { } step)
        {
            var (machine, to, gain) = step;
            moves.Add(new BalanceMove(machine, new Route(machine.HostId, to.Id), state.NameOf(machine.HostId), to.Name, gain));
            state.Move(machine, to.Id);
            left.Remove(machine);
        }
        return new BalancePlan(moves, before, state.Shares);
    }

    /// <summary>How uneven hosts are: 0 only when all are empty, and for what they carry together least when all are as full.</summary>
    public static double Unevenness(BalanceQuestion question) => new BalanceState(question).Unevenness;

    internal static string Percent(double share) => (share * 100).ToString("0", CultureInfo.InvariantCulture);
}
