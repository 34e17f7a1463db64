using System.Net;
using System.Net.Sockets;
using Portal.Hypervisor;
using Portal.Hypervisor.Hosts;

namespace Portal.Tests.Hypervisor.Hosts;

/// <summary>A host that accepts connections and then says nothing, as a stopped daemon does.</summary>
public sealed class HungHostTests : IDisposable
{
    private readonly TcpListener _silent = new(IPAddress.Loopback, 0);

    public HungHostTests() => _silent.Start();

    public void Dispose() => _silent.Dispose();

    [Fact]
    public async Task A_host_that_hangs_is_unreachable_after_its_deadline_and_slows_no_other()
    {
        var stop = TestContext.Current.CancellationToken;
        var uri = $"qemu+tcp://127.0.0.1:{((IPEndPoint)_silent.LocalEndpoint).Port}/system";
        var options = new HostConnectionOptions { ConnectDeadline = TimeSpan.FromSeconds(1) };
        await using var hung = new HostConnection(new HostEndpoint(Guid.CreateVersion7(), "hv-hung", uri, Address: null), options);
        var connecting = hung.ConnectAsync(stop);
        await using var healthy = await TestHost.ConnectAsync();

        (await healthy.GetFactsAsync(stop)).Driver.ShouldBe("TEST");
        var link = await connecting;

        link.State.ShouldBe(HostLinkState.Unreachable);
        link.Reason!.ShouldContain("hv-hung does not answer");
        link.Reason!.ShouldContain("restart the libvirt daemon");
    }
}
