using System.Xml.Linq;
using Portal.Hypervisor.Libvirt;

namespace Portal.Hypervisor.Machines;

/// <summary>Blocking calls that change a machine's size, for lane threads. Each looks at the truth first and then acts.</summary>
internal static class DomainResize
{
    private const uint XmlInactive = 2, AffectLive = 1, SizeInBytes = 1;

    public static MachineShape Shape(DomainHandle domain)
        => new(DomainCalls.State(domain).IsActive ? DomainXml.Form(Read(domain, flags: 0)) : null, DomainXml.Form(Read(domain, XmlInactive)));

    /// <summary>One definition takes the place of the other whole, so that no half of a change is ever started.</summary>
    public static void SetNext(ConnectHandle connection, DomainHandle domain, int vcpus, int memoryMib)
    {
        var definition = Read(domain, XmlInactive);
        var form = DomainXml.Form(definition);
        if (form.Vcpus == vcpus && form.MemoryMib == memoryMib)
            return;
        DomainXml.Resize(definition, vcpus, memoryMib);
        using var redefined = LibvirtError.Check(Native.virDomainDefineXML(connection, definition.ToString()), connection);
    }

    public static void AddVcpus(DomainHandle domain, int vcpus)
    {
        if (DomainXml.Form(Read(domain, flags: 0)).Vcpus < vcpus)
            LibvirtError.Check(Native.virDomainSetVcpusFlags(domain, (uint)vcpus, AffectLive));
    }

    public static void GrowDisk(DomainHandle domain, string volume, long bytes)
    {
        var target = Read(domain, flags: 0).Descendants("disk")
            .Where(disk => Path.GetFileName(disk.Element("source")?.Attribute("file")?.Value) == volume)
            .Select(disk => disk.Element("target")?.Attribute("dev")?.Value).FirstOrDefault()
            ?? throw new LibvirtException(LibvirtErrorDomain.Qemu, LibvirtErrorCode.InvalidArgument, $"The machine has no disk {volume}.");
        LibvirtError.Check(Native.virDomainBlockResize(domain, target, (ulong)bytes, SizeInBytes));
    }

    private static XElement Read(DomainHandle domain, uint flags) =>
        NativeXml.Parse(NativeText.TakeOwned(Native.virDomainGetXMLDesc(domain, flags))).Root ?? throw new InvalidOperationException("libvirt described a machine with nothing.");
}
