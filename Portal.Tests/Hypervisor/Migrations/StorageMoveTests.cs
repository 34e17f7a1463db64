using System.Xml.Linq;
using Portal.Hypervisor.Migrations;

namespace Portal.Tests.Hypervisor.Migrations;

public class StorageMoveTests
{
    private static XElement Machine => XElement.Parse("""
        <domain><devices>
          <disk type='file' device='disk'><source file='/a/m.qcow2'/><backingStore type='file'><source file='/a/micro.qcow2'/></backingStore><target dev='vda'/></disk>
          <disk type='file' device='disk'><source file='/a/m-seed.iso'/><target dev='vdb'/><readonly/></disk>
          <disk type='file' device='disk'><source file='/abc/other.qcow2'/><target dev='vdc'/></disk>
          <disk type='file' device='disk'><source file='/a/deep/other.qcow2'/><target dev='vdd'/></disk>
          <disk type='file' device='cdrom'><target dev='hdc'/></disk>
        </devices></domain>
        """);

    [Fact]
    public void The_disks_of_a_pool_are_those_right_in_its_directory() =>
        StorageMove.DisksIn(Machine, "/a/").ShouldBe([("vda", "m.qcow2", false), ("vdb", "m-seed.iso", true)]);

    [Fact]
    public void A_machine_finds_its_copied_disks_in_the_other_pool_growing_from_nothing_and_the_rest_where_it_was()
    {
        var moved = StorageMove.Relocate(Machine, "/a", "/b/");

        moved.Descendants("disk").Select(disk => disk.Element("source")?.Attribute("file")?.Value)
            .ShouldBe(["/b/m.qcow2", "/b/m-seed.iso", "/abc/other.qcow2", "/a/deep/other.qcow2", null]);
        moved.Descendants("backingStore").ShouldBeEmpty();
    }
}
