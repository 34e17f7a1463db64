using Portal.Domain.Hosts;
using Portal.Hypervisor.Hosts;

namespace Portal.Web.Operations;

/// <summary>Puts what the hypervisor layer says of a host into the domain's words; the two do not know each other.</summary>
public static class HostReports
{
    /// <summary>Translates.</summary>
    public static HostReport From(HostFacts facts) => new(
        facts.Uuid, facts.HostName, facts.CpuModel, facts.Cpus, facts.MemoryMib, facts.Libvirt.ToString(), facts.Hypervisor.ToString(), facts.Driver,
        facts.Accelerator.ToString(), [.. facts.Capabilities.Select(capability => new HostCapability(capability.Name, capability.Available, capability.Reason))]);
}
