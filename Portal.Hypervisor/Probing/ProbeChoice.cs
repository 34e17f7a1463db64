using System.Net;

namespace Portal.Hypervisor.Probing;

/// <summary>
/// Finds out what a guest answers, before its move: pings, else connections, else ARP. One that answers nothing is pinged, and the
/// receipt says that it does not answer.
/// </summary>
internal static class ProbeChoice
{
    /// <summary>An answered ping settles it; without one within this the other ways are tried beside it.</summary>
    private static readonly TimeSpan PingsAlone = TimeSpan.FromMilliseconds(200);

    /// <summary>Until then a late ping is still waited for: it is the better way.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(1_200);

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(10);

    private const int LooksPerRequest = 5;

    /// <summary>The probe itself counts from 0: no late reply to one of these may count for one of its.</summary>
    private const long BeforeTheFirst = -1;

    /// <summary>Of the ports guests most often have open, and one that hardly any has: that a firewall drops them all is rare.</summary>
    private static readonly int[] Ports = [22, 80, 443, 3389, 9];

    /// <summary>The best way this guest answers, ready to be used. The caller disposes it.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">This user may not send pings; the message says what to set.</exception>
    public static async Task<IProbeWire> FindAsync(IPAddress guest, CancellationToken cancellationToken)
    {
        List<IProbeWire> wires = [new IcmpWire(guest)];
        var answering = new HashSet<IProbeWire>();
        IProbeWire? best = null;
        try
        {
            var began = MonotonicClock.NowNs;
            using var tick = new PeriodicTimer(Look);
            for (var look = 0; !answering.Contains(wires[0]) && Since(began) < Patience; look++)
            {
                if (wires.Count == 1 && Since(began) > PingsAlone)
                    wires.AddRange(Others(guest));
                if (look % LooksPerRequest == 0)
                    wires.ForEach(wire => wire.Send(BeforeTheFirst - look));
                await tick.WaitForNextTickAsync(cancellationToken);
                answering.UnionWith(wires.Where(HasAnswered));
            }

            return best = wires.FirstOrDefault(answering.Contains) ?? wires[0];
        }
        finally
        {
            foreach (var wire in wires.Where(wire => wire != best))
                wire.Dispose();
        }
    }

    private static IEnumerable<IProbeWire> Others(IPAddress guest)
    {
        foreach (var port in Ports)
            yield return new TcpWire(guest, port);
        if (ArpWire.TryOpen(guest) is { } arp)
            yield return arp;
    }

    private static bool HasAnswered(IProbeWire wire)
    {
        var has = false;
        while (wire.TryReceive(out _))
            has = true;
        return has;
    }

    private static TimeSpan Since(long ns) => TimeSpan.FromTicks((MonotonicClock.NowNs - ns) / 100);
}
