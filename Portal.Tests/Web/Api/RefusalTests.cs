using System.Net;
using Portal.Tests.Postgres;

namespace Portal.Tests.Web.Api;

[Collection(ApiCollection.Name)]
public sealed class RefusalTests(ApiPortal portal)
{
    [Fact]
    public async Task A_request_past_the_limit_is_refused_and_says_by_how_much()
    {
        var world = await portal.NewWorldAsync(new WorldPlan(MemoryMib: 300));
        using var member = await portal.CallerAsync(world.Member);
        (await member.PostAsync("requests", world.Draft())).Status.ShouldBe(HttpStatusCode.Created);
        var refused = (await member.PostAsync("requests", world.Draft())).ShouldBeProblem(HttpStatusCode.Conflict, "quota-exceeded");
        refused["detail"].ShouldContain("256 MiB of memory, 212 MiB of memory more than is left");
        refused.Json["errors"]!["flavorId"]![0]!.ToString().ShouldBe(refused["detail"]);
    }

    [Fact]
    public async Task A_name_that_is_taken_is_refused_at_its_field()
    {
        var world = await portal.NewWorldAsync();
        using var member = await portal.CallerAsync(world.Member);
        var made = await member.PostAsync("requests", world.Draft("web"));
        made.Headers.Location!.ToString().ShouldBe($"/api/v1/requests/{made["id"]}");
        (await member.PostAsync("requests", world.Draft("web"))).ShouldBeProblem(HttpStatusCode.Conflict, "name-taken").Json["errors"]!["machineName"].ShouldNotBeNull();
        (await member.PostAsync("requests", world.Draft("Web_1"))).ShouldBeProblem(HttpStatusCode.UnprocessableEntity, "invalid-machinename");
    }

    [Fact]
    public async Task A_half_filled_preview_says_all_that_is_missing()
    {
        var world = await portal.NewWorldAsync();
        using var member = await portal.CallerAsync(world.Member);
        var preview = await member.PostAsync("requests/preview", new { projectId = world.Project.Id });
        preview.Status.ShouldBe(HttpStatusCode.OK, preview.Text);
        preview.Json["refusals"]!.AsArray().Select(r => r!["field"]!.ToString()).ShouldBe(["imageId", "flavorId", "networkId", "machineName", "sshKey"], ignoreOrder: true);
    }

    [Fact]
    public async Task A_history_by_nothing_that_exists_is_not_found_and_leads_to_one_that_does()
    {
        var world = await portal.NewWorldAsync();
        using var member = await portal.CallerAsync(world.Member);
        (await member.GetAsync("migrations/history/7")).ShouldBeProblem(HttpStatusCode.NotFound, "not-found")["advice"].ShouldContain("/api/v1/migrations/history/Mode");
        (await member.GetAsync("migrations/history/Mode")).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Approving_twice_tells_the_second_who_was_first()
    {
        var world = await portal.NewWorldAsync();
        using var member = await portal.CallerAsync(world.Member);
        using var admin = await portal.CallerAsync(world.Admin);
        var id = (await member.PostAsync("requests", world.Draft()))["id"];
        (await member.PostAsync($"approvals/{id}/approve")).ShouldBeProblem(HttpStatusCode.Forbidden, "not-allowed");
        (await admin.PostAsync($"approvals/{id}/approve"))["status"].ShouldBe("Approved");
        (await admin.PostAsync($"approvals/{id}/approve")).ShouldBeProblem(HttpStatusCode.Conflict, "already-decided")["detail"].ShouldContain(world.Admin.Name);
    }

    [Fact]
    public async Task Of_several_decisions_each_has_its_own_answer()
    {
        var world = await portal.NewWorldAsync();
        using var member = await portal.CallerAsync(world.Member);
        using var admin = await portal.CallerAsync(world.Admin);
        var (first, second) = ((await member.PostAsync("requests", world.Draft()))["id"], (await member.PostAsync("requests", world.Draft()))["id"]);
        (await member.PostAsync($"requests/{first}/withdraw"))["status"].ShouldBe("Withdrawn");
        (await admin.PostAsync("approvals/decide", new { requestIds = new[] { first, second }, verdict = "Deny" })).ShouldBeProblem(HttpStatusCode.UnprocessableEntity, "invalid-reason");
        var decided = (await admin.PostAsync("approvals/decide", new { requestIds = new[] { first, second }, verdict = "Deny", reason = "Not now." })).Json["items"]!;
        decided[0]!["refusal"]!["code"]!.ToString().ShouldBe("already-decided");
        decided[1]!["request"]!["status"]!.ToString().ShouldBe("Denied");
    }

    [Fact]
    public async Task Deleting_takes_the_machine_s_name_and_gives_an_operation_to_follow()
    {
        var world = await portal.NewWorldAsync();
        var machine = await world.AddMachineAsync(host: portal.Host);
        using var member = await portal.CallerAsync(world.Member);
        (await member.DeleteAsync($"machines/{machine.Id}")).ShouldBeProblem(HttpStatusCode.UnprocessableEntity, "name-not-confirmed");
        var taken = await member.DeleteAsync($"machines/{machine.Id}?confirmName={machine.Name}");
        taken.Status.ShouldBe(HttpStatusCode.Accepted, taken.Text);
        var operation = await member.GetAsync(taken.Headers.Location!.ToString());
        operation.Json["operation"]!["kind"]!.ToString().ShouldBe("Delete");
    }

    [Fact]
    public async Task A_host_that_does_not_answer_has_no_such_pool_or_names_a_command_is_not_added()
    {
        using var admin = await portal.CallerAsync((await portal.NewWorldAsync()).Admin);
        (await admin.PostAsync("hosts", new { name = "far", uri = "qemu+unix:///system?socket=/nowhere/libvirt-sock", pool = "images" }))
            .ShouldBeProblem(HttpStatusCode.Conflict, "host-test-failed").Json["errors"]!["uri"].ShouldNotBeNull();
        (await admin.PostAsync("hosts", new { name = "driver", uri = "test:///default", pool = "images" }))
            .ShouldBeProblem(HttpStatusCode.Conflict, "host-pool-missing").Json["errors"]!["pool"].ShouldNotBeNull();
        (await admin.PostAsync("hosts/test", new { uri = "test:///default", pool = "images" })).ShouldBeProblem(HttpStatusCode.Conflict, "host-pool-missing");
        (await admin.PostAsync("hosts/test", new { uri = "test:///default" })).Status.ShouldBe(HttpStatusCode.OK);
        (await admin.PostAsync("hosts/test", new { uri = "qemu+ssh://far/system?command=/bin/sh" })).ShouldBeProblem(HttpStatusCode.UnprocessableEntity, "invalid-uri");
    }
}
