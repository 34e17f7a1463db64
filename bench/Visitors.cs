using Microsoft.Playwright;

namespace Portal.Bench;

/// <summary>People at real browsers: Debian's Chromium, a profile of its own for each.</summary>
sealed class Visitors : IAsyncDisposable
{
    readonly Stand _stand;
    readonly IPlaywright _playwright;
    readonly IBrowser _browser;

    Visitors(Stand stand, IPlaywright playwright, IBrowser browser)
    {
        _stand = stand;
        _playwright = playwright;
        _browser = browser;
    }

    public static async Task<Visitors> StartAsync(Stand stand)
    {
        var playwright = await Playwright.CreateAsync();
        var browser = await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = "/usr/bin/chromium",
            // As in the browser tests: no sandbox inside a container, and no calls of Chromium's own.
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        });
        return new Visitors(stand, playwright, browser);
    }

    /// <summary>A browser of one person's own, signed in.</summary>
    public async Task<IPage> SignInAsync(string name)
    {
        var context = await _browser.NewContextAsync(new() { BaseURL = _stand.Portal.Address.ToString(), ViewportSize = new() { Width = 1440, Height = 900 } });
        var page = await context.NewPageAsync();
        await page.GotoAsync("/sign-in");
        await page.GetByLabel("Name or e-mail").FillAsync(name);
        await page.GetByLabel("Password").FillAsync(_stand.Passwords[name]);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await page.WaitForURLAsync(url => !url.Contains("sign-in", StringComparison.Ordinal));
        return page;
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }
}
