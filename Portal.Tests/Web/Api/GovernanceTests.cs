using System.Net;

namespace Portal.Tests.Web.Api;

/// <summary>What admins set and check for the whole platform, by programs.</summary>
[Collection(ApiCollection.Name)]
public sealed class GovernanceTests(ApiPortal portal)
{
    [Fact]
    public async Task Admins_set_the_platforms_lease_terms_by_version_and_within_limits()
    {
        var world = await portal.NewWorldAsync();
        using var admin = await portal.CallerAsync(world.Admin);
        using var member = await portal.CallerAsync(world.Member);
        var terms = new { defaultDays = (int?)null, mostDays = 365, totalDays = (int?)null, warnDays = new[] { 3 }, graceDays = 7, forEver = true };
        var version = (uint)(await admin.GetAsync("lease-terms")).Json["version"]!;

        (await member.GetAsync("lease-terms")).ShouldBeProblem(HttpStatusCode.Forbidden, "not-allowed");
        (await member.SendAsync(HttpMethod.Put, "lease-terms", new { terms, version })).ShouldBeProblem(HttpStatusCode.Forbidden, "not-allowed");
        (await admin.SendAsync(HttpMethod.Put, "lease-terms", new { terms = terms with { mostDays = 3651 }, version })).ShouldBeProblem(HttpStatusCode.UnprocessableEntity, "invalid-mostdays");
        var set = await admin.SendAsync(HttpMethod.Put, "lease-terms", new { terms, version });
        set.Status.ShouldBe(HttpStatusCode.OK, set.Text);
        (await admin.SendAsync(HttpMethod.Put, "lease-terms", new { terms, version })).ShouldBeProblem(HttpStatusCode.Conflict, "changed-meanwhile");
        (await admin.SendAsync(HttpMethod.Put, "lease-terms", new { terms = (object?)null, version = (uint)set.Json["version"]! })).Json["isOwn"]!.GetValue<bool>().ShouldBeFalse();
    }

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
