using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Threading.Channels;
using Portal.Hypervisor.Hosts;
using Portal.Hypervisor.Migrations;

namespace Portal.Hypervisor.Libvirt;

/// <summary>
/// Receives one connection's events on libvirt's event thread. It only enqueues: whatever takes time would hold up the
/// events and keep-alives of every host.
/// </summary>
internal sealed unsafe class EventSink(TimeProvider time)
{
    private const int Lifecycle = 0, Reboot = 1, MigrationIteration = 20, JobDone = 21;

    private readonly Channel<HostEvent> _events = Channel.CreateUnbounded<HostEvent>(new UnboundedChannelOptions { SingleReader = true });
    private readonly List<int> _callbacks = [];
    private bool _closeRegistered;

    public ChannelReader<HostEvent> Reader => _events.Reader;

    /// <summary>Called with the reason when the connection breaks.</summary>
    public Action<string>? Closed { get; set; }

    public void Complete() => _events.Writer.TryComplete();

    /// <summary>Subscribes on a lane thread. A driver without an event simply does not send it.</summary>
    public void Register(ConnectHandle connection)
    {
        _closeRegistered = Native.virConnectRegisterCloseCallback(connection, &OnClose, Pin(), &Unpin) == 0;
        Register(connection, Lifecycle, (delegate* unmanaged[Cdecl]<void*, nint, int, int, void*, int>)&OnLifecycle);
        Register(connection, Reboot, (delegate* unmanaged[Cdecl]<void*, nint, void*, void>)&OnReboot);
        Register(connection, MigrationIteration, (delegate* unmanaged[Cdecl]<void*, nint, int, void*, void>)&OnIteration);
        Register(connection, JobDone, (delegate* unmanaged[Cdecl]<void*, nint, NativeTypedParameter*, int, void*, void>)&OnJobDone);
    }

    /// <summary>Unsubscribes: each subscription keeps the native connection alive.</summary>
    public void Deregister(ConnectHandle connection)
    {
        foreach (var callback in _callbacks)
            _ = Native.virConnectDomainEventDeregisterAny(connection, callback);
        if (_closeRegistered)
            _ = Native.virConnectUnregisterCloseCallback(connection, &OnClose);
        Complete();
    }

    private void Register(ConnectHandle connection, int eventId, void* callback)
    {
        var pin = Pin();
        var id = Native.virConnectDomainEventRegisterAny(connection, domain: 0, eventId, callback, pin, &Unpin);
        if (id >= 0)
            _callbacks.Add(id);
        else
            GCHandle.FromIntPtr((nint)pin).Free();
    }

    private void* Pin() => (void*)GCHandle.ToIntPtr(GCHandle.Alloc(this));

    private void Send(HostEvent e) => _events.Writer.TryWrite(e);

    private static EventSink From(void* opaque) => (EventSink)GCHandle.FromIntPtr((nint)opaque).Target!;

    private static Guid Id(nint domain)
    {
        var uuid = stackalloc byte[16];
        _ = Native.virDomainGetUUID(domain, uuid);
        return new Guid(new ReadOnlySpan<byte>(uuid, 16), bigEndian: true);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Unpin(void* opaque) => GCHandle.FromIntPtr((nint)opaque).Free();

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnClose(void* connection, int reason, void* opaque) => From(opaque).Closed?.Invoke(reason switch
    {
        1 => "The host's daemon closed the connection.",
        2 => "The host's daemon stopped answering keep-alive messages.",
        _ => "The connection to the host's daemon broke.",
    });

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnLifecycle(void* connection, nint domain, int kind, int detail, void* opaque)
    {
        var sink = From(opaque);
        if (PowerStates.FromLifecycle(kind, detail) is { } change)
            sink.Send(new MachineChanged(sink.Now, Id(domain), change.State, change.Detail));
        else if (kind == 1)
            sink.Send(new MachineForgotten(sink.Now, Id(domain)));
        else if (kind == 0)
            sink.Send(new MachineDefined(sink.Now, Id(domain)));
        return 0;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnReboot(void* connection, nint domain, void* opaque)
    {
        var sink = From(opaque);
        sink.Send(new MachineRebooted(sink.Now, Id(domain)));
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnIteration(void* connection, nint domain, int iteration, void* opaque)
    {
        var sink = From(opaque);
        sink.Send(new MigrationIterated(sink.Now, Id(domain), iteration));
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnJobDone(void* connection, nint domain, NativeTypedParameter* parameters, int count, void* opaque)
    {
        var sink = From(opaque);
        sink.Send(new JobEnded(sink.Now, Id(domain), new JobStatistics(TypedParameters.ReadNumbers(parameters, count))));
    }

    private DateTimeOffset Now => time.GetUtcNow();
}
