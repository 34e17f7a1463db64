using System.Net;

namespace Portal.Tests.Web.Api;

[Collection(ApiCollection.Name)]
public sealed class ReadingTests(ApiPortal portal)
{
    [Theory]
    [InlineData("me")]
    [InlineData("machines")]
    [InlineData("audit")]
    public async Task Without_a_token_nothing_is_told(string path)
    {
        using var nobody = portal.Nobody();
        var reply = await nobody.GetAsync(path);
        reply.ShouldBeProblem(HttpStatusCode.Unauthorized, "not-signed-in");
        reply.Headers.WwwAuthenticate.ToString().ShouldBe("Bearer");
    }

    [Fact]
    public async Task A_token_that_was_revoked_is_refused_at_once()
    {
        using var member = await portal.CallerAsync((await portal.NewWorldAsync()).Member);
        var id = (await member.GetAsync("tokens")).Json["items"]![0]!["id"];
        (await member.DeleteAsync($"tokens/{id}")).Status.ShouldBe(HttpStatusCode.OK);
        (await member.GetAsync("me")).ShouldBeProblem(HttpStatusCode.Unauthorized, "not-signed-in").Headers.WwwAuthenticate.ToString().ShouldContain("invalid_token");
    }

    [Fact]
    public async Task The_token_speaks_for_its_owner_and_no_one_else()
    {
        var world = await portal.NewWorldAsync();
        using var viewer = await portal.CallerAsync(world.Viewer);
        var me = await viewer.GetAsync("me");
        me["name"].ShouldBe(world.Viewer.Name);
        me["isAdmin"].ShouldBe("false");
        me.Json["projects"]!.AsArray().ShouldHaveSingleItem()!["role"]!.ToString().ShouldBe("Viewer");
    }

    [Fact]
    public async Task What_belongs_to_other_projects_does_not_exist()
    {
        var world = await portal.NewWorldAsync();
        var machine = await world.AddMachineAsync(host: portal.Host);
        using var stranger = await portal.CallerAsync(world.Stranger);
        foreach (var path in (string[])[$"projects/{world.Project.Id}/quota", $"projects/{world.Project.Id}/catalog", $"machines/{machine.Id}", $"machines/{machine.Id}/activity", $"machines/{machine.Id}/migration-plan"])
            (await stranger.GetAsync(path)).ShouldBeProblem(HttpStatusCode.NotFound, "not-found");
        (await stranger.DeleteAsync($"machines/{machine.Id}?confirmName={machine.Name}")).ShouldBeProblem(HttpStatusCode.NotFound, "not-found");
        (await stranger.PostAsync("requests", world.Draft())).ShouldBeProblem(HttpStatusCode.NotFound, "not-found");
        (await stranger.GetAsync("machines")).Json["total"]!.GetValue<int>().ShouldBe(0);
    }

    [Fact]
    public async Task A_list_is_searched_sorted_and_cut_on_the_server()
    {
        var world = await portal.NewWorldAsync();
        foreach (var name in (string[])["web-a", "web-b", "web-c", "db-a"])
            await world.AddMachineAsync(host: portal.Host, name: name);
        using var member = await portal.CallerAsync(world.Member);
        var page = (await member.GetAsync("machines?search=web&sort=-name&skip=1&take=1")).Json;
        page["total"]!.GetValue<int>().ShouldBe(3);
        page["items"]!.AsArray().ShouldHaveSingleItem()!["name"]!.ToString().ShouldBe("web-b");
    }

    [Theory]
    [InlineData("machines?stat=Running", "stat")]
    [InlineData("machines?state=Runing", "state")]
    [InlineData("machines?project=web", "project")]
    [InlineData("machines?sort=colour", "sort")]
    [InlineData("machines?take=many", "take")]
    [InlineData("machines?take=0", "take")]
    [InlineData("machines?take=201", "take")]
    [InlineData("audit?from=yesterday", "from")]
    [InlineData("machines?skip=-1", "skip")]
    [InlineData("machines?search=%00", "search")]
    [InlineData("audit?action=%00", "action")]
    public async Task A_wrong_parameter_is_refused_and_not_left_out(string path, string parameter)
    {
        using var admin = await portal.CallerAsync((await portal.NewWorldAsync()).Admin);
        (await admin.GetAsync(path)).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid-parameter").Json["errors"]![parameter].ShouldNotBeNull();
    }

    [Fact]
    public async Task Only_an_admin_reads_the_audit_trail_and_everybody_his_own_queue()
    {
        var world = await portal.NewWorldAsync();
        using var owner = await portal.CallerAsync(world.Owner);
        (await owner.GetAsync("audit")).ShouldBeProblem(HttpStatusCode.Forbidden, "not-allowed");
        (await owner.GetAsync("approvals")).Json["total"]!.GetValue<int>().ShouldBe(0);
        using var admin = await portal.CallerAsync(world.Admin);
        (await admin.GetAsync($"audit?actor={world.Admin.UserId}")).Json["items"]![0]!["detail"]!["after"]!["expiresAt"].ShouldNotBeNull();
    }
}
