using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Portal.Domain.Projects;
using Portal.Tests.Fleet;
using Portal.Tests.Postgres;
using Portal.Tests.Web;
using Portal.Tests.Web.Api;
using Portal.Tests.Web.Notices;
using Portal.Web.Api;

namespace Portal.Tests.Browser;

/// <summary>
/// An organisation helps itself: a member, a project's owner, an approver and an auditor at their browsers, an admin who set things up,
/// on a real fleet, with a real mail server and a real receiver of webhooks.
/// </summary>
[Collection(LabCollection.Name)]
public sealed partial class SelfServiceStoryTests : IAsyncLifetime
{
    static readonly LocatorAssertionsToBeVisibleOptions Long = new() { Timeout = 90_000 };
    readonly PostBox post = new();
    readonly Site site;
    readonly List<string> unfit = [];
    IPage member = null!, owner = null!, approver = null!, auditor = null!, admin = null!;
    string project = "", hookSecret = "";

    public SelfServiceStoryTests(PostgresCluster cluster, LabFixture lab) => site = new(cluster, lab, post.Settings);

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await post.StartAsync();
        await site.StartAsync(Stop);
    }

    public async ValueTask DisposeAsync()
    {
        if (TestContext.Current.TestState?.Result == TestResult.Failed)
            await LeavePicturesAsync();
        await site.DisposeAsync();
        await post.DisposeAsync();
    }

    [Fact]
    public async Task Policy_decides_the_ordinary_people_the_rest_and_what_was_done_is_told()
    {
        using var shell = await GuestShell.CreateAsync(Stop);
        using var api = await AdminAsync();
        await PeopleComeAsync();
        await ProjectIsMadeAsync(api);
        await OwnerMakesWebhookAsync();

        await MoreThanTheQuotaIsRefusedAsync(api, shell.PublicKey);
        await SmallerOneIsApprovedAtOnceAsync();
        await LeaseIsWarnedAndExtendedAsync();

        unfit.ShouldBeEmpty();
    }

    /* The admin makes four accounts; everybody chooses a password of his own. */
    async Task PeopleComeAsync()
    {
        admin = await site.SignInAsync("admin");
        await GoAsync(admin, "/people");
        member = await site.FirstSignInAsync("mia", await AccountAsync("mia", "Mia Member"));
        owner = await site.FirstSignInAsync("olga", await AccountAsync("olga", "Olga Owner"));
        approver = await site.FirstSignInAsync("paul", await AccountAsync("paul", "Paul Approver", "Approver"));
        auditor = await site.FirstSignInAsync("vera", await AccountAsync("vera", "Vera Auditor", "Auditor"));
        await LookAsync(admin, "people");
    }

    async Task<string> AccountAsync(string userName, string name, string? role = null)
    {
        await Button(admin, "New account").ClickAsync();
        var dialog = admin.GetByRole(AriaRole.Dialog);
        await dialog.GetByLabel("Signs in as").FillAsync(userName);
        await dialog.GetByLabel("Name", new() { Exact = true }).FillAsync(name);
        await dialog.GetByLabel("E-mail").FillAsync($"{userName}@example.org");
        if (role is not null)
            await dialog.GetByRole(AriaRole.Checkbox, new() { NameRegex = new Regex($"^{role}") }).CheckAsync();
        await Button(dialog, "Make account").ClickAsync();
        var told = admin.GetByRole(AriaRole.Status).Filter(new() { HasText = $"The password of {name}" });
        return await told.Locator("code").InnerTextAsync();
    }

    async Task ProjectIsMadeAsync(ApiCaller api)
    {
        var people = (await api.GetAsync("people?take=50")).Json["items"]!.AsArray();
        Guid Id(string userName) => Guid.Parse(people.Single(p => p!["userName"]!.ToString() == userName)!["id"]!.ToString());
        var limits = new Dictionary<QuotaResource, long>
        {
            [QuotaResource.Machines] = 3, [QuotaResource.Vcpus] = 8, [QuotaResource.MemoryMib] = 600, [QuotaResource.DiskGib] = 8, [QuotaResource.Addresses] = 3, [QuotaResource.Snapshots] = 4,
        };
        var made = await api.PostAsync("projects", new ProjectBody("Shop front", limits, Id("olga")), "project");
        made.Status.ShouldBe(HttpStatusCode.Created, made.Text);
        project = made.Json["project"]!["id"]!.ToString();
        (await api.PostAsync($"projects/{project}/members", new MemberBody(Id("mia"), ProjectRole.Member), "mia")).Status.ShouldBe(HttpStatusCode.Created);
    }

    async Task OwnerMakesWebhookAsync()
    {
        await GoAsync(owner, "/webhooks");
        await Button(owner, "New webhook").First.ClickAsync();
        var dialog = owner.GetByRole(AriaRole.Dialog);
        await dialog.GetByLabel("Name").FillAsync("shop chat");
        await dialog.GetByLabel("Address").FillAsync(post.HookAddress);
        foreach (var kind in (string[])["Decision due", "Request decided", "Lease ends soon"])
            await dialog.GetByRole(AriaRole.Checkbox, new() { Name = kind }).CheckAsync();
        await Button(dialog, "Make webhook").ClickAsync();
        hookSecret = await dialog.Locator("code").InnerTextAsync();
        await Button(dialog, "I have it").ClickAsync();
    }

    /* While the member fills in the form, what she chose stops fitting: her page says so, by which rule, and what would fit. */
    async Task MoreThanTheQuotaIsRefusedAsync(ApiCaller api, string key)
    {
        await GoAsync(member, "/machines/new");
        await FillAsync("web-01", "small", key);
        await MemoryAsync(api, 200);

        var refusal = OnPage(member).GetByText("the project's limit is 200 MiB of memory").First;
        await Expect(refusal).ToBeVisibleAsync();
        await Expect(OnPage(member).GetByText("The largest flavor that fits is “tiny”").First).ToBeVisibleAsync();
        await Button(member, "Ask for machine").ClickAsync();
        await Expect(Button(member, "Asking…")).ToHaveCountAsync(0);
        await Expect(refusal).ToBeVisibleAsync();
        await LookAsync(member, "refused");
        (await site.ReadAsync<long>("select count(*) from requests")).ShouldBe(0);
    }

    async Task SmallerOneIsApprovedAtOnceAsync()
    {
        await member.GetByRole(AriaRole.Group, new() { Name = "Flavor" }).GetByText("tiny", new() { Exact = true }).ClickAsync();
        await Expect(OnPage(member).GetByText("Approved at once by the rule")).ToBeVisibleAsync();
        await LookAsync(member, "new-machine-at-once");
        await Button(member, "Ask for machine").ClickAsync();
        await member.WaitForURLAsync(RequestUrl());
        await Expect(OnPage(member).GetByText("Matched the rule “A tiny machine for a week: at once”")).ToBeVisibleAsync();
        await Expect(OnPage(member).GetByText("Machine made").First).ToBeVisibleAsync(Long);

        await OnPage(member).GetByRole(AriaRole.Link, new() { Name = "Open web-01" }).ClickAsync();
        await Expect(OnPage(member).GetByText("Running").First).ToBeVisibleAsync(Long);
    }

    async Task LeaseIsWarnedAndExtendedAsync()
    {
        var page = new Uri(member.Url).PathAndQuery;
        // Six days pass.
        (await site.ExecuteAsync("update machines set lease_ends_at = now() + interval '20 hours', lease_due_at = now() where name = 'web-01'")).ShouldBe(1);
        await GoAsync(member, "/notices");
        await Expect(OnPage(member).GetByText("The lease of web-01 ends in 1 day").First).ToBeVisibleAsync(Long);
        await LookAsync(member, "notices");
        (await post.MailAsync("mia@example.org", "The lease of web-01 ends in 1 day")).Message.TextBody!.ShouldContain("https://portal.example/machines/");
        var (call, body) = await post.CallAsync("LeaseEnding", "The lease of web-01 ends in 1 day");
        WebhookDeliveryTests.SignedBy(call, hookSecret).ShouldBeTrue();
        body["link"]!.ToString().ShouldBe("https://portal.example" + page);

        await GoAsync(member, page);
        await Button(member, "Extend lease…").First.ClickAsync();
        var dialog = member.GetByRole(AriaRole.Dialog);
        await Button(dialog, "7 days").ClickAsync();
        await Expect(dialog.GetByText("The lease would end on")).ToBeVisibleAsync();
        await Button(dialog, "Ask for more time").ClickAsync();
        await member.WaitForURLAsync(RequestUrl());
        await DecideAsync(approver, "The week was short.");
        await Expect(OnPage(member).GetByText("Lease extended").First).ToBeVisibleAsync();
        await GoAsync(member, page);
        await Expect(OnPage(member).Locator("section[aria-labelledby=lease]").GetByText("Ends on", new() { Exact = false })).ToBeVisibleAsync();
        await LookAsync(member, "machine-lease");
        await post.MailAsync("paul@example.org", "web-01 waits for your decision");
        await post.MailAsync("mia@example.org", "web-01 was approved");
        (await site.ReadAsync<bool>("select lease_ends_at > now() + interval '7 days' from machines where name = 'web-01'")).ShouldBeTrue();
    }

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

    /// <summary>Takes the page in both themes and has axe look at it.</summary>
    async Task LookAsync(IPage page, string name)
    {
        await Expect(OnPage(page).Locator(".bone")).ToHaveCountAsync(0);
        await page.TakeBothAsync(name);
        unfit.AddRange(await Axe.SeriousAsync(page, name));
    }

    /// <summary>What everybody saw when the story broke off.</summary>
    async Task LeavePicturesAsync()
    {
        foreach (var (page, name) in ((IPage?, string)[])[(admin, "admin"), (member, "member"), (owner, "owner"), (approver, "approver"), (auditor, "auditor")])
        {
            if (page is not null)
                await page.TakeAsync("broken-off-" + name);
        }
    }

    string RequestId() => new Uri(member.Url).Segments[^1];

    /* Notices repeat in the bell what happened; what is meant is the page. */
    static ILocator OnPage(IPage page) => page.GetByRole(AriaRole.Main);

    static ILocator Button(IPage page, string name) => page.GetByRole(AriaRole.Button, new() { Name = name });

    static ILocator Button(ILocator within, string name) => within.GetByRole(AriaRole.Button, new() { Name = name });

    static ILocatorAssertions Expect(ILocator locator) => Assertions.Expect(locator);

    [GeneratedRegex("/requests/[0-9a-f-]{36}$")]
    private static partial Regex RequestUrl();
}
