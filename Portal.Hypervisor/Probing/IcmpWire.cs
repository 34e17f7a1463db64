using System.Net;

namespace Portal.Hypervisor.Probing;

/// <summary>Asks by echo requests, which every guest that nobody told otherwise answers.</summary>
internal sealed class IcmpWire(IPAddress guest) : IProbeWire
{
    private readonly EchoSocket _socket = new(guest.AddressFamily);
    private readonly IPEndPoint _target = new(guest, 0);

    /// <summary>Without a scope, as a reply says it.</summary>
    private readonly IPAddress _answering = new(guest.GetAddressBytes());

    public ProbeKind Kind => ProbeKind.Icmp;

    public string Name => "ping";

    public double LostMs => PingLog.UsualLostMs;

    public TimeSpan LeastInterval => TimeSpan.FromMilliseconds(1);

    public void Send(long sequence) => _socket.Send(_target, sequence);

    public void Wait(long untilNs) => _socket.Wait(untilNs);

    public bool TryReceive(out ProbeReply reply)
    {
        while (_socket.TryReceive(out var echo))
        {
            // Somebody else's answer says nothing about this guest.
            if (!echo.From.Equals(_answering))
                continue;
            reply = new ProbeReply(echo.Sequence, echo.ArrivedNs);
            return true;
        }

        reply = default;
        return false;
    }

    public void Dispose() => _socket.Dispose();
}
