using System.Runtime.InteropServices;
using Portal.Hypervisor.Libvirt;

namespace Portal.Hypervisor.Machines;

/// <summary>Reads the whole list of a host's machines in one call.</summary>
internal static class DomainList
{
    public static unsafe IReadOnlyList<MachineStatus> Read(ConnectHandle connection)
    {
        var count = LibvirtError.Check(Native.virConnectListAllDomains(connection, out var domains, flags: 0));
        try
        {
            var handles = new DomainHandle[count];
            for (var i = 0; i < count; i++)
                handles[i] = DomainHandle.Adopt(domains[i], connection);
            return [.. handles.Select(Describe).OfType<MachineStatus>()];
        }
        finally
        {
            NativeMemory.Free(domains);
        }
    }

    /// <summary>Null for a machine that went away between the list and the question.</summary>
    private static unsafe MachineStatus? Describe(DomainHandle domain)
    {
        using (domain)
        {
            var uuid = stackalloc byte[16];
            LibvirtError.Check(Native.virDomainGetUUID(domain, uuid));
            try
            {
                return DomainCalls.Status(domain, new Guid(new ReadOnlySpan<byte>(uuid, 16), bigEndian: true));
            }
            catch (LibvirtException e) when (e.Code == LibvirtErrorCode.NoDomain)
            {
                return null;
            }
        }
    }
}
