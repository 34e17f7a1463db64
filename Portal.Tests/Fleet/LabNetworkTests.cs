namespace Portal.Tests.Fleet;

/// <summary>The network that hosts of the lab share.</summary>
[Collection(LabCollection.Name)]
public class LabNetworkTests(LabFixture lab)
{
    /// <summary>Two hosts had the same address while a guest moved between them, and their daemons lost each other.</summary>
    [Fact]
    public async Task A_hosts_bridge_never_takes_the_address_of_a_guests_port()
    {
        var own = await lab.BridgeAddressAsync("hv1");

        await using (await lab.AddPortAsync("hv1", "00:00:00:00:00:01"))
            (await lab.BridgeAddressAsync("hv1")).ShouldBe(own);
    }
}
