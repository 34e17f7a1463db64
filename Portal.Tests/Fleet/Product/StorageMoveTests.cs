using Portal.Domain.Machines;
using Portal.Domain.Migrations;
using Portal.Hypervisor.Hosts;
using Portal.Web.Operations;

namespace Portal.Tests.Fleet.Product;

/// <summary>The whole product where each host keeps its machines' disks to itself.</summary>
[Collection(FleetPortalCollection.Name)]
public sealed class StorageMoveTests(FleetPortal portal) : IAsyncLifetime
{
    private const string Local = "local";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => UsePoolAsync(Local);

    public ValueTask DisposeAsync() => UsePoolAsync(portal.Lab.File.Pool);

    [Fact]
    public async Task Disks_go_with_their_machine_also_when_the_portal_dies_meanwhile_and_the_limit_is_changed_on_the_way()
    {
        var ordered = await portal.OrderAsync(Orders.NewName("local"));
        await portal.EndedAsync(ordered.Operation);
        var home = (await portal.MachineAsync(ordered.Id)).HostName!;
        var away = portal.Others(home)[0];

        var there = await MoveAsync(ordered.Id, away, limit: 2);
        await portal.CopyingAsync(there);
        (await portal.Admin.SendAsync(HttpMethod.Put, $"migrations/{there.Id}/limit", new { maxMibPerSecond = (int?)null })).As<MigrationRow>().Stream!.LimitedBy.ShouldNotBeNull();
        there = await portal.EndedAsync(there);
        there.Status.ShouldBe(MigrationStatus.Moved, there.Message);
        there.Measured!.DiskBytes.ShouldBeGreaterThan(0);
        (await portal.ReadAsync<MigrationDetails>($"migrations/{there.Id}")).Decisions.ShouldContain(decision => decision.Text.EndsWith("set the limit of the stream to none.", StringComparison.Ordinal));
        (await VolumesAsync(home, ordered.Id)).ShouldBe(0);

        var back = await MoveAsync(ordered.Id, home, limit: 6);
        await portal.CopyingAsync(back);
        await portal.KillAsync();
        await portal.StartAsync();
        back = await portal.EndedAsync(back);
        var at = (await portal.MachineAsync(ordered.Id)).HostName!;
        back.Status.ShouldBe(at == home ? MigrationStatus.Moved : MigrationStatus.Stayed, back.Message);
        (await VolumesAsync(at, ordered.Id)).ShouldBe(2);
        (await VolumesAsync(at == home ? away : home, ordered.Id)).ShouldBe(0, back.Message);
        await portal.RemoveAsync(ordered.Id);
    }

    private async Task<MigrationRow> MoveAsync(Guid machine, string to, int limit)
    {
        var host = (await portal.HostsAsync()).Single(host => host.Name == to).Id;
        return (await portal.Admin.PostAsync($"machines/{machine}/migrations", new { mode = MigrationMode.Live, destinationHostId = host, stream = new { maxMibPerSecond = limit } }, key: Guid.NewGuid().ToString())).As<MigrationRow>();
    }

    private async Task<int> VolumesAsync(string host, Guid machine)
    {
        var volumes = await portal.Lab[host].Storage.ListAsync(Local, Stop);
        return MachineFiles.All(machine).Count(volumes.Contains);
    }

    /// <summary>What an admin says of a host when adding it; the portal reads it when it starts.</summary>
    private async ValueTask UsePoolAsync(string pool)
    {
        await portal.StopAsync();
        await portal.ExecuteAsync($"update hosts set pool = '{pool}'");
        await portal.StartAsync();
    }
}
