using System.Text.Json.Nodes;
using Microsoft.Playwright;
using Portal.Tests.Postgres;
using Portal.Tests.Web;
using Portal.Tests.Web.Api;

namespace Portal.Tests.Browser;

/// <summary>Real things for the pages to show: a machine that runs and has moved, a request that was granted, one that waits, one that was denied.</summary>
/// <param name="Machine">The machine.</param>
/// <param name="Request">The request it came from.</param>
/// <param name="Migration">Its move.</param>
sealed record Furnishing(Guid Machine, Guid Request, Guid Migration)
{
    static readonly LocatorAssertionsToBeVisibleOptions Long = new() { Timeout = 90_000 };

    /// <summary>Asks, approves and moves through the API; the pages tell when each is done.</summary>
    public static async Task<Furnishing> OfAsync(Site site, CancellationToken cancellationToken)
    {
        var (exitCode, output) = await PortalProcess.RunAsync(site.Database, cancellationToken, "token", "--user", "admin", "--name", "furnishing");
        exitCode.ShouldBe(0, output);
        using var api = new ApiCaller(site.Address, output.Split('\n')[0].Trim());
        var project = (await api.GetAsync("projects")).Json["items"]![0]!["id"]!.ToString();
        var catalog = (await api.GetAsync($"projects/{project}/catalog")).Json;

        var granted = await AskAsync("web-01");
        var denied = await AskAsync("web-02");
        await AskAsync("web-03");
        (await api.PostAsync($"approvals/{denied["id"]}/deny", new { reason = "web-01 is enough." }, "deny")).Status.ShouldBe(System.Net.HttpStatusCode.OK);
        (await api.PostAsync($"approvals/{granted["id"]}/approve", new { reason = "Welcome." }, "approve")).Status.ShouldBe(System.Net.HttpStatusCode.OK);

        var page = await site.SignInAsync("admin");
        await page.GotoAsync($"/requests/{granted["id"]}");
        await Assertions.Expect(page.GetByText("Machine made").First).ToBeVisibleAsync(Long);
        var move = (await api.PostAsync($"machines/{granted["machineId"]}/migrations", new { mode = "Live" }, "move")).Json;
        await page.GotoAsync($"/migrations/{move["id"]}");
        await Assertions.Expect(page.Locator("[data-chart][data-complete]")).ToBeVisibleAsync(Long);
        await page.Context.CloseAsync();
        return new Furnishing(Id(granted["machineId"]), Id(granted["id"]), Id(move["id"]));

        async Task<JsonNode> AskAsync(string name)
        {
            var reply = await api.PostAsync("requests", new
            {
                projectId = project, machineName = name, sshKey = World.SshKey, why = "The pages need something to show.",
                imageId = catalog["images"]![0]!["id"]!.ToString(), flavorId = catalog["flavors"]![0]!["id"]!.ToString(), networkId = catalog["networks"]![0]!["id"]!.ToString(),
            }, name);
            reply.Status.ShouldBe(System.Net.HttpStatusCode.Created, reply.Text);
            return reply.Json;
        }

        static Guid Id(JsonNode? node) => Guid.Parse(node!.ToString());
    }
}
