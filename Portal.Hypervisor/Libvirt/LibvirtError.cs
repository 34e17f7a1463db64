using System.Runtime.InteropServices;

namespace Portal.Hypervisor.Libvirt;

/// <summary>
/// Turns libvirt's thread-local last error into an exception. Call it on the thread that made the failing call, with
/// nothing in between.
/// </summary>
internal static class LibvirtError
{
    /// <summary>The last error of this thread as an exception to throw.</summary>
    public static unsafe LibvirtException Last()
    {
        var error = Native.virGetLastError();
        if (error is null || error->Code == 0)
            return new LibvirtException(LibvirtErrorDomain.None, LibvirtErrorCode.Internal, "libvirt reported a failure without a reason.");
        var message = Marshal.PtrToStringUTF8((nint)error->Message) ?? "";
        var exception = new LibvirtException((LibvirtErrorDomain)error->Domain, (LibvirtErrorCode)error->Code, message);
        Native.virResetLastError();
        return exception;
    }

    /// <summary>Passes a result through, or throws when it is negative.</summary>
    public static int Check(int result) => result < 0 ? throw Last() : result;

    /// <summary>Passes a handle through tied to its parent, or throws when there is none.</summary>
    public static T Check<T>(T handle, LibvirtHandle parent)
        where T : LibvirtHandle
    {
        if (handle.IsInvalid)
            throw Last();
        handle.HoldParent(parent);
        return handle;
    }

    /// <summary>Like <see cref="Check{T}"/>, but null when the thing does not exist.</summary>
    public static T? CheckFound<T>(T handle, LibvirtHandle parent, LibvirtErrorCode absent)
        where T : LibvirtHandle
    {
        if (!handle.IsInvalid)
        {
            handle.HoldParent(parent);
            return handle;
        }

        var error = Last();
        return error.Code == absent ? null : throw error;
    }
}
