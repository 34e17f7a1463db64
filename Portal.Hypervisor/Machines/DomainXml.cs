using System.Xml.Linq;
using Portal.Hypervisor.Hosts;

namespace Portal.Hypervisor.Machines;

/// <summary>Writes a definition as libvirt's domain XML. Text only ever becomes an element's or attribute's value.</summary>
internal static class DomainXml
{
    /// <summary>Writes the definition.</summary>
    /// <remarks>
    /// The machine type is the alias <c>pc</c>, which the host expands once: it alone has both virtio over PCI and IDE.
    /// Disks use <c>cache='none'</c>, without which libvirt calls a move over shared storage unsafe. The console's
    /// <c>append='on'</c> keeps the log of before the move. No graphics, USB or balloon: each is memory to move and a way in.
    /// </remarks>
    public static XElement Write(MachineDefinition definition)
    {
        ArgumentNullException.ThrowIfNull(definition);
        var isVirtio = definition.Devices == DeviceModel.Paravirtual;
        return new XElement("domain", new XAttribute("type", definition.Accelerator == Accelerator.Kvm ? "kvm" : definition.Accelerator == Accelerator.Tcg ? "qemu" : "test"),
            new XElement("name", definition.Name),
            new XElement("uuid", definition.Uuid),
            new XElement("memory", new XAttribute("unit", "MiB"), definition.MemoryMib),
            Processors(definition.Vcpus, definition.Accelerator),
            OperatingSystem(definition),
            new XElement("features", new XElement("acpi"), new XElement("apic")),
            Cpu(definition.Accelerator),
            new XElement("clock", new XAttribute("offset", "utc")),
            new XElement("on_poweroff", "destroy"),
            new XElement("on_reboot", "restart"),
            new XElement("on_crash", "destroy"),
            new XElement("devices",
                RootDisk(definition, isVirtio),
                SeedDisk(definition, isVirtio),
                Interface(definition, isVirtio),
                Console(definition),
                new XElement("controller", new XAttribute("type", "usb"), new XAttribute("model", "none")),
                new XElement("memballoon", new XAttribute("model", "none")),
                new XElement("video", new XElement("model", new XAttribute("type", "none"))),
                isVirtio ? Entropy() : null));
    }

    /// <summary>Gives a definition another size, and leaves the rest of it as it is.</summary>
    public static void Resize(XElement domain, int vcpus, int memoryMib)
    {
        ArgumentNullException.ThrowIfNull(domain);
        var accelerator = domain.Attribute("type")?.Value switch { "kvm" => Accelerator.Kvm, "qemu" => Accelerator.Tcg, _ => Accelerator.None };
        domain.Element("vcpu")?.ReplaceWith(Processors(vcpus, accelerator));
        // libvirt's own list of which processor is there; it makes a new one from the figures.
        domain.Element("vcpus")?.Remove();
        domain.Element("memory")?.ReplaceWith(new XElement("memory", new XAttribute("unit", "MiB"), memoryMib));
        domain.Element("currentMemory")?.Remove();
    }

    /// <summary>Processors and memory as a definition has them.</summary>
    public static MachineForm Form(XElement domain)
    {
        ArgumentNullException.ThrowIfNull(domain);
        var most = (int?)domain.Element("vcpu") ?? 1;
        var kib = (long?)domain.Element("memory") ?? 0;
        return new MachineForm((int?)domain.Element("vcpu")?.Attribute("current") ?? most, most, (int)(kib / 1024));
    }

    private static XElement Processors(int vcpus, Accelerator accelerator)
    {
        var most = MachineDefinition.MostVcpus(vcpus, accelerator);
        return new XElement("vcpu", most > vcpus ? new XAttribute("current", vcpus) : null, most);
    }

    private static XElement OperatingSystem(MachineDefinition definition) => definition.Accelerator == Accelerator.None
        ? new XElement("os", new XElement("type", "hvm"))
        : new XElement("os",
            new XElement("type", new XAttribute("arch", "x86_64"), new XAttribute("machine", "pc"), "hvm"),
            new XElement("boot", new XAttribute("dev", "hd")),
            new XElement("bios", new XAttribute("useserial", "no")));

    /// <summary>Under KVM the host's model without what cannot move; under TCG QEMU's own default, the same everywhere.</summary>
    private static XElement? Cpu(Accelerator accelerator) => accelerator == Accelerator.Kvm
        ? new XElement("cpu", new XAttribute("mode", "host-model"))
        : null;

    private static XElement RootDisk(MachineDefinition definition, bool isVirtio) => new("disk",
        new XAttribute("type", "file"), new XAttribute("device", "disk"),
        new XElement("driver", new XAttribute("name", "qemu"), new XAttribute("type", definition.DiskFormat),
            new XAttribute("cache", "none"), new XAttribute("discard", "unmap")),
        new XElement("source", new XAttribute("file", definition.DiskPath)),
        new XElement("target", new XAttribute("dev", isVirtio ? "vda" : "hda"), new XAttribute("bus", isVirtio ? "virtio" : "ide")));

    /// <summary>Found by its label <c>cidata</c>, so it may sit on either bus; a CD-ROM exists only on IDE.</summary>
    private static XElement SeedDisk(MachineDefinition definition, bool isVirtio) => new("disk",
        new XAttribute("type", "file"), new XAttribute("device", isVirtio ? "disk" : "cdrom"),
        new XElement("driver", new XAttribute("name", "qemu"), new XAttribute("type", "raw"), new XAttribute("cache", "none")),
        new XElement("source", new XAttribute("file", definition.SeedPath)),
        new XElement("target", new XAttribute("dev", isVirtio ? "vdb" : "hdc"), new XAttribute("bus", isVirtio ? "virtio" : "ide")),
        new XElement("readonly"));

    private static XElement Interface(MachineDefinition definition, bool isVirtio) => new("interface",
        new XAttribute("type", "bridge"),
        new XElement("mac", new XAttribute("address", definition.Mac)),
        new XElement("source", new XAttribute("bridge", definition.Bridge)),
        new XElement("model", new XAttribute("type", isVirtio ? "virtio" : "e1000")));

    private static XElement Console(MachineDefinition definition) => new("serial",
        new XAttribute("type", "file"),
        new XElement("source", new XAttribute("path", $"/var/log/libvirt/qemu/{definition.Uuid}.console.log"), new XAttribute("append", "on")),
        new XElement("target", new XAttribute("port", "0")));

    private static XElement Entropy() => new("rng",
        new XAttribute("model", "virtio"),
        new XElement("backend", new XAttribute("model", "random"), "/dev/urandom"));
}
