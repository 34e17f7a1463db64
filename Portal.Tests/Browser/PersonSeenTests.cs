using System.Collections.Concurrent;
using Microsoft.Playwright;
using Portal.Tests.Fleet;
using Portal.Tests.Postgres;
using Portal.Tests.Web;
using Portal.Tests.Web.Accounts;

namespace Portal.Tests.Browser;

/// <summary>What a real browser tells of the person before it. Needs no fleet.</summary>
public sealed class PersonSeenTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    const string Password = "correct horse battery";

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_page_tells_of_a_press_once_a_minute_and_by_itself_of_nothing()
    {
        await using var portal = await PortalProcess.StartAsync(postgres.ConnectionString, Ct);
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Site.Chromium, Args = Site.ChromiumArguments });
        var page = await (await browser.NewContextAsync(new() { BaseURL = portal.Address.ToString() })).NewPageAsync();
        var answers = new ConcurrentQueue<int>();
        var asked = 0;
        page.Request += (_, request) => asked += IsSeen(request.Url) ? 1 : 0;
        page.Response += (_, response) =>
        {
            if (IsSeen(response.Url))
                answers.Enqueue(response.Status);
        };

        await page.GotoAsync("/sign-in");
        await page.GetByLabel("Name or e-mail").FillAsync(await Passwords.GiveAsync(postgres.Contexts, (await postgres.NewWorldAsync()).Member, Password));
        await page.GetByLabel("Password").FillAsync(Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await page.WaitForURLAsync(url => !url.Contains("sign-in", StringComparison.Ordinal));
        await page.GetByRole(AriaRole.Heading).First.WaitForAsync();
        asked.ShouldBe(0, "nobody was signed in when the button was pressed, and nobody has pressed anything since");

        await page.Keyboard.PressAsync("Shift");
        await page.Mouse.ClickAsync(1, 1);
        await page.Keyboard.PressAsync("Shift");

        (await Wait.UntilAsync("the page tells", () => Task.FromResult(answers.ToArray()), told => told.Length > 0)).ShouldBe([204]);
        // Whatever the page sent is known once it answers a later call.
        await page.EvaluateAsync("() => fetch('/healthz')");
        asked.ShouldBe(1);
    }

    static bool IsSeen(string url) => url.EndsWith("/seen", StringComparison.Ordinal);
}
