namespace Portal.Hypervisor.Libvirt;

/// <summary>A connection to one daemon.</summary>
internal sealed class ConnectHandle : LibvirtHandle
{
    /// <summary>
    /// Closes on a thread of its own: the last reference says goodbye to the daemon, a hung daemon does not answer,
    /// and this may be called by the finalizer, which must never wait for anybody.
    /// </summary>
    protected override int Release()
    {
        var connection = handle;
        new Thread(() => _ = Native.virConnectClose(connection)) { IsBackground = true, Name = "libvirt close" }.Start();
        return 0;
    }
}
