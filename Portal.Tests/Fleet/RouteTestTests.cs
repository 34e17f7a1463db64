using System.Net;
using Portal.Hypervisor.Hosts;

namespace Portal.Tests.Fleet;

/// <summary>An address for moves is tried between the two hosts, not believed.</summary>
[Collection(LabCollection.Name)]
public class RouteTestTests(LabFixture lab)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Hosts_reach_each_other_at_the_address_one_has_and_at_no_other()
    {
        var (here, there) = (lab.Hosts[0], lab.Hosts[1]);
        var address = IPAddress.Parse(lab.File.Hosts[1].Address);

        (await RouteTest.TryAsync(there, here, address, Stop)).ShouldBeNull();
        (await RouteTest.TryAsync(there, null, address, Stop)).ShouldBeNull();
        (await RouteTest.TryAsync(there, here, IPAddress.Parse(lab.File.Hosts[0].Address), Stop))!.ShouldContain($"{there.Endpoint.Name} does not listen at {lab.File.Hosts[0].Address}");
    }
}
