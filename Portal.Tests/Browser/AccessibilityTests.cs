using Microsoft.Playwright;
using Portal.Tests.Fleet;
using Portal.Tests.Postgres;

namespace Portal.Tests.Browser;

/// <summary>axe looks at every page with real things on it, as those see it who may open it, in both themes and at the width of a phone.</summary>
[Collection(LabCollection.Name)]
public sealed class AccessibilityTests(PostgresCluster cluster, LabFixture lab) : IAsyncLifetime
{
    // A page that never settles or a script that never returns fails here and says which, instead of holding the whole run.
    const int Deadline = 600_000;

    static readonly (int Width, int Height, ColorScheme Scheme)[] Looks =
        [(1440, 900, ColorScheme.Light), (1440, 900, ColorScheme.Dark), (390, 844, ColorScheme.Dark), (390, 844, ColorScheme.Light)];

    readonly Site site = new(cluster, lab);

    public async ValueTask InitializeAsync() => await site.StartAsync(TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => site.DisposeAsync();

    [Fact(Timeout = Deadline)]
    public async Task Axe_finds_nothing_serious_on_any_page()
    {
        var things = await Furnishing.OfAsync(site, TestContext.Current.CancellationToken);
        var found = new List<string>();
        var (admin, member) = (await site.SignInAsync("admin"), await site.SignInAsync("member"));
        var (owner, approver, auditor) = (await things.SignInAsync(site, "olivia"), await things.SignInAsync(site, "ravi"), await things.SignInAsync(site, "audrey"));
        string[] govern = ["/people", "/policy", "/policy/new", $"/policy/{things.Rule}", "/policy/try", "/audit", "/webhooks", $"/webhooks/{things.Webhook}", "/deliveries"];
        await LookAsync(admin,
        [
            "/", "/machines", $"/machines/{things.Machine}", "/machines/new", "/requests", .. things.Requests.Select(id => $"/requests/{id}"),
            "/approvals", "/approvals/trends", "/approvals/away", "/schedules", "/notices", "/projects", $"/projects/{things.Project}", $"/projects/{things.Project}/quota",
            "/migrations", $"/migrations/{things.Migration}", "/migrations/history", "/migrations/history?by=route", "/migrations/live-vs-quick", "/move-policies", "/hosts", $"/hosts/{things.Host}/maintenance", .. govern, "/account", "/account/password", "/account/profile", "/not-found", $"/machines/{Guid.Empty}", $"/projects/{Guid.Empty}",
        ]);
        await LookAsync(member, ["/", $"/machines/{things.Machine}", $"/requests/{things.Requests[2]}", "/schedules", "/notices", $"/projects/{things.Project}", "/people", "/policy"]);
        await LookAsync(owner, ["/approvals", $"/projects/{things.Project}", $"/projects/{things.Project}/quota", "/webhooks"]);
        await LookAsync(approver, ["/", "/approvals", "/approvals/away", "/notices", $"/requests/{things.Requests[2]}"]);
        await LookAsync(auditor, ["/audit", "/policy", $"/policy/{things.Rule}", "/deliveries", $"/projects/{things.Project}"]);
        found.ShouldBeEmpty();

        async Task LookAsync(IPage page, IEnumerable<string> paths)
        {
            foreach (var path in paths)
            {
                await page.GotoAsync(path);
                await SettledAsync(page);
                found.AddRange(await LookedAtAsync(page, path));
            }
        }
    }

    [Fact]
    public async Task Axe_finds_nothing_serious_before_anybody_has_signed_in()
    {
        var page = await site.OpenAsync();
        await page.GotoAsync("/sign-in");
        await page.Locator("h1").WaitForAsync();
        (await LookedAtAsync(page, "/sign-in")).ShouldBeEmpty();
    }

    /// <summary>Everything that loads has loaded.</summary>
    static async Task SettledAsync(IPage page)
    {
        await page.Locator("h1").First.WaitForAsync();
        await page.Locator("main [aria-busy=true], main .bone").First.WaitForAsync(new() { State = WaitForSelectorState.Detached });
    }

    /// <summary>The same page in every look: it turns without being loaded again, as it does for a person.</summary>
    static async Task<IReadOnlyList<string>> LookedAtAsync(IPage page, string path)
    {
        var found = new List<string>();
        foreach (var (width, height, scheme) in Looks)
        {
            await page.SetViewportSizeAsync(width, height);
            await page.EmulateMediaAsync(new() { ColorScheme = scheme });
            await page.Locator(scheme == ColorScheme.Dark ? "html.dark" : "html:not(.dark)").WaitForAsync(new() { State = WaitForSelectorState.Attached });
            found.AddRange(await Axe.SeriousAsync(page, $"{path} at {width}, {scheme.ToString().ToLowerInvariant()}"));
        }

        return found;
    }
}
