using Microsoft.Win32.SafeHandles;

namespace Portal.Hypervisor.Libvirt;

/// <summary>
/// A libvirt object. A child keeps its parent referenced, so that the connection is always the last to go:
/// closing it talks to the daemon, and no other release may do that by accident.
/// </summary>
internal abstract class LibvirtHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    private LibvirtHandle? _parent;

    protected LibvirtHandle()
        : base(ownsHandle: true)
    {
    }

    /// <summary>Ties this handle's life to its parent's.</summary>
    public void HoldParent(LibvirtHandle parent)
    {
        var held = false;
        parent.DangerousAddRef(ref held);
        _parent = parent;
    }

    protected abstract int Release();

    protected sealed override bool ReleaseHandle()
    {
        var done = Release() >= 0;
        _parent?.DangerousRelease();
        return done;
    }
}

/// <summary>A domain: a machine on one host.</summary>
internal sealed class DomainHandle : LibvirtHandle
{
    /// <summary>Takes over one reference out of a list libvirt returned.</summary>
    public static DomainHandle Adopt(nint domain, ConnectHandle parent)
    {
        var adopted = new DomainHandle();
        adopted.SetHandle(domain);
        adopted.HoldParent(parent);
        return adopted;
    }

    protected override int Release() => Native.virDomainFree(handle);
}

/// <summary>A storage pool.</summary>
internal sealed class PoolHandle : LibvirtHandle
{
    /// <summary>Takes over one reference out of a list libvirt returned.</summary>
    public static PoolHandle Adopt(nint pool, ConnectHandle parent)
    {
        var adopted = new PoolHandle();
        adopted.SetHandle(pool);
        adopted.HoldParent(parent);
        return adopted;
    }

    protected override int Release() => Native.virStoragePoolFree(handle);
}

/// <summary>A storage volume.</summary>
internal sealed class VolumeHandle : LibvirtHandle
{
    /// <summary>Takes over one reference out of a list libvirt returned.</summary>
    public static VolumeHandle Adopt(nint volume, PoolHandle parent)
    {
        var adopted = new VolumeHandle();
        adopted.SetHandle(volume);
        adopted.HoldParent(parent);
        return adopted;
    }

    protected override int Release() => Native.virStorageVolFree(handle);
}

/// <summary>A data stream to or from a volume.</summary>
internal sealed class StreamHandle : LibvirtHandle
{
    protected override int Release() => Native.virStreamFree(handle);
}
