using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Portal.Domain.Projects;
using Portal.Tests.Web;
using Portal.Tests.Web.Api;
using Portal.Web.Api;

namespace Portal.Tests.Browser;

/// <content>What the people of the story do on many pages.</content>
public sealed partial class SelfServiceStoryTests
{
    static readonly LocatorAssertionsToBeVisibleOptions Long = new() { Timeout = 90_000 };

    /// <summary>Opens a page and waits until it is live: a press before that would be lost.</summary>
    static async Task GoAsync(IPage page, string path)
    {
        await page.GotoAsync(path);
        await Expect(page.GetByText("done today")).ToBeVisibleAsync();
    }

    async Task FillAsync(string name, string flavor, string key)
    {
        await member.GetByRole(AriaRole.Group, new() { Name = "Image" }).GetByText("Micro", new() { Exact = true }).ClickAsync();
        await member.GetByRole(AriaRole.Group, new() { Name = "Flavor" }).GetByText(flavor, new() { Exact = true }).ClickAsync();
        await member.GetByLabel("Name", new() { Exact = true }).FillAsync(name);
        await member.GetByLabel("SSH key").FillAsync(key);
        await member.GetByLabel("Lease, days").FillAsync("7");
        await member.GetByLabel("Why").FillAsync("The shop opens on Monday.");
        await Expect(OnPage(member).GetByText($"{name} is free")).ToBeVisibleAsync();
    }

    /// <summary>Says yes to the request whose page the member has open.</summary>
    async Task DecideAsync(IPage page, string reason, string? picture = null)
    {
        await GoAsync(page, $"/approvals?request={RequestId()}");
        await SayYesAsync(page, reason, picture);
    }

    /// <summary>Says yes to the request that is shown on the page of approvals.</summary>
    async Task SayYesAsync(IPage page, string reason, string? picture = null)
    {
        await Expect(OnPage(page).GetByText("Who decides").First).ToBeVisibleAsync();
        await page.GetByLabel("Reason, shown to everyone on this request").FillAsync(reason);
        if (picture is not null)
            await LookAsync(page, picture);
        await page.GetByRole(AriaRole.Button, new() { Name = "Approve", Exact = true }).ClickAsync();
        await Expect(OnPage(member).GetByText(reason).First).ToBeVisibleAsync();
    }

    async Task MemoryAsync(ApiCaller api, long mib)
    {
        var setup = (await api.GetAsync($"projects/{project}/quota/setup")).Json;
        var set = await api.SendAsync(HttpMethod.Put, $"projects/{project}/quota",
            new QuotaBody(uint.Parse(setup["version"]!.ToString()), new Dictionary<QuotaResource, long> { [QuotaResource.MemoryMib] = mib }, new Dictionary<QuotaResource, long?>(), new MachineCaps(null, null, null), 7), $"memory-{mib}");
        set.Status.ShouldBe(HttpStatusCode.OK, set.Text);
    }

    async Task<ApiCaller> AdminAsync()
    {
        var (exitCode, output) = await PortalProcess.RunAsync(site.Database, Stop, "token", "--user", "admin", "--name", "set-up");
        exitCode.ShouldBe(0, output);
        return new ApiCaller(site.Address, output.Split('\n')[0].Trim());
    }

    /// <summary>Takes the page from its top in both themes and has axe look at it.</summary>
    async Task LookAsync(IPage page, string name)
    {
        await page.Locator("h1").First.ScrollIntoViewIfNeededAsync();
        await Expect(OnPage(page).Locator(".bone")).ToHaveCountAsync(0);
        await page.TakeBothAsync(name);
        unfit.AddRange(await Axe.SeriousAsync(page, name));
    }

    /// <summary>The same at a desk and on a phone.</summary>
    async Task LookTwiceAsync(IPage page, string name)
    {
        await LookAsync(page, name);
        await page.SetViewportSizeAsync(390, 844);
        await LookAsync(page, name + "-phone");
        await page.SetViewportSizeAsync(1440, 900);
    }

    /// <summary>What everybody saw when the story broke off.</summary>
    async Task LeavePicturesAsync()
    {
        foreach (var (page, name) in ((IPage?, string)[])[(admin, "admin"), (member, "member"), (owner, "owner"), (approver, "approver"), (auditor, "auditor"), (standIn, "stand-in")])
        {
            if (page is not null)
                await page.TakeAsync("broken-off-" + name);
        }
    }

    string RequestId() => new Uri(member.Url).Segments[^1];

    /* Notices repeat in the bell what happened; what is meant is the page. */
    static ILocator OnPage(IPage page) => page.GetByRole(AriaRole.Main);

    /* The state beside a machine's name. */
    static ILocator State(IPage page, string state) => page.Locator(".page-head").GetByText(state, new() { Exact = true });

    static ILocator Button(IPage page, string name) => page.GetByRole(AriaRole.Button, new() { Name = name });

    static ILocator Button(ILocator within, string name) => within.GetByRole(AriaRole.Button, new() { Name = name });

    static ILocatorAssertions Expect(ILocator locator) => Assertions.Expect(locator);

    [GeneratedRegex("/requests/[0-9a-f-]{36}$")]
    private static partial Regex RequestUrl();
}
