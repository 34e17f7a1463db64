using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using Portal.Tests.Fleet;
using Portal.Tests.Postgres;

namespace Portal.Tests.Browser;

/// <summary>axe looks at every page, as an admin sees it, in both themes and at the width of a phone.</summary>
[Collection(LabCollection.Name)]
public sealed class AccessibilityTests(PostgresCluster cluster, LabFixture lab) : IAsyncLifetime
{
    readonly Site site = new(cluster, lab);

    public static TheoryData<string> Pages => new("/", "/machines", "/machines/new", "/requests", "/approvals", "/migrations", "/hosts", "/audit", "/account");

    public async ValueTask InitializeAsync() => await site.StartAsync(TestContext.Current.CancellationToken);

    [Theory]
    [InlineData(1440, 900, ColorScheme.Light)]
    [InlineData(1440, 900, ColorScheme.Dark)]
    [InlineData(390, 844, ColorScheme.Light)]
    public async Task Axe_finds_nothing_serious_on_any_page(int width, int height, ColorScheme scheme)
    {
        var page = await site.SignInAsync("admin", width, height, scheme);
        var found = new List<string>();
        foreach (var path in Pages.Select(row => row.Data))
        {
            await page.GotoAsync(path, new() { WaitUntil = WaitUntilState.NetworkIdle });
            await page.Locator("h1").First.WaitForAsync();
            await page.TakeAsync($"page{path.Replace('/', '-')}-{width}-{scheme.ToString().ToLowerInvariant()}");
            found.AddRange(await SeriousAsync(page, path));
        }

        found.ShouldBeEmpty();
    }

    [Fact]
    public async Task Axe_finds_nothing_serious_on_the_sign_in_page()
    {
        var page = await site.OpenAsync();
        await page.GotoAsync("/sign-in");
        (await SeriousAsync(page, "/sign-in")).ShouldBeEmpty();
    }

    public ValueTask DisposeAsync() => site.DisposeAsync();

    internal static async Task<IReadOnlyList<string>> SeriousAsync(IPage page, string where)
    {
        var result = await page.RunAxe();
        return
        [
            .. result.Violations.Where(v => v.Impact is "serious" or "critical")
                .Select(v => $"{where}: {v.Id} — {v.Help}: {string.Join(" | ", v.Nodes.Take(3).Select(n => n.Html))}"),
        ];
    }
}
