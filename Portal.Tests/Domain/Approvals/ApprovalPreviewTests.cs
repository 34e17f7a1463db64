using Portal.Domain.Approvals;
using Portal.Domain.Projects;
using Portal.Domain.Requests;
using Portal.Tests.Postgres;

namespace Portal.Tests.Domain.Approvals;

/// <summary>Alone in its database, because every host in it counts.</summary>
public sealed class ApprovalPreviewTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_tells_quota_as_used_waiting_this_left_and_each_host_now_after_and_if_all_were_approved()
    {
        var world = await postgres.NewWorldAsync(new WorldPlan(Machines: 10, HostMemoryMib: 4096));
        await world.AddMachineAsync(host: world.Hosts[0]);
        var requests = postgres.Get<RequestService>();
        var denied = (await requests.SubmitAsync(world.Member, world.Draft(), "0", Ct)).Value;
        var first = (await requests.SubmitAsync(world.Member, world.Draft(), "1", Ct)).Value;
        await requests.SubmitAsync(world.Member, world.Draft(), "2", Ct);
        await requests.SubmitAsync(world.Member, world.Draft(), "3", Ct);
        var approvals = postgres.Get<ApprovalService>();
        await approvals.DenyAsync(world.Admin, [denied.Id], "Not now", Ct);

        var preview = (await approvals.PreviewAsync(world.Admin, first.Id, Ct)).Value;

        var memory = preview.Quota.Single(q => q.Resource == QuotaResource.MemoryMib);
        (memory.Used, memory.Waiting, memory.This, memory.Left).ShouldBe((256, 512, 256, 100_000 - 1024));
        var (full, free) = (preview.Hosts.Single(h => h.Now.Id == world.Hosts[0].Id), preview.Hosts.Single(h => h.Now.Id == world.Hosts[1].Id));
        free.Chosen.ShouldBeTrue();
        full.Chosen.ShouldBeFalse();
        (free.Now.MemoryTakenMib, free.After.MemoryTakenMib).ShouldBe((0, 256));
        (full.Now.MemoryTakenMib, full.After.MemoryTakenMib).ShouldBe((256, 256));
        (full.IfAll.MemoryTakenMib + free.IfAll.MemoryTakenMib).ShouldBe(4 * 256);
        preview.UnplacedIfAll.ShouldBe(0);
        preview.Similar.ShouldHaveSingleItem().DecisionReason.ShouldBe("Not now");
        preview.Problems.ShouldBeEmpty();
    }
}
