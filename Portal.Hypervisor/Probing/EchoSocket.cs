using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Portal.Hypervisor.Probing;

/// <summary>
/// A reply: which request it claims to answer, who sent it (without a scope), and when the kernel received it (monotonic ns). A guest
/// writes its replies itself and may answer for others: count one only for the address that was asked, and by the portal's own send time.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct EchoReply(long Sequence, IPAddress From, long ArrivedNs);

/// <summary>
/// An unprivileged ICMP echo socket. The kernel fills in identifier and checksum, delivers only replies to this socket,
/// and stamps them as they arrive, so a busy portal does not read as a slow guest. Used by one thread only.
/// </summary>
internal sealed unsafe class EchoSocket : IDisposable
{
    private const int HeaderLength = 8, PayloadLength = 16;

    /// <summary><c>struct sockaddr_in6</c>, the longer of the two; in it the address is at 8, in <c>sockaddr_in</c> at 4.</summary>
    private const int NameLength = 28;

    private readonly Socket _socket;
    private readonly bool _isV6;
    private readonly byte[] _request = new byte[HeaderLength + PayloadLength];
    private long _emptyNs = MonotonicClock.NowNs;

    /// <exception cref="SocketException">Unprivileged echo is not allowed here; the message says what to set.</exception>
    public EchoSocket(AddressFamily family)
    {
        _isV6 = family == AddressFamily.InterNetworkV6;
        try
        {
            _socket = new Socket(family, SocketType.Dgram, _isV6 ? ProtocolType.IcmpV6 : ProtocolType.Icmp) { Blocking = false };
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AccessDenied)
        {
            throw new SocketException((int)e.SocketErrorCode,
                "This user may not send pings. Allow it with: sysctl -w net.ipv4.ping_group_range=\"0 2147483647\"");
        }

        _socket.SetRawSocketOption(EchoNative.SocketLevel, EchoNative.TimestampNs, BitConverter.GetBytes(1));
        _request[0] = _isV6 ? (byte)128 : (byte)8;
    }

    /// <summary>Sends a request and returns when, ns. A request the network refuses is as good as lost.</summary>
    public long Send(EndPoint target, long sequence)
    {
        BinaryPrimitives.WriteUInt16BigEndian(_request.AsSpan(6), (ushort)sequence);
        BinaryPrimitives.WriteInt64BigEndian(_request.AsSpan(HeaderLength), sequence);
        for (var attempt = 0; ; attempt++)
        {
            var now = MonotonicClock.NowNs;
            BinaryPrimitives.WriteInt64BigEndian(_request.AsSpan(HeaderLength + 8), now);
            try
            {
                _socket.SendTo(_request, target);
                return now;
            }
            catch (SocketException)
            {
                // An error of an earlier request ("host unreachable") is reported by the next call, which then sends nothing.
                if (attempt > 0)
                    return now;
            }
        }
    }

    /// <summary>Waits until a reply may be there or the time has come.</summary>
    public void Wait(long untilNs)
    {
        var descriptor = new PollDescriptor { Descriptor = (int)_socket.Handle, Events = EchoNative.PollIn };
        var timeout = TimeSpec.From(Math.Max(0, untilNs - MonotonicClock.NowNs));
        _ = EchoNative.ppoll(&descriptor, 1, &timeout, signals: null);
    }

    /// <summary>Takes a reply that has arrived; false when there is none. What is not an answer to this socket is skipped.</summary>
    public bool TryReceive(out EchoReply reply)
    {
        var buffer = stackalloc byte[256];
        var control = stackalloc byte[128];
        var name = stackalloc byte[NameLength];
        var vector = new Vector { Base = buffer, Length = 256 };
        while (true)
        {
            var message = new MessageHeader
            {
                Name = name, NameLength = NameLength, Vectors = &vector, VectorCount = 1, Control = control, ControlLength = 128,
            };
            var asked = MonotonicClock.NowNs;
            var length = EchoNative.recvmsg(_socket.SafeHandle, &message, EchoNative.DontWait);
            if (length < 0)
            {
                _emptyNs = asked;
                reply = default;
                return false;
            }

            var arrived = MonotonicClock.ArrivalOf(message, _emptyNs);
            var data = new ReadOnlySpan<byte>(buffer, (int)length);
            if (data.Length < HeaderLength + PayloadLength || data[0] != (_isV6 ? 129 : 0))
                continue;
            reply = new EchoReply(
                BinaryPrimitives.ReadInt64BigEndian(data[HeaderLength..]),
                new IPAddress(_isV6 ? new ReadOnlySpan<byte>(name + 8, 16) : new ReadOnlySpan<byte>(name + 4, 4)),
                arrived);
            return true;
        }
    }

    public void Dispose() => _socket.Dispose();
}
