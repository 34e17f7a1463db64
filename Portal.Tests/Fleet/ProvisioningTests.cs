using Portal.Hypervisor.Hosts;
using Portal.Hypervisor.Machines;

namespace Portal.Tests.Fleet;

[Collection(LabCollection.Name)]
public class ProvisioningTests(LabFixture lab)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_host_says_what_it_is_and_that_it_can_move_machines()
    {
        var facts = await Task.WhenAll(lab.Hosts.Select(host => host.GetFactsAsync(Stop)));

        facts.Select(f => f.Uuid).Distinct().Count().ShouldBe(lab.Hosts.Count);
        foreach (var host in facts)
        {
            host.Driver.ShouldBe("QEMU");
            host.MemoryMib.ShouldBeGreaterThan(host.FreeMemoryMib);
            host.FreeMemoryMib.ShouldBeGreaterThan(0);
            // What libvirt's own release notes say of some versions is no fault of the lab.
            host.Capabilities.ShouldAllBe(c => c.Available || (c.Name == "post-copy-recovery" && c.Reason!.Contains("libvirt", StringComparison.Ordinal)));
        }
    }

    [Fact]
    public async Task A_provisioned_machine_answers_knows_its_name_and_can_be_reset_and_shut_down()
    {
        var host = lab.Hosts[0];
        var events = host.WatchAsync(Stop);
        await using var machine = await LabMachine.StartAsync(lab, host);
        var before = await machine.ReadCounterAsync();

        await host.Machines.ResetAsync(machine.Id, Stop);
        await machine.UntilAsync(reading => reading.Boot != before.Boot);
        await ShutDownAsync(host, machine.Id, events);

        (await host.Machines.FindAsync(machine.Id, Stop))!.State.ShouldBe(PowerState.Off);
    }

    /// <summary>
    /// A guest that only just answers does not heed its power button yet: the counter is up before the handler of the button. So it is
    /// asked until it is off, as the portal does.
    /// </summary>
    private static async Task ShutDownAsync(HostConnection host, Guid machine, IAsyncEnumerable<HostEvent> events)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var asking = AskAsync();
        await Wait.ForAsync("the guest to switch off", events, e => e is MachineChanged { State: PowerState.Off } off && off.Machine == machine);
        await over.CancelAsync();
        await asking;

        async Task AskAsync()
        {
            using var again = new PeriodicTimer(TimeSpan.FromSeconds(2));
            try
            {
                do
                    await host.Machines.ShutDownAsync(machine, over.Token);
                while (await again.WaitForNextTickAsync(over.Token));
            }
            catch (OperationCanceledException)
            {
                // It is off.
            }
        }
    }
}
