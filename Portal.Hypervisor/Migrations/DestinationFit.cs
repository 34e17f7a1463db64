using System.Xml.Linq;
using Portal.Hypervisor.Hosts;
using Portal.Hypervisor.Libvirt;
using Portal.Hypervisor.Machines;

namespace Portal.Hypervisor.Migrations;

/// <summary>What a running machine needs of the host it goes to, beyond room: asked of that host itself, which knows best.</summary>
public static class DestinationFit
{
    private const int Incompatible = 0;

    /// <summary>The machine's definition as it runs, for <see cref="LacksAsync"/>; null when it does not run there.</summary>
    public static Task<string?> RunningDefinitionAsync(HostConnection source, Guid machine, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.CallAsync(connection =>
        {
            string? xml = null;
            DomainCalls.IfFound(connection, machine, domain => xml = DomainCalls.State(domain).IsActive ? NativeText.TakeOwned(Native.virDomainGetXMLDesc(domain, flags: 0)) : null);
            return xml;
        }, cancellationToken);
    }

    /// <summary>What the destination lacks for the machine, in words; null when it lacks nothing that can be told beforehand.</summary>
    public static Task<string?> LacksAsync(HostConnection destination, string runningDefinition, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(destination);
        var domain = NativeXml.Parse(runningDefinition).Root;
        if (domain?.Element("cpu") is not { } cpu || !cpu.HasElements)
            return Task.FromResult<string?>(null);
        var (virtualisation, type) = ((string?)domain.Attribute("type"), domain.Element("os")?.Element("type"));
        var model = (string?)cpu.Element("model") ?? "the machine's processor";
        return destination.CallAsync(connection => Compare(connection, (string?)type?.Attribute("arch"), virtualisation, cpu) == Incompatible
            ? $"its processor lacks what {model} has, with which the machine runs."
            : null, cancellationToken);
    }

    /// <summary>Below 0 where the driver cannot say: then the move itself does. The machine type is left out, for hosts name its versions each in their own way.</summary>
    private static int Compare(ConnectHandle connection, string? architecture, string? virtualisation, XElement cpu)
        => Native.virConnectCompareHypervisorCPU(connection, emulator: null, architecture, machine: null, virtualisation, cpu.ToString(SaveOptions.DisableFormatting), flags: 0);
}
