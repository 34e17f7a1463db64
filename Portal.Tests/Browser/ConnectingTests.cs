using Microsoft.Playwright;
using Portal.Tests.Postgres;
using Portal.Tests.Web;
using Portal.Tests.Web.Accounts;

namespace Portal.Tests.Browser;

/// <summary>A page between its first drawing and the moment it is live, on a slow way to the portal. Needs no fleet.</summary>
public sealed class ConnectingTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    const string Password = "correct horse battery";

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Until_a_page_is_live_its_buttons_do_nothing_its_links_work_and_nothing_moves_when_it_is()
    {
        await using var portal = await PortalProcess.StartAsync(postgres.ConnectionString, Ct);
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Site.Chromium, Args = Site.ChromiumArguments });
        var page = await (await browser.NewContextAsync(new() { BaseURL = portal.Address.ToString(), ViewportSize = new() { Width = 1440, Height = 900 } })).NewPageAsync();
        await page.GotoAsync("/sign-in");
        await page.GetByLabel("Name or e-mail").FillAsync(await Passwords.GiveAsync(postgres.Contexts, (await postgres.NewWorldAsync()).Admin, Password));
        await page.GetByLabel("Password").FillAsync(Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await page.WaitForURLAsync(url => !url.Contains("sign-in", StringComparison.Ordinal));

        var arrives = new TaskCompletionSource();
        await page.RouteAsync("**/blazor.web*.js", async route =>
        {
            await arrives.Task;
            await route.ContinueAsync();
        });
        await page.GotoAsync("/people", new() { WaitUntil = WaitUntilState.Commit });
        var button = page.GetByRole(AriaRole.Button, new() { Name = "New account" });
        await Assertions.Expect(page.Locator(".connecting-note")).ToBeVisibleAsync();
        (await page.EvaluateAsync<string>("() => getComputedStyle(document.querySelector('.page-head .btn.primary')).pointerEvents")).ShouldBe("none");
        var before = await PlaceOfAsync(page, button);
        // By keyboard and by script too: neither asks where the pointer is.
        await button.PressAsync("Enter");
        await page.GetByPlaceholder("Search by name or address").PressSequentiallyAsync("lost");
        await page.GetByPlaceholder("Search by name or address").PressAsync("Enter");
        (await page.GetByPlaceholder("Search by name or address").InputValueAsync()).ShouldBe("");

        // Where a link leads still comes while the script is on its way.
        await page.GetByRole(AriaRole.Link, new() { Name = "Projects", Exact = true }).ClickAsync();
        await Assertions.Expect(page).ToHaveURLAsync(new Uri(portal.Address, "/projects").ToString());
        await page.GotoAsync("/people", new() { WaitUntil = WaitUntilState.Commit });
        arrives.SetResult();
        await Assertions.Expect(page.Locator(".connecting")).ToHaveCountAsync(0);
        (await PlaceOfAsync(page, button)).ShouldSatisfyAllConditions(now => now.X.ShouldBe(before.X), now => now.Y.ShouldBe(before.Y), now => now.Height.ShouldBe(before.Height));
        await Assertions.Expect(page.Locator(".connecting-note")).ToHaveCountAsync(0);
        await button.ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Dialog)).ToBeVisibleAsync();
    }

    /* Once the fonts are there: a word in another font is of another width, live or not. They are asked for by name, since a browser that has not drawn yet waits for none. */
    static async Task<LocatorBoundingBoxResult> PlaceOfAsync(IPage page, ILocator element)
    {
        await page.EvaluateAsync("() => Promise.all([...document.fonts].map(font => font.load())).then(() => true)");
        return (await element.BoundingBoxAsync())!;
    }
}
