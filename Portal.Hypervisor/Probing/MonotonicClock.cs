namespace Portal.Hypervisor.Probing;

/// <summary>The clock that nobody sets: what every figure of the probe rests on.</summary>
internal static class MonotonicClock
{
    private const int Monotonic = 1, Realtime = 0;

    /// <summary>Now, ns: the same clock <see cref="System.Diagnostics.Stopwatch"/> reads on Linux.</summary>
    public static long NowNs => Read(Monotonic);

    /// <summary>
    /// When a message reached its socket, ns. The kernel stamps with the wall clock; reading both clocks now turns that into an age.
    /// </summary>
    /// <param name="message">The message, just received.</param>
    /// <param name="emptyNs">When the socket was last seen empty.</param>
    public static long ArrivalOf(in MessageHeader message, long emptyNs)
    {
        var now = NowNs;
        return now - (TimestampControl.Of(message) is { } stamp ? AgeNs(stamp.TotalNanoseconds, Read(Realtime), now - emptyNs) : 0);
    }

    /// <summary>
    /// How long a message has lain there, ns. Somebody may have set the wall clock since it was stamped: no message is older than the
    /// time since its socket was empty, nor younger than nothing.
    /// </summary>
    public static long AgeNs(long stampNs, long wallNs, long sinceEmptyNs) => Math.Clamp(wallNs - stampNs, 0, Math.Max(0, sinceEmptyNs));

    private static long Read(int clock)
    {
        _ = EchoNative.clock_gettime(clock, out var time);
        return time.TotalNanoseconds;
    }
}
