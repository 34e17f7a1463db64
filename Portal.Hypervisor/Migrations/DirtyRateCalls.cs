using Portal.Hypervisor.Hosts;
using Portal.Hypervisor.Libvirt;
using Portal.Hypervisor.Machines;

namespace Portal.Hypervisor.Migrations;

/// <summary>Blocking calls that measure how fast a guest writes, for lane threads.</summary>
internal static class DirtyRateCalls
{
    // VIR_DOMAIN_STATS_DIRTYRATE, and VIR_DOMAIN_DIRTYRATE_MODE_DIRTY_BITMAP: sampling pages finds too little of what is written.
    private const uint DirtyRateStatistics = 1 << 9, ByBitmap = 1 << 1;

    private const int Measured = 2;

    /// <summary>QEMU's own command: libvirt measures whole seconds only. Windows in ms came with QEMU 8.2.</summary>
    private const string ShortWindow = """{"execute":"calc-dirty-rate","arguments":{"calc-time":200,"calc-time-unit":"millisecond","mode":"dirty-bitmap"}}""";

    /// <summary>Starts a measurement; false where this one cannot be made, which is no fault.</summary>
    public static bool Start(ConnectHandle connection, Guid machine, bool isShort)
    {
        using var domain = DomainCalls.Find(connection, machine);
        if (domain is null)
            return false;
        if (!isShort)
            return Native.virDomainStartDirtyRateCalc(domain, seconds: 1, ByBitmap) >= 0;
        if (!LibvirtLibrary.HasQemuExtensions || Native.virDomainQemuMonitorCommand(domain, ShortWindow, out var result, flags: 0) < 0)
            return false;
        // The monitor's refusal comes as an answer too.
        return !NativeText.TakeOwned(result).Contains("\"error\"", StringComparison.Ordinal);
    }

    /// <summary>What the last measurement found, bytes/s; null while it runs and where there is none.</summary>
    public static unsafe double? Read(ConnectHandle connection, Guid machine)
    {
        using var domain = DomainCalls.Find(connection, machine);
        if (domain is null)
            return null;
        var one = stackalloc nint[] { domain.DangerousGetHandle(), 0 };
        if (Native.virDomainListGetStats(one, DirtyRateStatistics, out var records, flags: 0) < 0)
            return null;
        try
        {
            if (records is null || records[0] is null)
                return null;
            var numbers = TypedParameters.ReadNumbers(records[0]->Parameters, records[0]->Count);
            return numbers.GetValueOrDefault("dirtyrate.calc_status") == Measured && numbers.TryGetValue("dirtyrate.megabytes_per_second", out var rate) ? rate * (1 << 20) : null;
        }
        finally
        {
            Native.virDomainStatsRecordListFree(records);
        }
    }

    /// <summary>The guest's memory and what its process holds of it; null when it does not run here.</summary>
    public static GuestSight? Look(ConnectHandle connection, Guid machine)
    {
        using var domain = DomainCalls.Find(connection, machine);
        return domain is not null && DomainCalls.Status(domain, machine) is { State: PowerState.Running } status
            ? new GuestSight(status.MemoryMib << 20, DomainCalls.TouchedBytes(domain), [])
            : null;
    }

    /// <summary>Whether guests are emulated here: QEMU's emulator does not mark what they write, so that 0 means nothing.</summary>
    public static bool IsEmulated(ConnectHandle connection)
        => HostInquiry.AcceleratorOf(NativeXml.Parse(NativeText.TakeOwned(Native.virConnectGetCapabilities(connection)))) != Accelerator.Kvm;
}
