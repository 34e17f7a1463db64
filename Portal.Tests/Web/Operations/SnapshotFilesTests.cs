using Portal.Domain.Snapshots;
using Portal.Web.Operations;
using Portal.Web.Operations.Snapshots;

namespace Portal.Tests.Web.Operations;

public class SnapshotFilesTests
{
    [Fact]
    public void A_snapshot_s_volume_is_known_again_and_is_no_leftover_of_a_machine()
    {
        var (machine, snapshot) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        var volume = SnapshotFiles.Volume(machine, snapshot);

        SnapshotFiles.Owner(volume).ShouldBe(new FoundSnapshot(machine, snapshot));
        MachineFiles.Owner(volume).ShouldBeNull();
        foreach (var other in MachineFiles.All(machine))
            SnapshotFiles.Owner(other).ShouldBeNull();
    }

    [Theory]
    [InlineData("micro.qcow2")]
    [InlineData("x.y.snapshot.qcow2")]
    [InlineData("01999999-9999-7999-8999-999999999999.snapshot.qcow2")]
    [InlineData("01999999-9999-7999-8999-999999999999.01999999-9999-7999-8999-999999999999.snapshot.qcow2.bak")]
    [InlineData("01999999-9999-7999-8999-999999999999.01999999-9999-7999-8999-99999999999A.snapshot.qcow2")]
    public void Anything_else_is_nobodys(string volume) => SnapshotFiles.Owner(volume).ShouldBeNull();
}
