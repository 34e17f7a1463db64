using System.Net;

namespace Portal.Tests.Web.Api;

/// <summary>What admins set and check for the whole platform, by programs.</summary>
[Collection(ApiCollection.Name)]
public sealed class GovernanceTests(ApiPortal portal)
{
    [Fact]
    public async Task Admins_recount_every_project_and_what_was_found_can_be_read_later()
    {
        var world = await portal.NewWorldAsync();
        using var admin = await portal.CallerAsync(world.Admin);
        using var member = await portal.CallerAsync(world.Member);

        (await member.PostAsync("projects/recount")).ShouldBeProblem(HttpStatusCode.Forbidden, "not-allowed");
        var counted = await admin.PostAsync("projects/recount");

        counted.Status.ShouldBe(HttpStatusCode.OK, counted.Text);
        (await admin.GetAsync("projects/recount")).Json["by"]!.ToString().ShouldBe(world.Admin.Name);
        (await member.GetAsync("projects/recount")).ShouldBeProblem(HttpStatusCode.Forbidden, "not-allowed");
    }
}
