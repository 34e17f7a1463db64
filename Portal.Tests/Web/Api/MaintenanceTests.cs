using System.Net;
using Portal.Tests.Fleet;

namespace Portal.Tests.Web.Api;

[Collection(ApiCollection.Name)]
public sealed class MaintenanceTests(ApiPortal portal)
{
    [Fact]
    public async Task A_host_goes_into_maintenance_and_back_through_the_api()
    {
        var world = await portal.NewWorldAsync();
        using var admin = await portal.CallerAsync(world.Admin);
        var host = $"hosts/{portal.Host.Id}";
        (await admin.PostAsync($"{host}/maintenance/preview", new { })).Json["plan"]!["moves"]!.AsArray().ShouldBeEmpty("there is one host only");

        var begun = await admin.PostAsync($"{host}/maintenance", new { limits = new { perHost = 1, perLink = 1, fleet = 1 } }, key: Guid.NewGuid().ToString());

        begun.Status.ShouldBe(HttpStatusCode.Accepted, begun.Text);
        var id = begun.Json["evacuation"]!["id"]!.ToString();
        begun.Headers.Location!.ToString().ShouldEndWith($"/evacuations/{id}");
        (await admin.GetAsync(host)).Json["maintenanceSince"].ShouldNotBeNull();
        await admin.PostAsync($"evacuations/{id}/cancel");
        // The portal's own driver ends it.
        await Wait.UntilAsync("the emptying to end", () => admin.GetAsync($"evacuations/{id}"), seen => seen.Json["evacuation"]!["endedAt"] is not null);
        (await admin.PostAsync($"evacuations/{id}/pause")).ShouldBeProblem(HttpStatusCode.Conflict, "evacuation-wrong-state");
        (await admin.GetAsync("evacuations?status=Done,Cancelled&sort=-created")).Json["total"]!.GetValue<int>().ShouldBePositive();
        (await admin.PostAsync($"{host}/service/preview", new { })).Status.ShouldBe(HttpStatusCode.OK);
        (await admin.PostAsync($"{host}/service", new { })).Json["evacuation"].ShouldBeNull();
        (await admin.PostAsync($"{host}/service", new { })).ShouldBeProblem(HttpStatusCode.Conflict, "not-in-maintenance");
        (await admin.GetAsync(host)).Json["maintenanceSince"].ShouldBeNull();
    }

    [Fact]
    public async Task What_makes_no_sense_and_who_may_not_are_refused_and_nothing_is_begun()
    {
        var world = await portal.NewWorldAsync();
        using var admin = await portal.CallerAsync(world.Admin);
        using var member = await portal.CallerAsync(world.Member);
        var host = $"hosts/{portal.Host.Id}";

        (await admin.PostAsync($"{host}/maintenance", new { limits = new { perHost = 0 } })).ShouldBeProblem(HttpStatusCode.UnprocessableEntity, "invalid-perhost");
        (await admin.PostAsync($"{host}/maintenance", new { objectiveMs = -1 })).ShouldBeProblem(HttpStatusCode.UnprocessableEntity, "invalid-objectivems");
        (await admin.PostAsync($"{host}/maintenance", new { plan = "0123" })).ShouldBeProblem(HttpStatusCode.Conflict, "plan-changed");
        (await admin.PostAsync($"hosts/{Guid.NewGuid()}/maintenance", new { })).ShouldBeProblem(HttpStatusCode.NotFound, "not-found");
        (await member.PostAsync($"{host}/maintenance", new { })).ShouldBeProblem(HttpStatusCode.Forbidden, "not-allowed");
        (await member.GetAsync($"evacuations/{Guid.NewGuid()}")).ShouldBeProblem(HttpStatusCode.NotFound, "not-found");
        (await member.GetAsync("evacuations")).Json["total"]!.GetValue<int>().ShouldBe(0);
        (await admin.GetAsync(host)).Json["maintenanceSince"].ShouldBeNull();
    }
}
