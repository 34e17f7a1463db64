using System.Net;

namespace Portal.Tests.Web.Api;

[Collection(ApiCollection.Name)]
public sealed class ProjectsApiTests(ApiPortal portal)
{
    [Fact]
    public async Task A_project_is_made_peopled_renamed_archived_and_brought_back()
    {
        var world = await portal.NewWorldAsync();
        using var admin = await portal.CallerAsync(world.Admin);
        using var stranger = await portal.CallerAsync(world.Stranger);
        var name = $"P{Guid.NewGuid():n}"[..12];

        var made = await admin.PostAsync("projects", new { name, limits = new { machines = 3, vcpus = 6 }, ownerId = world.Stranger.UserId });
        made.Status.ShouldBe(HttpStatusCode.Created, made.Text);
        var path = made.Headers.Location!.ToString();
        var project = made.Json["project"]!;
        (await stranger.GetAsync(path))["mayManage"].ShouldBe("true");

        var added = await stranger.PostAsync($"{path}/members", new { userId = world.Viewer.UserId, role = "Viewer" });
        added.Status.ShouldBe(HttpStatusCode.Created, added.Text);
        var promoted = await stranger.PostAsync($"{path}/members/{world.Viewer.UserId}/role", new { role = "Owner", version = added.Json["version"]!.GetValue<uint>() });
        promoted["role"].ShouldBe("Owner", promoted.Text);
        (await stranger.PostAsync($"{path}/members/{world.Viewer.UserId}/role", new { role = "Viewer", version = added.Json["version"]!.GetValue<uint>() })).ShouldBeProblem(HttpStatusCode.Conflict, "changed-meanwhile");
        (await stranger.DeleteAsync($"{path}/members/{world.Viewer.UserId}?version={promoted["version"]}"))["name"].ShouldBe(world.Viewer.Name);
        (await stranger.GetAsync($"{path}/members")).Json["total"]!.GetValue<int>().ShouldBe(1);

        var renamed = await stranger.PostAsync($"{path}/rename", new { name = name + " two", version = project["version"]!.GetValue<uint>() });
        renamed.Status.ShouldBe(HttpStatusCode.OK, renamed.Text);
        var version = renamed.Json["project"]!["version"]!.GetValue<uint>();
        (await stranger.PostAsync($"{path}/archive", new { version })).ShouldBeProblem(HttpStatusCode.Forbidden, "not-allowed");
        version = (await admin.PostAsync($"{path}/archive", new { version })).Json["project"]!["version"]!.GetValue<uint>();
        (await admin.GetAsync($"projects?search={name}")).Json["total"]!.GetValue<int>().ShouldBe(0);
        (await admin.GetAsync($"projects?search={name}&state=archived")).Json["total"]!.GetValue<int>().ShouldBe(1);
        (await admin.PostAsync($"{path}/reopen", new { version })).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Whoever_may_not_see_a_project_gets_the_answer_of_one_that_is_not_there()
    {
        var world = await portal.NewWorldAsync();
        using var stranger = await portal.CallerAsync(world.Stranger);

        foreach (var path in (string[])[$"projects/{world.Project.Id}", $"projects/{world.Project.Id}/members"])
            (await stranger.GetAsync(path)).ShouldBeProblem(HttpStatusCode.NotFound, "not-found");
        (await stranger.PostAsync($"projects/{world.Project.Id}/members", new { userId = world.Stranger.UserId, role = "Owner" })).ShouldBeProblem(HttpStatusCode.NotFound, "not-found");
        (await stranger.PostAsync($"projects/{world.Project.Id}/rename", new { name = "mine", version = 0 })).ShouldBeProblem(HttpStatusCode.NotFound, "not-found");
    }

    [Fact]
    public async Task People_are_an_admin_s_to_list_and_a_role_that_does_not_exist_takes_nothing_away()
    {
        var world = await portal.NewWorldAsync();
        using var admin = await portal.CallerAsync(world.Admin);
        using var owner = await portal.CallerAsync(world.Owner);

        (await owner.GetAsync("people")).ShouldBeProblem(HttpStatusCode.Forbidden, "not-allowed");
        (await admin.GetAsync($"people?search={world.Member.Name}")).Json["items"]!.AsArray().ShouldHaveSingleItem()!["id"]!.ToString().ShouldBe(world.Member.UserId.ToString());
        (await admin.GetAsync("people?role=king")).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid-parameter");
        (await admin.PostAsync($"people/{world.Member.UserId}/roles", """{"seen":[],"roles":["auditer"]}""")).ShouldBeProblem(HttpStatusCode.UnprocessableEntity, "invalid-roles");
        (await admin.PostAsync("people", new { userName = "Mia", name = "Mia", email = "mia@example.org" })).ShouldBeProblem(HttpStatusCode.UnprocessableEntity, "invalid-username");
        (await admin.GetAsync($"people/{Guid.NewGuid()}")).ShouldBeProblem(HttpStatusCode.NotFound, "not-found");
    }
}
