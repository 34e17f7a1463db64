using Portal.Hypervisor;
using Portal.Hypervisor.Hosts;
using Portal.Hypervisor.Machines;

namespace Portal.Tests.Hypervisor.Machines;

public class HostMachinesTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_machine_is_defined_started_paused_resumed_shut_down_destroyed_and_removed_and_each_step_may_be_repeated()
    {
        await using var host = await TestHost.ConnectAsync();
        var definition = TestHost.Machine("life");
        var id = definition.Uuid;

        await TwiceAsync(() => host.Machines.DefineAsync(definition, Stop));
        (await host.Machines.FindAsync(id, Stop)).ShouldBe(new MachineStatus(id, definition.Name, PowerState.Off, "", 1, 96));
        await TwiceAsync(() => host.Machines.StartAsync(id, Stop));
        (await StateAsync(host, id)).ShouldBe(PowerState.Running);
        await TwiceAsync(() => host.Machines.SuspendAsync(id, Stop));
        (await StateAsync(host, id)).ShouldBe(PowerState.Paused);
        await TwiceAsync(() => host.Machines.ResumeAsync(id, Stop));
        (await StateAsync(host, id)).ShouldBe(PowerState.Running);
        await TwiceAsync(() => host.Machines.ShutDownAsync(id, Stop));
        (await StateAsync(host, id)).ShouldBe(PowerState.Off);
        await TwiceAsync(() => host.Machines.StartAsync(id, Stop));
        await TwiceAsync(() => host.Machines.DestroyAsync(id, Stop));
        (await StateAsync(host, id)).ShouldBe(PowerState.Off);
        await TwiceAsync(() => host.Machines.UndefineAsync(id, Stop));
        (await host.Machines.FindAsync(id, Stop)).ShouldBeNull();
    }

    [Fact]
    public async Task Every_machine_is_listed()
    {
        await using var host = await TestHost.ConnectAsync();
        var definition = TestHost.Machine("list");
        await host.Machines.DefineAsync(definition, Stop);

        var machines = await host.Machines.ListAsync(Stop);

        machines.ShouldContain(m => m.Uuid == definition.Uuid && m.State == PowerState.Off);
        machines.ShouldContain(m => m.Name == "test" && m.State == PowerState.Running);
        await host.Machines.UndefineAsync(definition.Uuid, Stop);
    }

    [Fact]
    public async Task Watchers_hear_a_machine_start_and_stop()
    {
        await using var host = await TestHost.ConnectAsync();
        var definition = TestHost.Machine("watch");
        await host.Machines.DefineAsync(definition, Stop);
        var first = host.WatchAsync(Stop);
        var second = host.WatchAsync(Stop);

        await host.Machines.StartAsync(definition.Uuid, Stop);
        await host.Machines.DestroyAsync(definition.Uuid, Stop);

        foreach (var watcher in new[] { first, second })
        {
            (await watcher.FirstAsync<MachineChanged>(e => e.Machine == definition.Uuid)).State.ShouldBe(PowerState.Running);
        }

        await host.Machines.UndefineAsync(definition.Uuid, Stop);
    }

    [Fact]
    public async Task Starting_a_machine_the_host_does_not_know_is_refused()
    {
        await using var host = await TestHost.ConnectAsync();

        var error = await Should.ThrowAsync<LibvirtException>(() => host.Machines.StartAsync(Guid.CreateVersion7(), Stop));

        error.Code.ShouldBe(LibvirtErrorCode.NoDomain);
        error.IsConnectionLost.ShouldBeFalse();
    }

    private static async Task<PowerState?> StateAsync(HostConnection host, Guid id) => (await host.Machines.FindAsync(id, Stop))?.State;

    private static async Task TwiceAsync(Func<Task> act)
    {
        await act();
        await act();
    }
}
