using System.Net;
using Portal.Tests.Fleet;
using Portal.Tests.Web.Api;

namespace Portal.Tests.Web.Health;

[Collection(ApiCollection.Name)]
public sealed class FiguresTests(ApiPortal portal)
{
    [Fact]
    public async Task An_operation_that_failed_is_counted_as_failed()
    {
        var world = await portal.NewWorldAsync();
        // The test driver knows no such machine.
        var machine = await world.AddMachineAsync(host: portal.Host);
        using var owner = await portal.CallerAsync(world.Owner);
        using var client = new HttpClient { BaseAddress = portal.Address };

        (await owner.PostAsync($"machines/{machine.Id}/power", new { action = "Reset" })).Status.ShouldBe(HttpStatusCode.Accepted);

        var figures = await Wait.UntilAsync("the operation is counted", () => client.GetStringAsync("/metrics", TestContext.Current.CancellationToken),
            text => text.Contains("portal_operations_total{kind=\"Power\"", StringComparison.Ordinal));
        figures.ShouldContain("portal_operations_total{kind=\"Power\",outcome=\"failed\"}");
        figures.ShouldContain("portal_operation_duration_seconds_count{kind=\"Power\"}");
    }
}
