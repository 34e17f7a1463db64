using System.Net;
using Portal.Domain.Evacuations;
using Portal.Domain.Hosts;
using Portal.Domain.Migrations;
using Portal.Tests.Web.Api;

namespace Portal.Tests.Fleet.Product;

/// <summary>Two people want the same at the same moment: one of them has it, and the other is told.</summary>
[Collection(FleetPortalCollection.Name)]
public sealed class AtOnceTests(FleetPortal portal)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_machine_moved_and_a_host_emptied_by_many_at_once_are_so_once()
    {
        await portal.KeepAsync(1);
        var machine = (await portal.RunningAsync(1))[0];
        var before = await GuestCounter.ReadAsync(IPAddress.Parse(machine.Address), Stop);
        var others = portal.Others(machine.HostName);

        var orders = await Task.WhenAll(Enumerable.Range(0, 8).Select(n => portal.TryMoveAsync(machine.Id, others[n % 2])));

        var move = Only(orders, "machine-busy").As<MigrationRow>();
        var ended = await portal.EndedAsync(move);
        ended.Status.ShouldBe(MigrationStatus.Moved, ended.Message);
        var host = (await portal.HostsAsync()).Single(h => h.Name == move.DestinationName);

        var calls = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => portal.Admin.PostAsync($"hosts/{host.Id}/maintenance", new { }, key: Guid.NewGuid().ToString())));

        var evacuation = Only(calls, "evacuation-under-way").As<EvacuationDetails>().Evacuation;
        var emptied = await Wait.UntilAsync("the evacuation to end", () => portal.ReadAsync<EvacuationDetails>($"evacuations/{evacuation.Id}"), seen => !seen.Evacuation.IsActive, TimeSpan.FromMinutes(2));
        emptied.Evacuation.Status.ShouldBe(EvacuationStatus.Done);
        emptied.Items.ShouldHaveSingleItem().Tries.ShouldBe(1);
        (await portal.Admin.PostAsync($"hosts/{host.Id}/service", new { })).As<BackInService>();
        await portal.AgreeAsync();
        (await GuestCounter.UntilAsync(IPAddress.Parse(machine.Address), reading => reading.Count > before.Count, Stop)).Boot.ShouldBe(before.Boot);
    }

    /// <summary>The one answer that took the call; every other one was refused by that rule.</summary>
    private static ApiReply Only(ApiReply[] replies, string rule)
    {
        foreach (var refused in replies.Where(reply => (int)reply.Status >= 300))
            refused.ShouldBeProblem(HttpStatusCode.Conflict, rule);
        return replies.Where(reply => (int)reply.Status < 300).ShouldHaveSingleItem();
    }
}
