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

    [Fact]
    public async Task A_copy_ordered_anew_while_its_host_still_makes_the_first_waits_for_it_and_is_whole()
    {
        var (here, there) = (lab.Hosts[0].Storage, lab.Hosts[1].Storage);
        var (disk, copy, back) = ($"{Guid.CreateVersion7()}.qcow2", $"{Guid.CreateVersion7()}.qcow2", $"{Guid.CreateVersion7()}.qcow2");
        var disks = await Disks.OpenAsync(lab);
        try
        {
            await here.CloneAsync(lab.File.Pool, lab.File.Micro.Volume, disk, 1L << 30, Stop);
            await disks.WriteAsync(disk, 0x5a, "64M 900M");
            // Who ordered the first is gone; its host goes on.
            var first = here.CopyAsync(lab.File.Pool, disk, copy, leastBytes: 0, Stop);
            await Wait.UntilAsync("the first copy to be under way", () => here.PeekAsync(lab.File.Pool, copy, Stop), seen => seen is not null);

            var second = here.CopyAsync(lab.File.Pool, disk, copy, leastBytes: 0, Stop);
            (await here.FindAsync(lab.File.Pool, "never-was.qcow2", Stop)).ShouldBeNull("a look at the store waits as well, and finds its way");

            (await second).CapacityBytes.ShouldBe(1L << 30);
            await Task.WhenAny(first);
            (await disks.HoldsAsync(copy, 0x5a)).ShouldBeTrue();

            // A host that did not make it puts it back, into a disk that has to be larger meanwhile.
            await here.DeleteAsync(lab.File.Pool, disk, Stop);
            (await there.CopyAsync(lab.File.Pool, copy, back, 2L << 30, Stop)).CapacityBytes.ShouldBe(2L << 30);
            (await disks.HoldsAsync(back, 0x5a)).ShouldBeTrue();
        }
        finally
        {
            foreach (var volume in (string[])[disk, copy, back])
                await here.DeleteAsync(lab.File.Pool, volume, CancellationToken.None);
        }
    }
}
