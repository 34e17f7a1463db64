using System.Net;
using Portal.Hypervisor.Seeds;

namespace Portal.Tests.Fleet;

/// <summary>One store under all hosts, of which each keeps a list of its own.</summary>
[Collection(LabCollection.Name)]
public class StoreTests(LabFixture lab)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Disks_and_seeds_made_side_by_side_on_one_store_all_arrive()
    {
        var names = Enumerable.Range(0, 12).Select(_ => Guid.CreateVersion7().ToString()).ToArray();
        var seed = NoCloudImage.Build(new Seed("i", "n", [], "52:54:00:00:00:01", IPAddress.Parse("10.0.0.2"), 24, Gateway: null, []));
        try
        {
            await Task.WhenAll(names.Select(async (name, i) =>
            {
                var storage = lab.Hosts[i % lab.Hosts.Count].Storage;
                await storage.CloneAsync(lab.File.Pool, lab.File.Micro.Volume, $"{name}.qcow2", 1L << 30, Stop);
                await storage.UploadAsync(lab.File.Pool, $"{name}-seed.iso", seed, Stop);
            }));

            foreach (var name in names)
            {
                var disk = await lab.Hosts[0].Storage.FindAsync(lab.File.Pool, $"{name}.qcow2", Stop);
                disk!.CapacityBytes.ShouldBe(1L << 30);
            }
        }
        finally
        {
            foreach (var name in names)
            {
                await lab.Hosts[0].Storage.DeleteAsync(lab.File.Pool, $"{name}.qcow2", CancellationToken.None);
                await lab.Hosts[0].Storage.DeleteAsync(lab.File.Pool, $"{name}-seed.iso", CancellationToken.None);
            }
        }
    }

    [Fact]
    public async Task Every_host_sees_what_another_made_replaced_or_deleted_on_the_store()
    {
        var (here, there) = (lab.Hosts[0].Storage, lab.Hosts[1].Storage);
        var (disk, seed) = ($"{Guid.CreateVersion7()}.qcow2", $"{Guid.CreateVersion7()}.iso");
        try
        {
            await here.CloneAsync(lab.File.Pool, lab.File.Micro.Volume, disk, 1L << 30, Stop);
            (await there.FindAsync(lab.File.Pool, disk, Stop))!.CapacityBytes.ShouldBe(1L << 30);
            (await there.ListAsync(lab.File.Pool, Stop)).ShouldContain(disk);
            await here.DeleteAsync(lab.File.Pool, disk, Stop);
            (await there.FindAsync(lab.File.Pool, disk, Stop)).ShouldBeNull();
            await here.CloneAsync(lab.File.Pool, lab.File.Micro.Volume, disk, 2L << 30, Stop);
            (await there.CloneAsync(lab.File.Pool, lab.File.Micro.Volume, disk, 1L << 30, Stop)).CapacityBytes.ShouldBe(2L << 30, "another host's clone is taken as it is");
            await there.DeleteAsync(lab.File.Pool, disk, Stop);
            // This host still believes in the volume, and its file is gone.
            (await here.CloneAsync(lab.File.Pool, lab.File.Micro.Volume, disk, 3L << 30, Stop)).CapacityBytes.ShouldBe(3L << 30);

            await here.UploadAsync(lab.File.Pool, seed, new byte[4096], Stop);
            await there.UploadAsync(lab.File.Pool, seed, new byte[8192], Stop);
            (await here.FindAsync(lab.File.Pool, seed, Stop))!.CapacityBytes.ShouldBe(8192);
        }
        finally
        {
            await there.DeleteAsync(lab.File.Pool, disk, CancellationToken.None);
            await here.DeleteAsync(lab.File.Pool, seed, CancellationToken.None);
        }

        (await here.FindAsync(lab.File.Pool, disk, Stop)).ShouldBeNull();
        (await there.FindAsync(lab.File.Pool, seed, Stop)).ShouldBeNull();
    }

    [Fact]
    public async Task Asking_for_the_same_clone_and_seed_again_changes_nothing()
    {
        var storage = lab.Hosts[0].Storage;
        var name = $"{Guid.CreateVersion7()}.qcow2";
        try
        {
            var first = await storage.CloneAsync(lab.File.Pool, lab.File.Micro.Volume, name, 1L << 30, Stop);

            var second = await lab.Hosts[1].Storage.CloneAsync(lab.File.Pool, lab.File.Micro.Volume, name, 1L << 30, Stop);

            second.Path.ShouldBe(first.Path);
        }
        finally
        {
            await storage.DeleteAsync(lab.File.Pool, name, CancellationToken.None);
        }
    }
}
