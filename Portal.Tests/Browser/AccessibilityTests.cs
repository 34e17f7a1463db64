using Microsoft.Playwright;
using Portal.Tests.Fleet;
using Portal.Tests.Postgres;

namespace Portal.Tests.Browser;

/// <summary>axe looks at every page with real things on it, as an admin sees it, in both themes and at the width of a phone.</summary>
[Collection(LabCollection.Name)]
public sealed class AccessibilityTests(PostgresCluster cluster, LabFixture lab) : IAsyncLifetime
{
    // A page that never settles or a script that never returns fails here and says which, instead of holding the whole run.
    const int Deadline = 300_000;

    static readonly (int Width, int Height, ColorScheme Scheme)[] Looks =
        [(1440, 900, ColorScheme.Light), (1440, 900, ColorScheme.Dark), (390, 844, ColorScheme.Dark), (390, 844, ColorScheme.Light)];

    readonly Site site = new(cluster, lab);

    public async ValueTask InitializeAsync() => await site.StartAsync(TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => site.DisposeAsync();

    [Fact(Timeout = Deadline)]
    public async Task Axe_finds_nothing_serious_on_any_page()
    {
        var things = await Furnishing.OfAsync(site, TestContext.Current.CancellationToken);
        string[] pages =
        [
            "/", "/machines", $"/machines/{things.Machine}", "/machines/new", "/requests", $"/requests/{things.Request}", "/approvals", "/migrations",
            $"/migrations/{things.Migration}", "/hosts", "/audit", "/account", "/not-found", $"/machines/{Guid.Empty}",
        ];
        var found = new List<string>();
        var page = await site.SignInAsync("admin");
        foreach (var path in pages)
        {
            await page.GotoAsync(path);
            await SettledAsync(page);
            found.AddRange(await LookedAtAsync(page, path));
        }

        found.ShouldBeEmpty();
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
