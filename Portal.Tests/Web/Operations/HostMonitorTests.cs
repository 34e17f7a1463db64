using Portal.Hypervisor.Hosts;
using Portal.Web.Operations;

namespace Portal.Tests.Web.Operations;

public class HostMonitorTests
{
    [Theory]
    [InlineData(HostLinkState.Connected, null, true)]
    [InlineData(HostLinkState.Connected, HostLinkState.Unreachable, true)]
    [InlineData(HostLinkState.Connected, HostLinkState.Connected, false)]
    [InlineData(HostLinkState.Unreachable, null, true)]
    [InlineData(HostLinkState.Unreachable, HostLinkState.Connected, true)]
    [InlineData(HostLinkState.Unreachable, HostLinkState.Unreachable, false)]
    [InlineData(HostLinkState.Connecting, null, false)]
    public void The_books_are_told_of_a_link_they_do_not_have_yet(HostLinkState link, HostLinkState? booked, bool mustTell)
        => HostMonitor.MustTell(link, booked).ShouldBe(mustTell);
}
