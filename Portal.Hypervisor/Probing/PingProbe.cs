using System.Net;

namespace Portal.Hypervisor.Probing;

/// <summary>
/// Asks one guest at a fine interval from a thread of its own whether it is there, and keeps every sample. A reply to a ping carries the
/// kernel's receive time. Pings need no privilege where <c>net.ipv4.ping_group_range</c> admits this user's group.
/// </summary>
public sealed class PingProbe : IAsyncDisposable
{
    private const double NsPerMs = 1e6;

    /// <summary>The least real-time priority there is.</summary>
    private const int LeastPriority = 1;

    private readonly PingLog _log;
    private readonly IProbeWire _wire;
    private readonly long _intervalNs;
    private readonly long _originNs;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _stopSending;
    private volatile bool _stop;

    private PingProbe(IProbeWire wire, TimeSpan interval, long originNs)
    {
        _wire = wire;
        _log = new PingLog(wire.LostMs);
        _intervalNs = Math.Max(interval.Ticks, wire.LeastInterval.Ticks) * 100;
        _originNs = originNs;
    }

    /// <summary>How the guest is asked.</summary>
    public ProbeKind Kind => _wire.Kind;

    /// <summary>Time between requests.</summary>
    public TimeSpan Interval => TimeSpan.FromTicks(_intervalNs / 100);

    /// <summary>When the newest answered request was sent, ms on the probe's axis; negative infinity before any answer.</summary>
    public double LastAnsweredSentMs => _log.LastAnsweredSentMs;

    /// <summary>Starts probing.</summary>
    /// <param name="target">Who is pinged.</param>
    /// <param name="interval">Time between requests; at least 1 ms.</param>
    /// <param name="origin">Zero of the samples' axis, a <see cref="System.Diagnostics.Stopwatch"/> timestamp; null: now.</param>
    /// <exception cref="System.Net.Sockets.SocketException">This user may not send pings; the message says what to set.</exception>
    public static PingProbe Start(IPAddress target, TimeSpan interval, long? origin = null)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentOutOfRangeException.ThrowIfLessThan(interval, TimeSpan.FromMilliseconds(1));
        return Start(new IcmpWire(target), interval, origin ?? MonotonicClock.NowNs);
    }

    /// <summary>Starts probing over a wire, which goes with the probe.</summary>
    internal static PingProbe Start(IProbeWire wire, TimeSpan interval, long origin)
    {
        var probe = new PingProbe(wire, interval, origin);
        new Thread(probe.Run) { IsBackground = true, Name = $"probe by {wire.Name}" }.Start();
        return probe;
    }

    /// <summary>Samples sent or changed since the last call, for one reader.</summary>
    public IReadOnlyList<PingSample> ReadSamples() => _log.Drain();

    /// <summary>Every sample so far.</summary>
    public IReadOnlyList<PingSample> Snapshot() => _log.Snapshot();

    /// <summary>Sends no more and waits until every request is answered, lost, or late and overtaken by a hundred younger ones; at most 5 s.</summary>
    public async Task FinishAsync(CancellationToken cancellationToken)
    {
        _stopSending = true;
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (_log.Open > 0 && await tick.WaitForNextTickAsync(cancellationToken))
        {
            // The probe's own thread settles them; this only looks.
        }
    }

    /// <summary>Stops the thread.</summary>
    public async ValueTask DisposeAsync()
    {
        _stop = true;
        await _ended.Task;
    }

    private void Run()
    {
        // A request that is sent late reads as silence. Where the system grants it (RLIMIT_RTPRIO), no busy process delays the thread; it works for
        // some 50 µs at a time. Elsewhere it takes its turn, and samples late by more than 10 ms say so.
        _ = EchoNative.sched_setscheduler(thread: 0, EchoNative.Fifo | EchoNative.ResetOnFork, LeastPriority);
        using (_wire)
        {
            long sequence = 0;
            var due = MonotonicClock.NowNs;
            while (!_stop)
            {
                if (!_stopSending && MonotonicClock.NowNs >= due)
                    due = Send(sequence++, due);
                var before = MonotonicClock.NowNs;
                _wire.Wait(_stopSending ? MonotonicClock.NowNs + _intervalNs : due);
                if (MonotonicClock.NowNs - before > _intervalNs + PingLog.LateMs * NsPerMs)
                    _log.HeldUp(Axis(before));
                while (_wire.TryReceive(out var reply))
                    _log.Answered(reply.Sequence, Axis(reply.ArrivedNs), reply.IsReadLate);

                _log.Expire(Axis(MonotonicClock.NowNs));
                if (_stopSending)
                    _log.GiveUpOvertaken(Axis(MonotonicClock.NowNs));
            }
        }

        _ended.SetResult();
    }

    /// <summary>Sends and returns when the next is due. A sender that was held up says so and does not catch up in a burst.</summary>
    private long Send(long sequence, long due)
    {
        var now = MonotonicClock.NowNs;
        var isStalled = now - due > Math.Max(2 * _intervalNs, (long)(10 * NsPerMs));
        // Written before it is sent: the reply may come back before this thread is scheduled again.
        _log.Sent(Axis(now), isStalled);
        _wire.Send(sequence);
        return now - due > _intervalNs ? now + _intervalNs : due + _intervalNs;
    }

    private double Axis(long ns) => (ns - _originNs) / NsPerMs;
}
