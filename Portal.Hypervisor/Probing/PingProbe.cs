using System.Net;

namespace Portal.Hypervisor.Probing;

/// <summary>
/// Pings one address at a fine interval from a thread of its own and keeps every sample. Replies carry the kernel's
/// receive time. Needs no privilege where <c>net.ipv4.ping_group_range</c> admits this user's group.
/// </summary>
public sealed class PingProbe : IAsyncDisposable
{
    private const double NsPerMs = 1e6;

    private readonly PingLog _log = new();
    private readonly EchoSocket _socket;
    private readonly IPEndPoint _target;
    private readonly IPAddress _answering;
    private readonly long _intervalNs;
    private readonly long _originNs;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _stopSending;
    private volatile bool _stop;

    private PingProbe(IPAddress target, TimeSpan interval, long originNs)
    {
        _target = new IPEndPoint(target, 0);
        // Without a scope, as a reply says it.
        _answering = new IPAddress(target.GetAddressBytes());
        _intervalNs = interval.Ticks * 100;
        _originNs = originNs;
        _socket = new EchoSocket(target.AddressFamily);
    }

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
        var probe = new PingProbe(target, interval, origin ?? EchoSocket.NowNs);
        new Thread(probe.Run) { IsBackground = true, Name = $"ping {target}" }.Start();
        return probe;
    }

    /// <summary>Samples sent or changed since the last call, for one reader.</summary>
    public IReadOnlyList<PingSample> ReadSamples() => _log.Drain();

    /// <summary>Every sample so far.</summary>
    public IReadOnlyList<PingSample> Snapshot() => _log.Snapshot();

    /// <summary>Sends no more and waits until every request is answered or lost, at most 5 s.</summary>
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
        using (_socket)
        {
            long sequence = 0;
            var due = EchoSocket.NowNs;
            while (!_stop)
            {
                if (!_stopSending && EchoSocket.NowNs >= due)
                    due = Send(sequence++, due);
                _socket.Wait(_stopSending ? EchoSocket.NowNs + _intervalNs : due);
                while (_socket.TryReceive(out var reply))
                {
                    // Somebody else's answer says nothing about this guest.
                    if (reply.From.Equals(_answering))
                        _log.Answered(reply.Sequence, Axis(reply.ArrivedNs));
                }

                _log.Expire(Axis(EchoSocket.NowNs));
            }
        }

        _ended.SetResult();
    }

    /// <summary>Sends and returns when the next is due. A sender that was held up says so and does not catch up in a burst.</summary>
    private long Send(long sequence, long due)
    {
        var now = EchoSocket.NowNs;
        var isStalled = now - due > Math.Max(2 * _intervalNs, (long)(10 * NsPerMs));
        // Written before it is sent: the reply may come back before this thread is scheduled again.
        _log.Sent(Axis(now), isStalled);
        _socket.Send(_target, sequence);
        return now - due > _intervalNs ? now + _intervalNs : due + _intervalNs;
    }

    private double Axis(long ns) => (ns - _originNs) / NsPerMs;
}
