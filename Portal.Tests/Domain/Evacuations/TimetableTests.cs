using CsCheck;
using Portal.Domain.Evacuations;

namespace Portal.Tests.Domain.Evacuations;

public sealed class TimetableTests
{
    static readonly Guid[] Hosts = [.. Enumerable.Range(0, 5).Select(_ => Guid.NewGuid())];

    static readonly Gen<TimedMove> Move = Gen.Select(Gen.Int[0, 4], Gen.Int[1, 4], Gen.Double[0.1, 60], Gen.Double[0, 1]).Select((from, step, seconds, share) => new TimedMove(new Route(Hosts[from], Hosts[(from + step) % 5]), seconds, seconds * share));

    static readonly Gen<EvacuationLimits> Limits = Gen.Select(Gen.Int[1, 4], Gen.Int[1, 4], Gen.Int[1, 6]).Select((host, link, fleet) => new EvacuationLimits(host, link, fleet));

    [Fact]
    public void At_no_moment_are_the_limits_passed_and_nobody_begins_before_those_ahead() => Gen.Select(Move.Array[0, 30], Limits).Sample((moves, limits) =>
    {
        var slots = Timetable.Of(moves, limits);

        slots.Select(s => s.Starts).ShouldBe(slots.Select(s => s.Starts).Order());
        foreach (var slot in slots)
        {
            var underWay = moves.Where((_, n) => slots[n].Starts <= slot.Starts && slots[n].Ends > slot.Starts).Select(m => m.Route).ToList();
            underWay.Count.ShouldBeLessThanOrEqualTo(limits.Fleet);
            foreach (var host in Hosts)
                underWay.Count(r => r.Touches(host)).ShouldBeLessThanOrEqualTo(limits.PerHost);
            foreach (var route in underWay)
                underWay.Count(r => r.SharesLinkWith(route)).ShouldBeLessThanOrEqualTo(limits.PerLink);
        }
    });

    [Fact]
    public void A_move_waits_only_for_the_limits_or_for_those_ahead() => Gen.Select(Move.Array[1, 20], Limits).Sample((moves, limits) =>
    {
        var slots = Timetable.Of(moves, limits);

        for (var n = 0; n < moves.Length; n++)
        {
            var ahead = slots.Take(n).Select(s => s.Starts).DefaultIfEmpty(0).Max();
            if (slots[n].Starts <= ahead)
                continue;
            // Just before it began the limits were in the way.
            var before = Math.BitDecrement(slots[n].Starts);
            var underWay = moves.Take(n).Where((_, m) => slots[m].Starts <= before && slots[m].Ends > before).Select(m => m.Route).ToList();
            limits.Allow(underWay, moves[n].Route).ShouldBeFalse();
        }
    });

    [Fact]
    public void Nobody_is_faster_than_alone_and_no_link_carries_more_than_it_can() => Gen.Select(Move.Array[1, 20], Limits).Sample((moves, limits) =>
    {
        var slots = Timetable.Of(moves, limits);

        for (var n = 0; n < moves.Length; n++)
            (slots[n].Ends - slots[n].Starts).ShouldBeGreaterThanOrEqualTo(moves[n].Seconds - 1e-6);
        foreach (var link in moves.GroupBy(m => (Least: m.Route.From.CompareTo(m.Route.To) < 0 ? m.Route.From : m.Route.To, Most: m.Route.From.CompareTo(m.Route.To) < 0 ? m.Route.To : m.Route.From)))
            slots.Max(s => s.Ends).ShouldBeGreaterThanOrEqualTo(link.Sum(m => m.StreamSeconds) - 1e-6);
    });

    [Fact]
    public void Two_that_share_a_link_share_its_stream_and_two_on_different_links_do_not()
    {
        var (there, elsewhere) = (new Route(Hosts[0], Hosts[1]), new Route(Hosts[0], Hosts[2]));

        Timetable.Of([new(there, 10, 6), new(there, 10, 6)], EvacuationLimits.Usual).ShouldBe([new(0, 16), new(0, 16)]);
        Timetable.Of([new(there, 10, 6), new(elsewhere, 10, 6)], EvacuationLimits.Usual).ShouldBe([new(0, 10), new(0, 10)]);
    }

    [Fact]
    public void Eight_equal_moves_two_at_a_time_take_half_of_one_after_another()
    {
        var moves = Enumerable.Range(0, 8).Select(n => new TimedMove(new Route(Hosts[0], Hosts[1 + (n % 2)]), 10)).ToList();

        Timetable.Of(moves, EvacuationLimits.Usual).Max(s => s.Ends).ShouldBe(40);
        Timetable.Of(moves, new EvacuationLimits(1, 1, 1)).Max(s => s.Ends).ShouldBe(80);
    }
}
