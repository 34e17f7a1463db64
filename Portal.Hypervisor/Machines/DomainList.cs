using System.Runtime.InteropServices;
using Portal.Hypervisor.Libvirt;

namespace Portal.Hypervisor.Machines;

/// <summary>Reads the whole list of a host's machines in one call.</summary>
internal static class DomainList
{
    /// <summary>The machines, whatever their state.</summary>
    public static IReadOnlyList<MachineStatus> Read(ConnectHandle connection) => [.. Handles(connection, flags: 0).Select(domain => Take(domain, DomainCalls.Status)).OfType<MachineStatus>()];

    /// <summary>Processor time each running machine has used on this host, ns.</summary>
    public static IReadOnlyDictionary<Guid, ulong> CpuTimes(ConnectHandle connection)
    {
        const uint Active = 1;
        return Handles(connection, Active).Select(domain => Take(domain, (running, machine) =>
        {
            LibvirtError.Check(Native.virDomainGetInfo(running, out var info));
            return new CpuUse(machine, info.CpuTime);
        })).OfType<CpuUse>().ToDictionary(use => use.Machine, use => use.Ns);
    }

    private static unsafe DomainHandle[] Handles(ConnectHandle connection, uint flags)
    {
        var count = LibvirtError.Check(Native.virConnectListAllDomains(connection, out var domains, flags));
        try
        {
            var handles = new DomainHandle[count];
            for (var i = 0; i < count; i++)
                handles[i] = DomainHandle.Adopt(domains[i], connection);
            return handles;
        }
        finally
        {
            NativeMemory.Free(domains);
        }
    }

    /// <summary>Null for a machine that went away between the list and the question.</summary>
    private static unsafe T? Take<T>(DomainHandle domain, Func<DomainHandle, Guid, T> ask) where T : class
    {
        using (domain)
        {
            var uuid = stackalloc byte[16];
            LibvirtError.Check(Native.virDomainGetUUID(domain, uuid));
            try
            {
                return ask(domain, new Guid(new ReadOnlySpan<byte>(uuid, 16), bigEndian: true));
            }
            catch (LibvirtException e) when (e.Code == LibvirtErrorCode.NoDomain)
            {
                return null;
            }
        }
    }

    private sealed record CpuUse(Guid Machine, ulong Ns);
}
