namespace Portal.Hypervisor;

/// <summary>A fault libvirt reported. <see cref="Exception.Message"/> keeps libvirt's own words.</summary>
public sealed class LibvirtException : Exception
{
    /// <summary>Creates an exception from what libvirt recorded on the calling thread.</summary>
    public LibvirtException(
        LibvirtErrorDomain domain, LibvirtErrorCode code, string message, bool isConnectionLost = false, Exception? inner = null)
        : base(message, inner)
    {
        Domain = domain;
        Code = code;
        IsConnectionLost = isConnectionLost;
    }

    /// <summary>The part of libvirt that failed.</summary>
    public LibvirtErrorDomain Domain { get; }

    /// <summary>What kind of failure it was. Values libvirt adds later keep their number.</summary>
    public LibvirtErrorCode Code { get; }

    /// <summary>
    /// True when the host's daemon was not reached, stopped answering or the connection broke: whatever was asked may or
    /// may not have happened, and the host's state is unknown, not "off".
    /// </summary>
    public bool IsConnectionLost { get; }
}
