using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Portal.Tests.Fleet;
using Portal.Tests.Postgres;

namespace Portal.Tests.Browser;

/// <summary>The product's promise, told by two people at their browsers on a real fleet.</summary>
[Collection(LabCollection.Name)]
public sealed partial class StoryTests(PostgresCluster cluster, LabFixture lab) : IAsyncLifetime
{
    static readonly LocatorAssertionsToBeVisibleOptions Long = new() { Timeout = 60_000 };
    readonly Site site = new(cluster, lab);

    public async ValueTask InitializeAsync() => await site.StartAsync(TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => site.DisposeAsync();

    [Fact]
    public async Task A_member_asks_an_admin_approves_the_machine_answers_moves_and_keeps_its_receipts()
    {
        var stop = TestContext.Current.CancellationToken;
        var member = await site.SignInAsync("member");
        var admin = await site.SignInAsync("admin");

        await AskAsync(member, "web-01");
        await Expect(member.GetByRole(AriaRole.Heading, new() { Name = "web-01" })).ToBeVisibleAsync();

        await admin.GotoAsync("/approvals");
        await admin.GetByRole(AriaRole.Button, new() { NameRegex = Web01() }).First.ClickAsync();
        await Expect(admin.GetByText("Hosts after", new() { Exact = false }).First).ToBeVisibleAsync();
        await admin.TakeBothAsync("approvals");
        await admin.GetByLabel("Reason, shown to everyone on this request").FillAsync("Welcome to the fleet.");
        await admin.GetByRole(AriaRole.Button, new() { Name = "Approve", Exact = true }).ClickAsync();

        // The member sees it happen without touching the page.
        await Expect(member.Locator("main").GetByText("Welcome to the fleet.").First).ToBeVisibleAsync();
        await Expect(member.Locator("main").GetByText("Machine made").First).ToBeVisibleAsync(Long);
        await member.GotoAsync("/machines");
        await member.GetByRole(AriaRole.Link, new() { Name = "web-01" }).First.ClickAsync();
        await Expect(member.Locator("main").GetByText("Running").First).ToBeVisibleAsync(Long);
        var ssh = await member.GetByText(SshLine()).First.InnerTextAsync();
        await member.TakeBothAsync("machine");
        var address = System.Net.IPAddress.Parse(Address().Match(ssh).Value);
        var before = await GuestCounter.ReadAsync(address, stop);

        await admin.GotoAsync(new Uri(member.Url).PathAndQuery);
        var live = await MoveAsync(admin, "Live", "Must move");
        // A second browser that opens the page halfway sees the whole history and the rest live.
        var other = await site.SignInAsync("member");
        await other.GotoAsync(live);
        await Task.WhenAll(ReceiptAsync(admin), ReceiptAsync(other));
        (await PingsAsync(other)).ShouldBe(await PingsAsync(admin), "the second browser drew another number of pings than the first");
        await Expect(other.GetByText("Must move", new() { Exact = true })).ToBeVisibleAsync();
        await admin.TakeBothAsync("migration");
        await admin.SetViewportSizeAsync(390, 844);
        await admin.TakeBothAsync("migration-phone");
        await admin.SetViewportSizeAsync(1440, 900);
        (await Axe.SeriousAsync(admin, "the migration's page")).ShouldBeEmpty();
        var moved = await GuestCounter.UntilAsync(address, reading => reading.Count > before.Count, stop);
        moved.Boot.ShouldBe(before.Boot);

        await admin.GotoAsync(new Uri(member.Url).PathAndQuery);
        await MoveAsync(admin, "Quick, direct");
        await ReceiptAsync(admin);
        var back = await GuestCounter.UntilAsync(address, reading => reading.Count > moved.Count, stop);
        back.Boot.ShouldBe(before.Boot);

        await admin.GotoAsync("/migrations");
        await Expect(admin.Locator("main tbody").GetByText("web-01")).ToHaveCountAsync(2);
        await admin.TakeAsync("migrations-light");

        await DeleteAsync(member, "web-01");
        await admin.GotoAsync("/audit");
        await Expect(admin.Locator("main").GetByText("web-01").First).ToBeVisibleAsync();
    }

    static async Task AskAsync(IPage page, string name)
    {
        await page.GotoAsync("/machines/new");
        await page.GetByRole(AriaRole.Group, new() { Name = "Image" }).GetByText("Micro", new() { Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Group, new() { Name = "Flavor" }).GetByText("tiny", new() { Exact = true }).ClickAsync();
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync(name);
        await page.GetByLabel("SSH key").FillAsync(World.SshKey);
        await page.GetByLabel("Why").FillAsync("The shop needs a front door.");
        await Expect(page.GetByText($"{name} is free")).ToBeVisibleAsync();
        await page.TakeBothAsync("new-machine");
        // Twice, as an impatient person does: one request comes of it.
        await page.GetByRole(AriaRole.Button, new() { Name = "Ask for machine" }).DblClickAsync();
        await page.WaitForURLAsync(RequestUrl());
    }

    /// <summary>Moves the machine whose page is open; returns the path of the move's page.</summary>
    static async Task<string> MoveAsync(IPage page, string mode, string? policy = null)
    {
        await page.GetByRole(AriaRole.Button, new() { Name = "Move…" }).ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await dialog.GetByText(mode, new() { Exact = true }).ClickAsync();
        if (policy is not null)
        {
            await dialog.GetByText(policy, new() { Exact = true }).ClickAsync();
            await page.TakeBothAsync("move");
        }

        await dialog.GetByRole(AriaRole.Button, new() { NameRegex = MoveButton() }).ClickAsync();
        await page.WaitForURLAsync(MigrationUrl());
        return new Uri(page.Url).PathAndQuery;
    }

    /// <summary>Waits until the page is the receipt of a move that took place.</summary>
    static async Task ReceiptAsync(IPage page)
    {
        await Expect(page.GetByRole(AriaRole.Heading, new() { NameRegex = Moved() })).ToBeVisibleAsync(Long);
        await Expect(page.Locator("[data-chart][data-complete]")).ToBeVisibleAsync(Long);
    }

    static async Task<int> PingsAsync(IPage page) =>
        int.Parse((await page.Locator("[data-chart]").GetAttributeAsync("data-pings"))!);

    static async Task DeleteAsync(IPage page, string name)
    {
        await page.GetByRole(AriaRole.Button, new() { Name = "Delete…" }).ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await dialog.GetByRole(AriaRole.Textbox).FillAsync(name);
        await dialog.GetByRole(AriaRole.Button, new() { NameRegex = DeleteButton() }).ClickAsync();
        await Expect(page.Locator("main").GetByText("Deleted").First).ToBeVisibleAsync(Long);
    }

    static ILocatorAssertions Expect(ILocator locator) => Assertions.Expect(locator);

    [GeneratedRegex("web-01")]
    private static partial Regex Web01();

    [GeneratedRegex(@"^ssh \S+@\d+\.\d+\.\d+\.\d+$")]
    private static partial Regex SshLine();

    [GeneratedRegex(@"\d+\.\d+\.\d+\.\d+")]
    private static partial Regex Address();

    [GeneratedRegex("/requests/[0-9a-f-]{36}$")]
    private static partial Regex RequestUrl();

    [GeneratedRegex("/migrations/[0-9a-f-]{36}$")]
    private static partial Regex MigrationUrl();

    [GeneratedRegex("^Move")]
    private static partial Regex MoveButton();

    [GeneratedRegex("^web-01 moved from hv. to hv.")]
    private static partial Regex Moved();

    [GeneratedRegex("^Delete")]
    private static partial Regex DeleteButton();
}
