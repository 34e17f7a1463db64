using System.Net;
using Portal.Domain.Webhooks;

namespace Portal.Tests.Domain.Webhooks;

public class WebhookTargetsTests
{
    [Theory]
    [InlineData("8.8.8.8", true)]
    [InlineData("172.32.0.1", true)]
    [InlineData("2606:4700::1111", true)]
    [InlineData("::ffff:8.8.8.8", true)]
    [InlineData("0.0.0.0", false)]
    [InlineData("127.8.0.1", false)]
    [InlineData("10.255.255.255", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("172.31.255.255", false)]
    [InlineData("192.168.1.1", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("::", false)]
    [InlineData("::1", false)]
    [InlineData("::ffff:192.168.1.1", false)]
    [InlineData("::7f00:1", false)]
    [InlineData("64:ff9b::a00:1", false)]
    [InlineData("2002:a00:1::", false)]
    [InlineData("2001:0:a00:1::", false)]
    [InlineData("fe80::1%2", false)]
    [InlineData("fd00::1", false)]
    [InlineData("ff02::1", false)]
    public void Only_addresses_reachable_from_everywhere_are_allowed(string address, bool allowed) => WebhookTargets.PublicOnly.Allows(IPAddress.Parse(address)).ShouldBe(allowed);

    [Fact]
    public void An_admin_may_allow_a_network_besides()
    {
        var targets = new WebhookTargets([IPNetwork.Parse("10.1.0.0/16")]);
        targets.Allows(IPAddress.Parse("10.1.2.3")).ShouldBeTrue();
        targets.Allows(IPAddress.Parse("::ffff:10.1.2.3")).ShouldBeTrue();
        targets.Allows(IPAddress.Parse("10.2.2.3")).ShouldBeFalse();
    }
}
