using System.Runtime.InteropServices;

[assembly: DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]

namespace Portal.Hypervisor.Libvirt;

/// <summary>
/// libvirt's C API, as far as the portal uses it. Names, order and types are those of libvirt's headers (11.3; every
/// function here exists since 1.3.3). A call that fails leaves its error in thread-local storage: see <see cref="LibvirtError"/>.
/// </summary>
internal static partial class Native
{
    public const string Library = "libvirt.so.0";
    public const string QemuLibrary = "libvirt-qemu.so.0";

    [LibraryImport(Library)]
    public static partial int virInitialize();

    [LibraryImport(Library)]
    public static unsafe partial int virGetVersion(out ulong version, byte* type, ulong* typeVersion);

    [LibraryImport(Library)]
    public static unsafe partial NativeError* virGetLastError();

    [LibraryImport(Library)]
    public static partial void virResetLastError();

    [LibraryImport(Library)]
    public static unsafe partial void virSetErrorFunc(void* userData, delegate* unmanaged[Cdecl]<void*, void*, void> handler);

    [LibraryImport(Library)]
    public static partial int virEventRegisterDefaultImpl();

    [LibraryImport(Library)]
    public static partial int virEventRunDefaultImpl();

    [LibraryImport(Library)]
    public static unsafe partial int virEventAddTimeout(
        int milliseconds, delegate* unmanaged[Cdecl]<int, void*, void> callback, void* opaque, delegate* unmanaged[Cdecl]<void*, void> free);

    [LibraryImport(Library)]
    public static unsafe partial void virTypedParamsFree(NativeTypedParameter* parameters, int count);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static unsafe partial int virTypedParamsAddString(
        ref NativeTypedParameter* parameters, ref int count, ref int capacity, string name, string value);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static unsafe partial int virTypedParamsAddInt(
        ref NativeTypedParameter* parameters, ref int count, ref int capacity, string name, int value);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static unsafe partial int virTypedParamsAddULLong(
        ref NativeTypedParameter* parameters, ref int count, ref int capacity, string name, ulong value);
}
