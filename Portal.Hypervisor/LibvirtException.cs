namespace Portal.Hypervisor;

/// <summary>A fault libvirt reported. <see cref="Exception.Message"/> keeps libvirt's own words.</summary>
public sealed class LibvirtException : Exception
{
    /// <summary>Creates an exception from what libvirt recorded on the calling thread.</summary>
    public LibvirtException(LibvirtErrorDomain domain, LibvirtErrorCode code, string message, Exception? inner = null)
        : base(message, inner)
    {
        Domain = domain;
        Code = code;
    }

    /// <summary>The part of libvirt that failed.</summary>
    public LibvirtErrorDomain Domain { get; }

    /// <summary>What kind of failure it was. Values libvirt adds later keep their number.</summary>
    public LibvirtErrorCode Code { get; }

    /// <summary>True when the daemon was not reached or the connection broke: the host's state is unknown, not "off".</summary>
    public bool IsConnectionLost => Domain == LibvirtErrorDomain.Rpc
        || Code is LibvirtErrorCode.NoConnection or LibvirtErrorCode.InvalidConnection or LibvirtErrorCode.SystemError && Domain == LibvirtErrorDomain.Remote;
}
