using System.Net;
using Portal.Domain.Affinity;
using Portal.Domain.Balance;
using Portal.Domain.Migrations;
using Portal.Web.Balance;

namespace Portal.Tests.Fleet.Product;

/// <summary>Affinity and balance on real hosts.</summary>
[Collection(FleetPortalCollection.Name)]
public sealed class BalanceTests(FleetPortal portal)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_rule_that_is_broken_is_mended_by_a_recommended_move_whose_receipt_says_why_and_hosts_are_measured()
    {
        var pair = await portal.RunningAsync(2);
        var host = pair[0].HostName!;
        if (pair[1].HostName != host)
            (await portal.EndedAsync(await portal.MoveAsync(pair[1].Id, host))).Status.ShouldBe(MigrationStatus.Moved);
        var rule = (await portal.Admin.PostAsync("affinity-rules", new AffinityDraft("pair", AffinityKind.Apart, AffinityStrength.Must, pair[0].ProjectId, [pair[0].Id, pair[1].Id]))).As<AffinityRuleView>();
        rule.IsKept.ShouldBeFalse();
        var worth = (await portal.ReadAsync<BalanceView>("balance")).Recommendations.First(r => pair.Any(m => m.Id == r.MachineId));
        var before = await GuestCounter.ReadAsync(IPAddress.Parse(pair.Single(m => m.Id == worth.MachineId).Address), Stop);
        var counted = (await portal.Lab[host].GetCountersAsync(Stop)).ShouldNotBeNull();

        var answer = (await portal.Admin.PostAsync("balance/moves", new BalanceBody([new(worth.MachineId, worth.ToHostId)]))).As<BalanceAnswer[]>().ShouldHaveSingleItem();
        answer.MigrationId.ShouldNotBeNull(answer.Message);
        var moved = await portal.EndedAsync((await portal.ReadAsync<MigrationDetails>($"migrations/{answer.MigrationId}")).Migration);

        moved.ShouldSatisfyAllConditions(m => m.Status.ShouldBe(MigrationStatus.Moved, m.Message), m => m.Reason.ShouldBe("Balance: the rule “pair” keeps it apart from a machine there"));
        (await portal.ReadAsync<AffinityRuleView>($"affinity-rules/{rule.Id}")).IsKept.ShouldBeTrue();
        ((int)(await portal.TryMoveAsync(worth.MachineId, host)).Status).ShouldBe((int)HttpStatusCode.Conflict, "nothing is brought beside what it must be apart from");
        var after = await GuestCounter.ReadAsync(IPAddress.Parse(pair.Single(m => m.Id == worth.MachineId).Address), Stop);
        after.ShouldSatisfyAllConditions(a => a.Boot.ShouldBe(before.Boot), a => a.Count.ShouldBeGreaterThan(before.Count));
        // The host's processors and the guest that stayed have worked meanwhile.
        var then = (await portal.Lab[host].GetCountersAsync(Stop)).ShouldNotBeNull();
        then.BusyNs.ShouldBeGreaterThan(counted.BusyNs);
        then.MemoryUsedMib.ShouldBeInRange(1, then.MemoryMib - 1);
        var stayed = pair.Single(m => m.Id != worth.MachineId).Id;
        then.MachineNs[stayed].ShouldBeGreaterThan(counted.MachineNs[stayed]);
        (await portal.Admin.DeleteAsync($"affinity-rules/{rule.Id}")).Status.ShouldBe(HttpStatusCode.NoContent);
    }
}
