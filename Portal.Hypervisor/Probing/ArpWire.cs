using System.Buffers.Binary;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Portal.Hypervisor.Probing;

/// <summary>
/// Asks by ARP who has the guest's address, which a guest on the portal's own network answers whatever its firewall drops. A reply does
/// not say which request it answers: it counts for the newest that has none and is at most a second old, so how many were lost and when
/// replies came is exact, and nothing is ever late. Needs the right to open packet sockets (CAP_NET_RAW).
/// </summary>
internal sealed unsafe class ArpWire : IProbeWire
{
    private const int PacketFamily = 17, ArpProtocol = 0x0806, MessageLength = 28, LinkLength = 20;
    private const byte Request = 1, Reply = 2;

    private readonly SafeSocketHandle _socket;
    private readonly byte[] _guest;
    private readonly byte[] _request = new byte[MessageLength];
    private readonly byte[] _to = new byte[LinkLength];
    private readonly Stack<(long Sequence, long SentNs)> _unanswered = [];
    private long _emptyNs = MonotonicClock.NowNs;

    private ArpWire(SafeSocketHandle socket, IPAddress guest, Neighbourhood here)
    {
        _socket = socket;
        _guest = guest.GetAddressBytes();
        // Ethernet and IPv4, with addresses of 6 and 4 bytes (RFC 826).
        ReadOnlySpan<byte> head = [0, 1, 8, 0, 6, 4, 0, Request];
        head.CopyTo(_request);
        here.Mac.CopyTo(_request, 8);
        here.Address.CopyTo(_request, 14);
        _guest.CopyTo(_request, 24);
        LinkAddress(here.Index).CopyTo(_to, 0);
        // Everybody, until the guest has said where it is.
        _to.AsSpan(12, 6).Fill(0xff);
    }

    public ProbeKind Kind => ProbeKind.Arp;

    public string Name => "ARP";

    public double LostMs => 1_000;

    public TimeSpan LeastInterval => TimeSpan.FromMilliseconds(10);

    /// <summary>A wire to a guest; null where it is on no network of this machine, or the portal may not ask so.</summary>
    public static ArpWire? TryOpen(IPAddress guest)
    {
        if (Neighbourhood.Of(guest) is not { } here)
            return null;
        var protocol = BinaryPrimitives.ReverseEndianness((ushort)ArpProtocol);
        var descriptor = EchoNative.socket(PacketFamily, EchoNative.Datagram | EchoNative.NonBlocking | EchoNative.CloseOnExec, protocol);
        if (descriptor < 0)
            return null;
        var socket = new SafeSocketHandle(descriptor, ownsHandle: true);
        var stamp = 1;
        _ = EchoNative.setsockopt(descriptor, EchoNative.SocketLevel, EchoNative.TimestampNs, &stamp, sizeof(int));
        fixed (byte* address = LinkAddress(here.Index))
        {
            if (EchoNative.bind(descriptor, address, LinkLength) == 0)
                return new ArpWire(socket, guest, here);
        }

        socket.Dispose();
        return null;
    }

    public void Send(long sequence)
    {
        _unanswered.Push((sequence, MonotonicClock.NowNs));
        fixed (byte* request = _request, to = _to)
            _ = EchoNative.sendto((int)_socket.DangerousGetHandle(), request, MessageLength, 0, to, LinkLength);
    }

    public void Wait(long untilNs)
    {
        var descriptor = new PollDescriptor { Descriptor = (int)_socket.DangerousGetHandle(), Events = EchoNative.PollIn };
        var timeout = TimeSpec.From(Math.Max(0, untilNs - MonotonicClock.NowNs));
        _ = EchoNative.ppoll(&descriptor, 1, &timeout, signals: null);
    }

    public bool TryReceive(out ProbeReply reply)
    {
        var buffer = stackalloc byte[64];
        var control = stackalloc byte[128];
        var vector = new Vector { Base = buffer, Length = 64 };
        while (true)
        {
            var message = new MessageHeader { Vectors = &vector, VectorCount = 1, Control = control, ControlLength = 128 };
            var asked = MonotonicClock.NowNs;
            var length = EchoNative.recvmsg(_socket, &message, EchoNative.DontWait);
            if (length < 0)
            {
                _emptyNs = asked;
                reply = default;
                return false;
            }

            var arrived = MonotonicClock.ArrivalOf(message, _emptyNs);
            if (!IsGuests(new ReadOnlySpan<byte>(buffer, (int)length)) || !_unanswered.TryPeek(out var request) || arrived - request.SentNs > LostMs * 1e6)
                continue;
            _unanswered.Pop();
            // From now on the guest alone: a frame to everybody arrives also where the network has not learned yet that it moved.
            new ReadOnlySpan<byte>(buffer + 8, 6).CopyTo(_to.AsSpan(12));
            reply = new ProbeReply(request.Sequence, arrived);
            return true;
        }
    }

    public void Dispose() => _socket.Dispose();

    private bool IsGuests(ReadOnlySpan<byte> message) =>
        message.Length >= MessageLength && message[7] == Reply && message.Slice(14, 4).SequenceEqual(_guest) && message.Slice(18, 6).SequenceEqual(_request.AsSpan(8, 6));

    /// <summary><c>struct sockaddr_ll</c>.</summary>
    private static byte[] LinkAddress(int index)
    {
        var address = new byte[LinkLength];
        BinaryPrimitives.WriteUInt16LittleEndian(address, PacketFamily);
        BinaryPrimitives.WriteUInt16BigEndian(address.AsSpan(2), ArpProtocol);
        BinaryPrimitives.WriteInt32LittleEndian(address.AsSpan(4), index);
        address[11] = 6;
        return address;
    }

    /// <summary>The portal's own place on the network a guest is on.</summary>
    private sealed record Neighbourhood(int Index, byte[] Mac, byte[] Address)
    {
        public static Neighbourhood? Of(IPAddress guest)
        {
            try
            {
                return guest.AddressFamily == AddressFamily.InterNetwork ? Find(guest) : null;
            }
            catch (NetworkInformationException)
            {
                // A card that went away while it was looked at: a guest that is not asked is better than a move that is not made.
                return null;
            }
        }

        private static Neighbourhood? Find(IPAddress guest)
        {
            foreach (var card in NetworkInterface.GetAllNetworkInterfaces().Where(c => c.OperationalStatus != OperationalStatus.Down && c.GetPhysicalAddress().GetAddressBytes().Length == 6))
            {
                var own = card.GetIPProperties().UnicastAddresses.FirstOrDefault(a => a.Address.AddressFamily == AddressFamily.InterNetwork && new IPNetwork(Base(a.Address, a.PrefixLength), a.PrefixLength).Contains(guest));
                if (own is not null)
                    return new Neighbourhood(card.GetIPProperties().GetIPv4Properties().Index, card.GetPhysicalAddress().GetAddressBytes(), own.Address.GetAddressBytes());
            }

            return null;
        }

        private static IPAddress Base(IPAddress address, int prefix)
        {
            var bits = BinaryPrimitives.ReadUInt32BigEndian(address.GetAddressBytes()) & (prefix == 0 ? 0 : uint.MaxValue << (32 - prefix));
            var bytes = new byte[4];
            BinaryPrimitives.WriteUInt32BigEndian(bytes, bits);
            return new IPAddress(bytes);
        }
    }
}
