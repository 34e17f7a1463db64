using System.Xml.Linq;
using Portal.Hypervisor.Hosts;
using Portal.Hypervisor.Libvirt;
using Portal.Hypervisor.Machines;

namespace Portal.Hypervisor.Migrations;

/// <summary>What a running machine needs of the host it goes to, beyond room: asked of that host itself, which knows best.</summary>
public static class DestinationFit
{
    private const uint SayWhatIsMissing = 1;
    private const string Missing = "required features: ";

    /// <summary>The machine's definition as it runs, for <see cref="LacksAsync"/>; null when it does not run there.</summary>
    public static Task<string?> RunningDefinitionAsync(HostConnection source, Guid machine, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.CallAsync(connection => RunningDefinition(connection, machine), cancellationToken);
    }

    /// <summary>What the destination lacks for the machine, in words; null when it lacks nothing that can be told beforehand.</summary>
    public static Task<string?> LacksAsync(HostConnection destination, string runningDefinition, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(destination);
        return destination.CallAsync(connection => Lack(connection, runningDefinition), cancellationToken);
    }

    internal static string? RunningDefinition(ConnectHandle connection, Guid machine)
    {
        string? xml = null;
        DomainCalls.IfFound(connection, machine, domain => xml = DomainCalls.State(domain).IsActive ? NativeText.TakeOwned(Native.virDomainGetXMLDesc(domain, flags: 0)) : null);
        return xml;
    }

    /// <summary>The machine type is left out of the question, for hosts name its versions each in their own way.</summary>
    internal static string? Lack(ConnectHandle connection, string runningDefinition)
    {
        var domain = NativeXml.Parse(runningDefinition).Root;
        if (domain?.Element("cpu") is not { } cpu || !cpu.HasElements)
            return null;
        var (virtualisation, architecture) = ((string?)domain.Attribute("type"), (string?)domain.Element("os")?.Element("type")?.Attribute("arch"));
        if (Native.virConnectCompareHypervisorCPU(connection, emulator: null, architecture, machine: null, virtualisation, cpu.ToString(SaveOptions.DisableFormatting), SayWhatIsMissing) >= 0)
            return null;
        var error = LibvirtError.Last();
        // Where the driver cannot say, the move itself does.
        if (error.Code != LibvirtErrorCode.CpuIncompatible)
            return null;
        var model = (string?)cpu.Element("model") ?? "the machine's processor";
        return error.Message.IndexOf(Missing, StringComparison.Ordinal) is >= 0 and var at
            ? $"its processor lacks {error.Message[(at + Missing.Length)..].TrimEnd('.')}, which the machine's {model} has."
            : $"its processor lacks what the machine's {model} has.";
    }
}
