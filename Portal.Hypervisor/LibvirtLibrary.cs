using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Portal.Hypervisor.Libvirt;

namespace Portal.Hypervisor;

/// <summary>Whether this process can talk to hypervisors at all.</summary>
/// <param name="Available">True when <c>libvirt.so.0</c> was loaded and initialised.</param>
/// <param name="Client">Version of the client library; null when it is missing.</param>
/// <param name="Missing">What is missing and how to install it; null when nothing is.</param>
public sealed record LibvirtAvailability(bool Available, Version? Client, string? Missing);

/// <summary>The native client library the portal embeds.</summary>
public static class LibvirtLibrary
{
    private static readonly Lazy<LibvirtAvailability> Availability = new(Load);
    private static readonly Lazy<bool> Qemu = new(() => NativeLibrary.TryLoad(Native.QemuLibrary, out _));

    /// <summary>Loads the library on first use and says what is missing instead of throwing.</summary>
    public static LibvirtAvailability Probe() => Availability.Value;

    /// <summary>Whether <c>libvirt-qemu.so.0</c> is here; only announcing a guest's address again needs it.</summary>
    internal static bool HasQemuExtensions => Qemu.Value;

    /// <summary>Throws what a caller can show to a person when the library is missing.</summary>
    internal static void Require()
    {
        if (Probe() is { Available: false, Missing: var missing })
            throw new LibvirtException(LibvirtErrorDomain.None, LibvirtErrorCode.NoConnection, missing!, isConnectionLost: true);
    }

    private static unsafe LibvirtAvailability Load()
    {
        if (!NativeLibrary.TryLoad(Native.Library, out _))
            return new LibvirtAvailability(Available: false, Client: null,
                $"The libvirt client library ({Native.Library}) is not installed. Install it (Debian: apt-get install libvirt0) and restart the portal.");
        try
        {
            LibvirtError.Check(Native.virInitialize());
            // libvirt would print every error to stderr; they reach people as exceptions instead.
            Native.virSetErrorFunc(userData: null, &Mute);
            LibvirtError.Check(Native.virGetVersion(out var version, type: null, typeVersion: null));
            EventLoop.Start();
            return new LibvirtAvailability(Available: true, NativeText.ToVersion(version), Missing: null);
        }
        catch (Exception e) when (e is LibvirtException or EntryPointNotFoundException)
        {
            return new LibvirtAvailability(Available: false, Client: null,
                $"The libvirt client library does not work: {e.Message} Install libvirt 9.0 or newer and restart the portal.");
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static unsafe void Mute(void* userData, void* error)
    {
    }
}
