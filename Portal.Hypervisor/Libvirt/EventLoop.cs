using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Portal.Hypervisor.Libvirt;

/// <summary>The one native thread that carries libvirt's events and keep-alive messages for every connection.</summary>
internal static unsafe class EventLoop
{
    private static readonly Lock Gate = new();
    private static bool _running;

    /// <summary>Starts the loop once per process; it must exist before the first connection is opened.</summary>
    public static void Start()
    {
        lock (Gate)
        {
            if (_running)
                return;
            LibvirtError.Check(Native.virEventRegisterDefaultImpl());
            // Without any source an iteration would wait for ever; this one bounds it, so a failing loop is seen within a second.
            LibvirtError.Check(Native.virEventAddTimeout(1_000, &OnTick, opaque: null, free: null));
            new Thread(Run) { IsBackground = true, Name = "libvirt events" }.Start();
            _running = true;
        }
    }

    private static void Run()
    {
        while (true)
        {
            // The loop serves every host: a failed iteration must not end it, nor may it spin.
            if (Native.virEventRunDefaultImpl() < 0)
                Thread.Sleep(100);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnTick(int timer, void* opaque)
    {
    }
}
