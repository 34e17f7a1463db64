using System.Runtime.InteropServices;

namespace Portal.Hypervisor.Libvirt;

/// <summary>Connections and hosts (<c>libvirt-host.h</c>).</summary>
internal static partial class Native
{
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial ConnectHandle virConnectOpen(string uri);

    [LibraryImport(Library)]
    public static partial int virConnectClose(nint connection);

    [LibraryImport(Library)]
    public static partial int virConnectSetKeepAlive(ConnectHandle connection, int interval, uint count);

    [LibraryImport(Library)]
    public static partial int virConnectIsAlive(ConnectHandle connection);

    [LibraryImport(Library)]
    public static unsafe partial int virConnectRegisterCloseCallback(
        ConnectHandle connection, delegate* unmanaged[Cdecl]<void*, int, void*, void> callback, void* opaque, delegate* unmanaged[Cdecl]<void*, void> free);

    [LibraryImport(Library)]
    public static unsafe partial int virConnectUnregisterCloseCallback(
        ConnectHandle connection, delegate* unmanaged[Cdecl]<void*, int, void*, void> callback);

    [LibraryImport(Library)]
    public static unsafe partial int virConnectDomainEventRegisterAny(
        ConnectHandle connection, nint domain, int eventId, void* callback, void* opaque, delegate* unmanaged[Cdecl]<void*, void> free);

    [LibraryImport(Library)]
    public static partial int virConnectDomainEventDeregisterAny(ConnectHandle connection, int callbackId);

    [LibraryImport(Library)]
    public static partial nint virConnectGetHostname(ConnectHandle connection);

    [LibraryImport(Library)]
    public static partial nint virConnectGetType(ConnectHandle connection);

    [LibraryImport(Library)]
    public static partial int virConnectGetVersion(ConnectHandle connection, out ulong version);

    [LibraryImport(Library)]
    public static partial int virConnectGetLibVersion(ConnectHandle connection, out ulong version);

    [LibraryImport(Library)]
    public static partial nint virConnectGetCapabilities(ConnectHandle connection);

    [LibraryImport(Library)]
    public static partial int virNodeGetInfo(ConnectHandle connection, out NativeNodeInfo info);

    [LibraryImport(Library)]
    public static unsafe partial int virNodeGetMemoryStats(ConnectHandle connection, int cell, NativeNodeStat* stats, ref int count, uint flags);

    [LibraryImport(Library)]
    public static unsafe partial int virNodeGetCPUStats(ConnectHandle connection, int cpu, NativeNodeStat* stats, ref int count, uint flags);

    [LibraryImport(Library)]
    public static partial ulong virNodeGetFreeMemory(ConnectHandle connection);
}
