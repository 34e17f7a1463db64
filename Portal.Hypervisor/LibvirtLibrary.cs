namespace Portal.Hypervisor;

/// <summary>Whether this process can talk to hypervisors at all.</summary>
/// <param name="Available">True when <c>libvirt.so.0</c> was loaded and initialised.</param>
/// <param name="Client">Version of the client library; null when it is missing.</param>
/// <param name="Missing">What is missing and how to install it; null when nothing is.</param>
public sealed record LibvirtAvailability(bool Available, Version? Client, string? Missing);

/// <summary>The native client library the portal embeds.</summary>
public static class LibvirtLibrary
{
    /// <summary>Loads the library on first use and says what is missing instead of throwing.</summary>
    public static LibvirtAvailability Probe() => throw new NotSupportedException("Not built yet.");
}
