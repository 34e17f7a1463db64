using System.Runtime.InteropServices;

namespace Portal.Hypervisor.Probing;

/// <summary>How a guest is asked whether it is there.</summary>
public enum ProbeKind
{
    /// <summary>By echo requests.</summary>
    Icmp,
    /// <summary>By connections to one of its ports: accepted or refused, it answered.</summary>
    Tcp,
    /// <summary>By ARP requests for its address.</summary>
    Arp,
}

/// <summary>
/// One way to ask one guest. Requests carry a number; a reply says which it answers, and when it arrived. Used by one thread only.
/// </summary>
internal interface IProbeWire : IDisposable
{
    /// <summary>The way.</summary>
    ProbeKind Kind { get; }

    /// <summary>More of it, for people: "TCP, port 22".</summary>
    string Name { get; }

    /// <summary>No reply within this is lost, ms.</summary>
    double LostMs { get; }

    /// <summary>The shortest interval that asks too much of no guest.</summary>
    TimeSpan LeastInterval { get; }

    /// <summary>Asks. A request the network refuses is as good as lost.</summary>
    void Send(long sequence);

    /// <summary>Waits until a reply may be there or the time has come.</summary>
    void Wait(long untilNs);

    /// <summary>Takes a reply that has arrived; false when there is none.</summary>
    bool TryReceive(out ProbeReply reply);
}

/// <summary>A reply.</summary>
/// <param name="Sequence">The request it answers.</param>
/// <param name="ArrivedNs">When it arrived, by the monotonic clock.</param>
/// <param name="IsReadLate">
/// Nobody looked for a while and nothing says when in it the reply came: <paramref name="ArrivedNs"/> is the earliest it can have been.
/// </param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ProbeReply(long Sequence, long ArrivedNs, bool IsReadLate = false);
