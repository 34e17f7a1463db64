using Portal.Hypervisor;
using Portal.Hypervisor.Hosts;
using Portal.Hypervisor.Storage;

namespace Portal.Tests.Hypervisor.Storage;

public class HostStorageTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_pool_is_found_by_name_and_an_unknown_one_is_not()
    {
        await using var host = await TestHost.ConnectAsync();

        var pool = await host.Storage.FindPoolAsync(TestHost.Pool, Stop);

        pool!.Active.ShouldBeTrue();
        pool.Path.ShouldBe("/default-pool");
        (await host.Storage.FindPoolAsync("nowhere", Stop)).ShouldBeNull();
    }

    [Fact]
    public async Task Storage_that_takes_minutes_holds_up_nothing_else_and_waits_for_nothing_else()
    {
        using var gate = new ManualResetEventSlim();
        await using var host = await TestHost.ConnectAsync(new HostConnectionOptions { LaneThreads = 1 });
        var busy = host.CallAsync(_ => { gate.Wait(); return true; }, Stop);
        try
        {
            (await host.Storage.FindPoolAsync(TestHost.Pool, Stop)).ShouldNotBeNull();
            (await host.Storage.ListAsync(TestHost.Pool, Stop)).ShouldNotBeNull();
            (await host.Storage.FindAsync(TestHost.Pool, "never-was.qcow2", Stop)).ShouldBeNull();
            await host.Storage.DeleteAsync(TestHost.Pool, "never-was.qcow2", Stop);
            busy.IsCompleted.ShouldBeFalse();
        }
        finally
        {
            gate.Set();
        }

        (await busy).ShouldBeTrue();
    }

    [Fact]
    public async Task Deleting_a_volume_that_is_not_there_is_fine()
    {
        await using var host = await TestHost.ConnectAsync();

        await host.Storage.DeleteAsync(TestHost.Pool, "never-was.qcow2", Stop);

        (await host.Storage.FindAsync(TestHost.Pool, "never-was.qcow2", Stop)).ShouldBeNull();
    }

    [Fact]
    public async Task A_pool_that_is_not_there_has_no_volumes()
    {
        await using var host = await TestHost.ConnectAsync();

        (await host.Storage.ListAsync(TestHost.Pool, Stop)).ShouldNotBeNull();
        (await host.Storage.ListAsync("nowhere", Stop)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Cloning_an_image_that_is_gone_names_it()
    {
        await using var host = await TestHost.ConnectAsync();

        var error = await Should.ThrowAsync<LibvirtException>(
            () => host.Storage.CloneAsync(TestHost.Pool, "gone.qcow2", "disk.qcow2", 1 << 30, Stop));

        error.Code.ShouldBe(LibvirtErrorCode.NoStorageVolume);
        error.Message.ShouldBe("Image gone.qcow2 is not in pool default-pool.");
    }

    [Fact]
    public void An_overlay_writes_its_backing_format_down()
    {
        var xml = VolumeXml.Overlay("a.qcow2", 1024, "/images/base.qcow2", "qcow2");

        xml.Element("backingStore")!.Element("format")!.Attribute("type")!.Value.ShouldBe("qcow2");
        xml.Element("target")!.Element("format")!.Attribute("type")!.Value.ShouldBe("qcow2");
    }

    [Fact]
    public void A_copy_grows_from_the_image_its_original_grew_from()
    {
        var xml = VolumeXml.Copy("b.qcow2", VolumeXml.Overlay("a.qcow2", 1024, "/images/base.img", "raw"));

        xml.Element("name")!.Value.ShouldBe("b.qcow2");
        xml.Element("capacity")!.Value.ShouldBe("1024");
        xml.Element("backingStore")!.Element("path")!.Value.ShouldBe("/images/base.img");
        xml.Element("backingStore")!.Element("format")!.Attribute("type")!.Value.ShouldBe("raw");
        VolumeXml.Copy("c.qcow2", VolumeXml.Raw("a.img", 1024)).Element("backingStore").ShouldBeNull();
    }

    [Fact]
    public async Task Copying_a_volume_that_is_gone_names_it()
    {
        await using var host = await TestHost.ConnectAsync();

        var error = await Should.ThrowAsync<LibvirtException>(() => host.Storage.CopyAsync(TestHost.Pool, "gone.qcow2", "copy.qcow2", 0, Stop));

        error.Message.ShouldBe("gone.qcow2 is not in pool default-pool.");
    }
}
