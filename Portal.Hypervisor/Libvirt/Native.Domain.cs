using System.Runtime.InteropServices;

namespace Portal.Hypervisor.Libvirt;

/// <summary>Machines (<c>libvirt-domain.h</c>, <c>libvirt-qemu.h</c>).</summary>
internal static partial class Native
{
    [LibraryImport(Library)]
    public static unsafe partial int virConnectListAllDomains(ConnectHandle connection, out nint* domains, uint flags);

    [LibraryImport(Library)]
    public static unsafe partial DomainHandle virDomainLookupByUUID(ConnectHandle connection, byte* uuid);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial DomainHandle virDomainDefineXML(ConnectHandle connection, string xml);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial DomainHandle virDomainCreateXML(ConnectHandle connection, string xml, uint flags);

    [LibraryImport(Library)]
    public static partial int virDomainFree(nint domain);

    [LibraryImport(Library)]
    public static unsafe partial int virDomainGetUUID(nint domain, byte* uuid);

    [LibraryImport(Library)]
    public static unsafe partial int virDomainGetUUID(DomainHandle domain, byte* uuid);

    [LibraryImport(Library)]
    public static partial nint virDomainGetName(DomainHandle domain);

    [LibraryImport(Library)]
    public static partial int virDomainGetState(DomainHandle domain, out int state, out int reason, uint flags);

    [LibraryImport(Library)]
    public static partial int virDomainGetInfo(DomainHandle domain, out NativeDomainInfo info);

    [LibraryImport(Library)]
    public static partial int virDomainIsPersistent(DomainHandle domain);

    [LibraryImport(Library)]
    public static partial nint virDomainGetXMLDesc(DomainHandle domain, uint flags);

    [LibraryImport(Library)]
    public static partial int virDomainCreate(DomainHandle domain);

    [LibraryImport(Library)]
    public static partial int virDomainShutdownFlags(DomainHandle domain, uint flags);

    [LibraryImport(Library)]
    public static partial int virDomainReset(DomainHandle domain, uint flags);

    [LibraryImport(Library)]
    public static partial int virDomainDestroyFlags(DomainHandle domain, uint flags);

    [LibraryImport(Library)]
    public static partial int virDomainUndefineFlags(DomainHandle domain, uint flags);

    [LibraryImport(Library)]
    public static partial int virDomainSuspend(DomainHandle domain);

    [LibraryImport(Library)]
    public static partial int virDomainResume(DomainHandle domain);

    [LibraryImport(Library)]
    public static unsafe partial int virDomainMemoryStats(DomainHandle domain, NativeMemoryStat* stats, uint count, uint flags);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static unsafe partial int virDomainMigrateToURI3(
        DomainHandle domain, string destinationUri, NativeTypedParameter* parameters, uint count, uint flags);

    [LibraryImport(Library)]
    public static partial int virDomainMigrateSetMaxDowntime(DomainHandle domain, ulong milliseconds, uint flags);

    [LibraryImport(Library)]
    public static partial int virDomainMigrateStartPostCopy(DomainHandle domain, uint flags);

    [LibraryImport(Library)]
    public static partial int virDomainMigrateGetMaxSpeed(DomainHandle domain, out nuint mibPerSecond, uint flags);

    [LibraryImport(Library)]
    public static partial int virDomainMigrateSetMaxSpeed(DomainHandle domain, nuint mibPerSecond, uint flags);

    [LibraryImport(Library)]
    public static unsafe partial int virDomainGetJobStats(
        DomainHandle domain, out int type, out NativeTypedParameter* parameters, out int count, uint flags);

    [LibraryImport(Library)]
    public static partial int virDomainAbortJob(DomainHandle domain);

    [LibraryImport(Library)]
    public static partial int virDomainAbortJobFlags(DomainHandle domain, uint flags);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int virDomainSaveFlags(DomainHandle domain, string path, string? xml, uint flags);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint virDomainSaveImageGetXMLDesc(ConnectHandle connection, string path, uint flags);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int virDomainRestoreFlags(ConnectHandle connection, string path, string? xml, uint flags);

    [LibraryImport(Library)]
    public static partial int virDomainSetVcpusFlags(DomainHandle domain, uint vcpus, uint flags);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int virDomainBlockResize(DomainHandle domain, string disk, ulong size, uint flags);

    [LibraryImport(QemuLibrary, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int virDomainQemuMonitorCommand(DomainHandle domain, string command, out nint result, uint flags);

    [LibraryImport(Library)]
    public static partial int virDomainStartDirtyRateCalc(DomainHandle domain, int seconds, uint flags);

    [LibraryImport(Library)]
    public static unsafe partial int virDomainListGetStats(nint* domains, uint stats, out NativeDomainStats** records, uint flags);

    [LibraryImport(Library)]
    public static unsafe partial void virDomainStatsRecordListFree(NativeDomainStats** records);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int virConnectCompareHypervisorCPU(
        ConnectHandle connection, string? emulator, string? architecture, string? machine, string? virtualisation, string cpu, uint flags);
}
