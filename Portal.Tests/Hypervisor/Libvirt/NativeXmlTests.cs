using Portal.Hypervisor;
using Portal.Hypervisor.Libvirt;

namespace Portal.Tests.Hypervisor.Libvirt;

public class NativeXmlTests
{
    [Theory]
    [InlineData("<host>")]
    [InlineData("")]
    [InlineData("<!DOCTYPE host [<!ENTITY a \"aaaa\">]><host>&a;</host>")]
    public void What_a_host_sends_and_nobody_can_read_is_that_hosts_failure(string xml)
        => Should.Throw<LibvirtException>(() => NativeXml.Parse(xml)).IsConnectionLost.ShouldBeFalse();

    [Fact]
    public void A_version_that_cannot_be_is_that_hosts_failure()
    {
        NativeText.ToVersion(11_003_000).ShouldBe(new Version(11, 3, 0));
        Should.Throw<LibvirtException>(() => NativeText.ToVersion(ulong.MaxValue));
    }
}
