using System.Net;
using Portal.Tests.Postgres;

namespace Portal.Tests.Web.Api;

[Collection(ApiCollection.Name)]
public sealed class RequestKindTests(ApiPortal portal)
{
    [Fact]
    public async Task A_program_asks_for_higher_limits_changes_its_mind_and_talks_about_it()
    {
        var world = await portal.NewWorldAsync();
        using var member = await portal.CallerAsync(world.Member);
        using var viewer = await portal.CallerAsync(world.Viewer);
        object Body(long machines) => new { kind = "QuotaIncrease", projectId = world.Project.Id, limits = new { Machines = machines }, why = "Growing" };
        var preview = await member.PostAsync("requests/preview", Body(20));
        preview.Status.ShouldBe(HttpStatusCode.OK, preview.Text);
        preview.Json["quota"]![0]!["limit"]!.GetValue<long>().ShouldBe(20);
        preview.Json["canSubmit"]!.GetValue<bool>().ShouldBeTrue();

        var first = (await member.PostAsync("requests", Body(20), "first"))["id"];
        var draft = await member.GetAsync($"requests/{first}/draft");
        draft["kind"].ShouldBe("QuotaIncrease");
        (await viewer.GetAsync($"requests/{first}/draft")).ShouldBeProblem(HttpStatusCode.Forbidden, "not-allowed");
        var second = await member.PostAsync($"requests/{first}/resubmit", Body(15), "second");
        second["replacesId"].ShouldBe(first);
        (await member.GetAsync($"requests/{first}")).Json["request"]!["status"]!.ToString().ShouldBe("Withdrawn");

        (await member.PostAsync($"requests/{second["id"]}/comments", new { text = "By Friday, please." }, "said"))["detail"].ShouldBe("By Friday, please.");
        (await viewer.PostAsync($"requests/{second["id"]}/comments", new { text = "Me too" })).ShouldBeProblem(HttpStatusCode.Forbidden, "not-allowed");
        (await member.PostAsync($"requests/{second["id"]}/comments", new { text = new string('x', 2001) })).ShouldBeProblem(HttpStatusCode.UnprocessableEntity, "invalid-text");
        (await member.GetAsync($"requests/{second["id"]}")).Json["timeline"]!.AsArray().ShouldContain(e => e!["detail"] != null && e["detail"]!.ToString() == "By Friday, please.");
        (await member.GetAsync("requests?kind=QuotaIncrease&status=Waiting")).Json["total"]!.GetValue<int>().ShouldBe(1);
        (await member.GetAsync("requests?kind=Cake")).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid-parameter");
    }

    [Fact]
    public async Task What_a_kind_needs_and_does_not_get_is_refused_at_its_field()
    {
        var world = await portal.NewWorldAsync();
        using var member = await portal.CallerAsync(world.Member);

        (await member.PostAsync("requests", new { kind = "Resize", machineId = Guid.CreateVersion7(), vcpus = 2 })).ShouldBeProblem(HttpStatusCode.NotFound, "not-found");
        (await member.PostAsync("requests", new { kind = "ExtendLease" })).ShouldBeProblem(HttpStatusCode.NotFound, "not-found");
        (await member.PostAsync("requests", new { kind = "QuotaIncrease", projectId = world.Project.Id })).ShouldBeProblem(HttpStatusCode.UnprocessableEntity, "invalid-limits");
        (await member.PostAsync("requests", new { kind = "Cake" })).Status.ShouldBe(HttpStatusCode.BadRequest);
        (await member.PostAsync("requests", new { kind = "Create" })).ShouldBeProblem(HttpStatusCode.NotFound, "not-found");
    }
}
