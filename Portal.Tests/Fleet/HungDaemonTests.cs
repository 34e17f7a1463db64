using Portal.Hypervisor;
using Portal.Hypervisor.Hosts;

namespace Portal.Tests.Fleet;

[Collection(LabCollection.Name)]
public class HungDaemonTests(LabFixture lab)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_hung_daemon_fails_its_own_calls_by_their_deadline_slows_nobody_else_and_is_found_again()
    {
        await using var host = lab.Connection("hv3", new HostConnectionOptions
        {
            CallDeadline = TimeSpan.FromSeconds(5),
            ConnectDeadline = TimeSpan.FromSeconds(2),
            ReconnectLimit = TimeSpan.FromSeconds(1),
        });
        await host.ConnectAsync(Stop);
        var links = host.WatchAsync(Stop);
        await using (await lab.FreezeDaemonAsync("hv3"))
        {
            var hung = Enumerable.Range(0, 5).Select(_ => host.Machines.ListAsync(Stop)).ToArray();

            for (var i = 0; i < 5; i++)
                await lab["hv1"].GetFactsAsync(Stop);
            hung.ShouldAllBe(call => !call.IsCompleted, "The healthy host must not wait for the hung one.");
            foreach (var call in hung)
            {
                var error = await Should.ThrowAsync<LibvirtException>(() => call);
                error.IsConnectionLost.ShouldBeTrue();
                error.Message.ShouldContain("hv3");
            }

            var lost = await Wait.ForAsync("the link to be lost", links, e => e is LinkChanged { Link.State: HostLinkState.Unreachable });
            ((LinkChanged)lost).Link.Reason!.ShouldContain("did not answer within 5 s");
        }

        await Wait.UntilAsync("the link to be back", () => Task.FromResult(host.Link), link => link.State == HostLinkState.Connected);
        (await host.GetFactsAsync(Stop)).Driver.ShouldBe("QEMU");
    }
}
