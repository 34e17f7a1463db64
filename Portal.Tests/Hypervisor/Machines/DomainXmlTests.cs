using System.Xml.Linq;
using Portal.Hypervisor.Hosts;
using Portal.Hypervisor.Machines;

namespace Portal.Tests.Hypervisor.Machines;

public class DomainXmlTests
{
    private static readonly MachineDefinition Sample = new(
        Guid.Parse("0190a0b0-0000-7000-8000-000000000001"), "web-01", 2, 128, DeviceModel.Paravirtual, Accelerator.Tcg,
        "/images/web-01.qcow2", "qcow2", "/images/web-01-seed.iso", "52:54:00:12:34:56", "br0");

    [Fact]
    public void A_paravirtual_machine_has_virtio_disks_network_and_entropy()
    {
        var xml = DomainXml.Write(Sample);

        xml.Attribute("type")!.Value.ShouldBe("qemu");
        Values(xml, "target", "bus").ShouldBe(["virtio", "virtio"]);
        Values(xml, "model", "type").ShouldBe(["virtio", "none"]);
        xml.Descendants("rng").ShouldHaveSingleItem();
    }

    [Fact]
    public void An_emulated_machine_has_ide_and_e1000_and_nothing_of_virtio()
    {
        var xml = DomainXml.Write(Sample with { Devices = DeviceModel.Emulated });

        Values(xml, "target", "bus").ShouldBe(["ide", "ide"]);
        Values(xml, "model", "type").ShouldBe(["e1000", "none"]);
        xml.ToString().ShouldNotContain("virtio");
    }

    [Fact]
    public void Kvm_is_used_only_when_asked_for()
        => DomainXml.Write(Sample with { Accelerator = Accelerator.Kvm }).Attribute("type")!.Value.ShouldBe("kvm");

    [Fact]
    public void The_console_log_is_appended_to_so_that_a_move_does_not_empty_it()
        => DomainXml.Write(Sample).Descendants("serial").Single().Element("source")!.Attribute("append")!.Value.ShouldBe("on");

    [Fact]
    public void Every_disk_names_its_format_and_bypasses_the_host_cache()
    {
        foreach (var driver in DomainXml.Write(Sample).Descendants("disk").Select(d => d.Element("driver")!))
        {
            driver.Attribute("type")!.Value.ShouldBeOneOf("qcow2", "raw");
            driver.Attribute("cache")!.Value.ShouldBe("none");
        }
    }

    [Fact]
    public void Hostile_text_stays_text()
    {
        var xml = DomainXml.Write(Sample with { Name = "x</name><devices/>&", DiskPath = "/a'\"><source file='/etc/shadow" });

        var read = XElement.Parse(xml.ToString());

        read.Element("name")!.Value.ShouldBe("x</name><devices/>&");
        read.Descendants("disk").Count().ShouldBe(2);
        read.Descendants("source").First().Attribute("file")!.Value.ShouldBe("/a'\"><source file='/etc/shadow");
    }

    private static IEnumerable<string> Values(XElement xml, string element, string attribute)
        => xml.Descendants(element).Attributes(attribute).Select(a => a.Value);
}
