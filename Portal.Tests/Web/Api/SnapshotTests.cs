using System.Net;
using Portal.Domain.Machines;

namespace Portal.Tests.Web.Api;

[Collection(ApiCollection.Name)]
public sealed class SnapshotTests(ApiPortal portal)
{
    [Fact]
    public async Task An_order_gives_the_snapshot_and_where_to_follow_it_and_the_same_key_orders_nothing_twice()
    {
        var world = await portal.NewWorldAsync();
        var machine = await world.AddMachineAsync(MachineState.Off, portal.Host);
        using var member = await portal.CallerAsync(world.Member);

        var taken = await member.PostAsync($"machines/{machine.Id}/snapshots", new { name = "before" }, key: "k");

        taken.Status.ShouldBe(HttpStatusCode.Accepted, taken.Text);
        (await member.PostAsync($"machines/{machine.Id}/snapshots", new { name = "before" }, key: "k")).Json["snapshot"]!["id"]!.ToString().ShouldBe(taken.Json["snapshot"]!["id"]!.ToString());
        (await member.GetAsync(taken.Headers.Location!.ToString())).Json["operation"]!["kind"]!.ToString().ShouldBe("Snapshot");
        (await member.GetAsync($"machines/{machine.Id}/snapshots")).Json["quota"]!["resource"]!.ToString().ShouldBe("Snapshots");
    }

    [Fact]
    public async Task What_is_refused_is_a_problem_that_says_why()
    {
        var world = await portal.NewWorldAsync();
        var machine = await world.AddMachineAsync(MachineState.Waiting);
        using var member = await portal.CallerAsync(world.Member);
        using var viewer = await portal.CallerAsync(world.Viewer);
        using var stranger = await portal.CallerAsync(world.Stranger);
        var path = $"machines/{machine.Id}/snapshots";

        (await member.PostAsync(path, new { name = "before" })).ShouldBeProblem(HttpStatusCode.Conflict, "wrong-state")["advice"].ShouldBe("Wait until it is.");
        (await member.PostAsync(path, new { name = "two\nlines" })).ShouldBeProblem(HttpStatusCode.UnprocessableEntity, "invalid-name").Json["errors"]!["name"].ShouldNotBeNull();
        (await member.PostAsync(path, "{}")).ShouldBeProblem(HttpStatusCode.BadRequest, "missing-member");
        (await member.PostAsync($"{path}/{Guid.CreateVersion7()}/revert")).ShouldBeProblem(HttpStatusCode.NotFound, "not-found");
        (await viewer.PostAsync(path, new { name = "before" })).ShouldBeProblem(HttpStatusCode.Forbidden, "not-allowed");
        (await stranger.GetAsync(path)).ShouldBeProblem(HttpStatusCode.NotFound, "not-found");
        (await stranger.DeleteAsync($"{path}/{Guid.CreateVersion7()}")).ShouldBeProblem(HttpStatusCode.NotFound, "not-found");
    }
}
