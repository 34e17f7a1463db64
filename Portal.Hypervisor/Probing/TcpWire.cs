using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Portal.Hypervisor.Probing;

/// <summary>
/// Asks by connecting to a port: the kernel that accepts and the one that refuses both are there. An accepted connection is reset before
/// its third packet, so nothing in the guest hears of it. After a second the kernel would ask again on its own, and nobody could tell
/// which request a reply answers: so what is not answered within that second is lost, and nothing is ever late. Needs no privilege.
/// </summary>
internal sealed unsafe class TcpWire(IPAddress guest, int port) : IProbeWire
{
    private const int InProgress = 115, Refused = 111;
    private const long NsPerMs = 1_000_000;

    private readonly byte[] _target = [.. new IPEndPoint(guest, port).Serialize().Buffer.Span];
    private readonly int _family = guest.AddressFamily == AddressFamily.InterNetworkV6 ? EchoNative.Inet6 : EchoNative.Inet;
    private readonly List<Attempt> _open = [];
    private readonly Queue<ProbeReply> _replies = [];
    private PollDescriptor[] _polled = new PollDescriptor[64];
    private long _lookedNs = MonotonicClock.NowNs;

    public ProbeKind Kind => ProbeKind.Tcp;

    public string Name => $"TCP, port {port}";

    public double LostMs => 1_000;

    public TimeSpan LeastInterval => TimeSpan.FromMilliseconds(10);

    public void Send(long sequence)
    {
        var descriptor = EchoNative.socket(_family, EchoNative.Stream | EchoNative.NonBlocking | EchoNative.CloseOnExec, 0);
        if (descriptor < 0)
            return;
        // Closed by a reset, and with the third packet of the handshake held back until then.
        var (linger, off) = (1L, 0);
        _ = EchoNative.setsockopt(descriptor, EchoNative.SocketLevel, EchoNative.Linger, &linger, sizeof(long));
        _ = EchoNative.setsockopt(descriptor, EchoNative.TcpLevel, EchoNative.QuickAck, &off, sizeof(int));
        var attempt = new Attempt(descriptor, sequence, MonotonicClock.NowNs);
        int outcome;
        fixed (byte* target = _target)
            outcome = EchoNative.connect(descriptor, target, (uint)_target.Length) == 0 ? 0 : Marshal.GetLastPInvokeError();
        if (outcome == InProgress)
            _open.Add(attempt);
        else
            Settle(attempt, outcome, isReadLate: false);
    }

    public void Wait(long untilNs) => Look(untilNs);

    public bool TryReceive(out ProbeReply reply)
    {
        if (_replies.Count == 0)
            Look(untilNs: 0);
        return _replies.TryDequeue(out reply);
    }

    public void Dispose()
    {
        foreach (var attempt in _open)
            _ = EchoNative.close(attempt.Descriptor);
        _open.Clear();
    }

    private void Look(long untilNs)
    {
        if (_polled.Length < _open.Count)
            _polled = new PollDescriptor[2 * _open.Count];
        for (var i = 0; i < _open.Count; i++)
            _polled[i] = new PollDescriptor { Descriptor = _open[i].Descriptor, Events = EchoNative.PollOut };
        var before = MonotonicClock.NowNs;
        var timeout = TimeSpec.From(_replies.Count > 0 ? 0 : Math.Max(0, untilNs - before));
        fixed (PollDescriptor* polled = _polled)
            _ = EchoNative.ppoll(polled, (nuint)_open.Count, &timeout, signals: null);
        var now = MonotonicClock.NowNs;
        // Held up before it could look, or woken long after the time it asked for.
        var isLate = before - _lookedNs > 10 * NsPerMs || now - Math.Max(before, untilNs) > 10 * NsPerMs;
        for (var i = _open.Count - 1; i >= 0; i--)
        {
            var attempt = _open[i];
            if (_polled[i].Happened != 0)
                Settle(attempt, ErrorOf(attempt.Descriptor), isLate);
            else if (now - attempt.SentNs > LostMs * NsPerMs)
                _ = EchoNative.close(attempt.Descriptor);
            else
                continue;
            _open.RemoveAt(i);
        }

        _lookedNs = now;
    }

    private void Settle(Attempt attempt, int outcome, bool isReadLate)
    {
        _ = EchoNative.close(attempt.Descriptor);
        // Anything else is the network's word ("no route to host"), not the guest's.
        if (outcome is 0 or Refused)
            _replies.Enqueue(new ProbeReply(attempt.Sequence, isReadLate ? Math.Max(attempt.SentNs, _lookedNs) : MonotonicClock.NowNs, isReadLate));
    }

    private static int ErrorOf(int descriptor)
    {
        int error;
        uint length = sizeof(int);
        return EchoNative.getsockopt(descriptor, EchoNative.SocketLevel, EchoNative.Error, &error, &length) == 0 ? error : -1;
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Attempt(int Descriptor, long Sequence, long SentNs);
}
