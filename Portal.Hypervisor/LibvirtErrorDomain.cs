namespace Portal.Hypervisor;

/// <summary>The parts of libvirt the portal tells apart (<c>virErrorDomain</c>); other numbers are kept as they are.</summary>
public enum LibvirtErrorDomain
{
    /// <summary>Not attributed.</summary>
    None = 0,
    /// <summary>Remote procedure call layer: the connection itself.</summary>
    Rpc = 7,
    /// <summary>The QEMU driver.</summary>
    Qemu = 10,
    /// <summary>The built-in test driver.</summary>
    Test = 12,
    /// <summary>The remote driver.</summary>
    Remote = 13,
    /// <summary>Storage pools and volumes.</summary>
    Storage = 18,
}
