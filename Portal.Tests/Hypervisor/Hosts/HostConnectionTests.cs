using Portal.Hypervisor;
using Portal.Hypervisor.Hosts;

namespace Portal.Tests.Hypervisor.Hosts;

public class HostConnectionTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public void The_client_library_is_found_and_says_its_version()
    {
        var availability = LibvirtLibrary.Probe();

        availability.Missing.ShouldBeNull();
        availability.Client!.Major.ShouldBeGreaterThanOrEqualTo(9);
    }

    [Fact]
    public async Task A_host_says_what_it_is_and_what_it_cannot_do()
    {
        await using var host = await TestHost.ConnectAsync();

        var facts = await host.GetFactsAsync(Stop);

        facts.Driver.ShouldBe("TEST");
        facts.Cpus.ShouldBe(16);
        facts.Accelerator.ShouldBe(Accelerator.None);
        facts.Can(CapabilityNames.Lifecycle).Available.ShouldBeTrue();
        facts.Can(CapabilityNames.LiveMigration).Available.ShouldBeFalse();
        facts.Can(CapabilityNames.LiveMigration).Reason.ShouldBe("The TEST driver has no real guests to move.");
    }

    [Theory]
    [InlineData("qemu+tcp://127.0.0.1:1/system", "Start the libvirt daemon on that host")]
    [InlineData("qemu+tls://hvx.invalid/system?pkipath=/nowhere", "hvx.invalid was not tried yet: give the portal's certificates in that place or name their directory in the URI (?pkipath=DIRECTORY), and check that the host name is right.")]
    [InlineData("nonsense", "That is not a URI; use one such as qemu+tls://HOST/system.")]
    [InlineData("qemu+unix:///system?socket=/nowhere", "No such file or directory")]
    public async Task Testing_a_wrong_uri_says_what_is_wrong(string uri, string expected)
    {
        var error = await Should.ThrowAsync<LibvirtException>(() => HostConnection.TestAsync(uri, pool: null, Stop));

        error.Message.ShouldContain(expected);
        error.IsConnectionLost.ShouldBeTrue();
    }

    [Fact]
    public async Task A_host_that_refuses_is_unreachable_with_a_reason_and_its_calls_fail_at_once()
    {
        await using var host = new HostConnection(new HostEndpoint(Guid.CreateVersion7(), "hv9", "qemu+tcp://127.0.0.1:1/system", Address: null));

        var link = await host.ConnectAsync(Stop);

        link.State.ShouldBe(HostLinkState.Unreachable);
        link.Reason!.ShouldStartWith("hv9 cannot be reached");
        var error = await Should.ThrowAsync<LibvirtException>(() => host.Machines.ListAsync(Stop));
        error.IsConnectionLost.ShouldBeTrue();
        error.Message.ShouldContain("hv9");
    }

    [Fact]
    public async Task Watching_ends_when_the_connection_is_disposed()
    {
        var host = await TestHost.ConnectAsync();
        var events = host.WatchAsync(Stop);

        await host.DisposeAsync();

        await foreach (var _ in events)
        {
        }
    }

    [Theory]
    [InlineData("qemu+tls://10.0.0.5/system?pkipath=/etc/pki/portal", null, "10.0.0.5")]
    [InlineData("qemu+tls://hv1/system", "10.0.0.5", "10.0.0.5")]
    [InlineData("qemu:///system", null, null)]
    public void Memory_is_sent_to_the_address_or_else_to_the_host_of_the_uri(string uri, string? address, string? expected)
        => new HostEndpoint(Guid.Empty, "hv1", uri, address).MigrationAddress.ShouldBe(expected);
}
