using System.Net;
using Portal.Tests.Postgres;

namespace Portal.Tests.Web.Api;

/// <summary>Rules, dry run, delegations and trends over HTTP.</summary>
[Collection(ApiCollection.Name)]
public sealed class PolicyRouteTests(ApiPortal portal)
{
    [Fact]
    public async Task A_rule_is_added_tried_changed_moved_switched_and_deleted()
    {
        var world = await portal.NewWorldAsync();
        using var admin = await portal.CallerAsync(world.Admin);
        var name = $"Rule {Guid.NewGuid():n}";
        var added = await admin.PostAsync("policy/rules", new { name, when = new { projects = new[] { world.Project.Id } }, then = new { outcome = "Refuse", reason = "Not here.", levels = Array.Empty<object>() } });
        added.Status.ShouldBe(HttpStatusCode.Created, added.Text);
        var id = added["id"];

        var tried = await admin.PostAsync("policy/preview", new { projectId = world.Project.Id, userId = world.Member.UserId, kind = "Create", flavorId = world.Flavor.Id });
        tried.Json["decision"]!["ruleName"]!.ToString().ShouldBe(name);
        tried.Json["decision"]!["outcome"]!.ToString().ShouldBe("Refuse");
        using var member = await portal.CallerAsync(world.Member);
        (await member.PostAsync("requests", new { projectId = world.Project.Id, machineName = "web-01", imageId = world.Image.Id, flavorId = world.Flavor.Id, networkId = world.Network.Id, sshKey = World.SshKey }, "one"))
            .ShouldBeProblem(HttpStatusCode.Conflict, "refused-by-policy")["detail"].ShouldContain("Not here.");

        var off = await admin.PostAsync($"policy/rules/{id}/switch", new { version = added.Json["version"]!.GetValue<uint>(), enabled = false });
        off.Status.ShouldBe(HttpStatusCode.OK, off.Text);
        (await admin.PostAsync($"policy/rules/{id}/move", new { version = added.Json["version"]!.GetValue<uint>(), number = 1 })).ShouldBeProblem(HttpStatusCode.Conflict, "changed-meanwhile");
        (await admin.DeleteAsync($"policy/rules/{id}?version={off["version"]}")).Status.ShouldBe(HttpStatusCode.NoContent);
        (await admin.DeleteAsync($"policy/rules/{id}?version={off["version"]}")).ShouldBeProblem(HttpStatusCode.NotFound, "not-found");
        (await member.GetAsync("policy")).ShouldBeProblem(HttpStatusCode.Forbidden, "not-allowed");
    }

    [Fact]
    public async Task A_delegation_is_made_listed_and_ended()
    {
        var world = await portal.NewWorldAsync();
        using var owner = await portal.CallerAsync(world.Owner);
        var made = await owner.PostAsync("delegations", new { toUserId = world.Member.UserId, beginsAt = DateTimeOffset.UtcNow, endsAt = DateTimeOffset.UtcNow.AddDays(3) });
        made.Status.ShouldBe(HttpStatusCode.Created, made.Text);

        (await owner.GetAsync("delegations")).Json["items"]![0]!["toName"]!.ToString().ShouldBe(world.Member.Name);
        (await owner.PostAsync("delegations", new { toUserId = world.Owner.UserId, beginsAt = DateTimeOffset.UtcNow, endsAt = DateTimeOffset.UtcNow.AddDays(3) })).ShouldBeProblem(HttpStatusCode.Conflict, "cannot-delegate");
        (await owner.DeleteAsync($"delegations/{made["id"]}")).Status.ShouldBe(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task Facts_and_trends_are_read_and_trends_are_not_for_members()
    {
        var world = await portal.NewWorldAsync();
        using var admin = await portal.CallerAsync(world.Admin);
        using var member = await portal.CallerAsync(world.Member);

        (await admin.GetAsync("approvals/facts")).Status.ShouldBe(HttpStatusCode.OK);
        (await admin.GetAsync("approvals/trends?weeks=4")).Json["weeks"]!.AsArray().Count.ShouldBe(4);
        (await member.GetAsync("approvals/trends")).ShouldBeProblem(HttpStatusCode.Forbidden, "not-allowed");
        (await admin.GetAsync("approvals?kind=Nonsense")).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid-parameter");
    }
}
