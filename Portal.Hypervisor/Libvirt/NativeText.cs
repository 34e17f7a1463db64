using System.Runtime.InteropServices;

namespace Portal.Hypervisor.Libvirt;

/// <summary>Strings that cross the border.</summary>
internal static class NativeText
{
    /// <summary>Reads a string the caller owns, and frees it.</summary>
    public static unsafe string TakeOwned(nint text)
    {
        if (text == 0)
            throw LibvirtError.Last();
        try
        {
            return Marshal.PtrToStringUTF8(text) ?? "";
        }
        finally
        {
            NativeMemory.Free((void*)text);
        }
    }

    /// <summary>Reads a string libvirt keeps.</summary>
    public static string Borrow(nint text) => text == 0 ? throw LibvirtError.Last() : Marshal.PtrToStringUTF8(text) ?? "";

    /// <summary>libvirt writes 1.2.3 as 1002003.</summary>
    public static Version ToVersion(ulong packed)
        => packed <= int.MaxValue
            ? new((int)(packed / 1_000_000), (int)(packed / 1_000 % 1_000), (int)(packed % 1_000))
            : throw new LibvirtException(LibvirtErrorDomain.None, LibvirtErrorCode.Internal, $"The host sent a version that cannot be: {packed}.");
}
