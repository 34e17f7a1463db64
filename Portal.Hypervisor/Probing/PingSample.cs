using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Portal.Hypervisor.Probing;

/// <summary>What is known about one echo request.</summary>
[Flags]
[SuppressMessage("Naming", "CA1711", Justification = "They are flags, and the chart's protocol calls them so.")]
public enum PingFlags
{
    /// <summary>Answered in time, or not decided yet.</summary>
    None = 0,
    /// <summary>No reply within 5 s, or late and overtaken when the probe ended.</summary>
    Lost = 1,
    /// <summary>The reply came after more than 1 s.</summary>
    Late = 2,
    /// <summary>More than one reply came; the first counts.</summary>
    Duplicate = 4,
    /// <summary>The sender was held up, so gaps around this sample prove nothing.</summary>
    Stalled = 8,
}

/// <summary>One echo request and its reply.</summary>
/// <param name="Sequence">Its number, from 0.</param>
/// <param name="SentMs">When it was sent, ms on the plan's time axis (0 = the move started).</param>
/// <param name="RttMs">Round trip, ms; NaN: no reply (yet).</param>
/// <param name="Flags">What is known about it.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct PingSample(long Sequence, double SentMs, double RttMs, PingFlags Flags)
{
    /// <summary>When the reply arrived, ms on the same axis; NaN without a reply.</summary>
    public double ArrivedMs => SentMs + RttMs;

    /// <summary>Whether a reply came.</summary>
    public bool IsAnswered => !double.IsNaN(RttMs);
}
