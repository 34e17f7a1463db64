using System.Text.Json.Nodes;
using Microsoft.Playwright;
using Npgsql;
using Portal.Tests.Fleet;
using Portal.Tests.Postgres;
using Portal.Tests.Web;

namespace Portal.Tests.Browser;

/// <summary>
/// The whole product, started as a newcomer starts it: a fresh database, seeded from the lab, one portal process, and Chromium.
/// What its people leave on the hosts is removed at the end. Settings go to the portal's process.
/// </summary>
public sealed class Site(PostgresCluster cluster, LabFixture lab, params (string Name, string Value)[] settings) : IAsyncDisposable
{
    /// <summary>The browser.</summary>
    internal const string Chromium = "/usr/bin/chromium";

    // The sandbox needs privileges a container lacks; the pages are our own. The rest keeps Chromium from calling out.
    internal static readonly string[] ChromiumArguments = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

    PortalProcess? portal;
    IPlaywright? playwright;
    IBrowser? browser;
    string database = "";
    Dictionary<string, string> passwords = [];

    /// <summary>Where the portal listens.</summary>
    public Uri Address => Started(portal).Address;

    /// <summary>The fleet below it.</summary>
    public LabFixture Lab => lab;

    /// <summary>Where its books are.</summary>
    public string Database => database;

    /// <summary>What the portal process wrote, for a failing test's message.</summary>
    public string Log => Started(portal).Log;

    /// <summary>Starts everything once; later calls return at once.</summary>
    public async Task<Site> StartAsync(CancellationToken cancellationToken)
    {
        if (browser is not null)
            return this;
        database = await cluster.CreateDatabaseAsync();
        var (exitCode, output) = await PortalProcess.RunAsync(database, cancellationToken, "seed", "--lab", Environment.GetEnvironmentVariable("PORTAL_TEST_LAB")!);
        exitCode.ShouldBe(0, output);
        passwords = output.Split('\n').Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(words => words is ["admin" or "member", _]).ToDictionary(words => words[0], words => words[1]);
        portal = await PortalProcess.StartAsync(database, cancellationToken, settings);
        // A portal answers before its hosts have; what is approved in between finds no room.
        using (var http = new HttpClient { BaseAddress = portal.Address })
            await Wait.UntilAsync("every host to answer", () => http.GetStringAsync("/readyz", cancellationToken), AllConnected);
        playwright = await Playwright.CreateAsync();
        browser = await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Chromium,
            Args = ChromiumArguments,
        });
        return this;
    }

    /// <summary>A browser of one person's own, signed in.</summary>
    public async Task<IPage> SignInAsync(string name, int width = 1440, int height = 900, ColorScheme scheme = ColorScheme.Light)
    {
        var page = await OpenAsync(width, height, scheme);
        await EnterAsync(page, name, passwords[name]);
        return page;
    }

    /// <summary>A browser of somebody whose account an admin just made: the one-time password opens one page, the one that replaces it.</summary>
    public async Task<IPage> FirstSignInAsync(string name, string oneTimePassword)
    {
        var page = await OpenAsync();
        await EnterAsync(page, name, oneTimePassword);
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Change password" })).ToBeVisibleAsync();
        var own = passwords[name] = $"{name} keeps four words";
        await page.GetByLabel("Current password").FillAsync(oneTimePassword);
        await page.GetByLabel("New password", new() { Exact = true }).FillAsync(own);
        await page.GetByLabel("New password again").FillAsync(own);
        await page.GetByRole(AriaRole.Button, new() { Name = "Change password" }).ClickAsync();
        await page.WaitForURLAsync("**/account?password=changed");
        return page;
    }

    static async Task EnterAsync(IPage page, string name, string password)
    {
        await page.GotoAsync("/sign-in");
        await page.GetByLabel("Name or e-mail").FillAsync(name);
        await page.GetByLabel("Password").FillAsync(password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await page.WaitForURLAsync(url => !url.Contains("sign-in", StringComparison.Ordinal));
    }

    /// <summary>A browser of nobody's.</summary>
    public async Task<IPage> OpenAsync(int width = 1440, int height = 900, ColorScheme scheme = ColorScheme.Light)
    {
        var context = await Started(browser).NewContextAsync(new()
        {
            BaseURL = Address.ToString(), ViewportSize = new() { Width = width, Height = height }, ColorScheme = scheme, ReducedMotion = ReducedMotion.Reduce,
        });
        context.SetDefaultTimeout(30_000);
        return await context.NewPageAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (browser is not null)
            await browser.DisposeAsync();
        playwright?.Dispose();
        if (portal is not null)
            await portal.DisposeAsync();
        if (database.Length == 0)
            return;
        foreach (var machine in await MachinesAsync())
            await lab.RemoveAsync(machine);
        await cluster.DropDatabaseAsync(database);
    }

    /// <summary>Writes to the portal's database behind its back.</summary>
    public async Task<int> ExecuteAsync(string statement)
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(statement, connection);
        return await command.ExecuteNonQueryAsync();
    }

    /// <summary>Reads one figure or word from the portal's database.</summary>
    public async Task<T> ReadAsync<T>(string query)
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(query, connection);
        return (T)(await command.ExecuteScalarAsync() ?? throw new InvalidOperationException($"Nothing was found by: {query}"));
    }

    async Task<IReadOnlyList<Guid>> MachinesAsync()
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("select id from machines", connection);
        await using var reader = await command.ExecuteReaderAsync();
        var ids = new List<Guid>();
        while (await reader.ReadAsync())
            ids.Add(reader.GetGuid(0));
        return ids;
    }

    static bool AllConnected(string readiness) => JsonNode.Parse(readiness)!["hosts"] is { } hosts && hosts["connected"]!.GetValue<int>() == hosts["total"]!.GetValue<int>();

    static T Started<T>(T? part) where T : class => part ?? throw new InvalidOperationException("Start the site first.");
}
