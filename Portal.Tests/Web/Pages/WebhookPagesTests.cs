using Bunit;
using Portal.Domain;
using Portal.Domain.Notices;
using Portal.Domain.Webhooks;
using Portal.Tests.Postgres;
using Portal.Web.Notices;
using Portal.Web.Webhooks;

namespace Portal.Tests.Web.Pages;

public class WebhookPagesTests(PostgresCluster cluster) : PageTest(cluster)
{
    WebhookService Service => Get<WebhookService>();

    [Fact]
    public async Task An_owner_makes_one_and_sees_its_secret_once()
    {
        var page = Open<WebhooksPage>(World.Owner, "/webhooks");
        page.Says("Make a webhook");
        var pressed = page.PressAsync("New webhook");
        Dialogs.WaitForState(() => Dialogs.FindAll("#webhook-name").Count == 1 && !Dialogs.Button("Make webhook").HasAttribute("disabled"));

        await Dialogs.TypeAsync("#webhook-name", "chat");
        await Dialogs.TypeAsync("#webhook-url", "http://10.0.0.1/");
        await Dialogs.DoAsync(".kinds input", e => e.ChangeAsync(true));
        await Dialogs.DoAsync("#new-webhook", e => e.SubmitAsync());
        Dialogs.Says("Webhooks may not lead to 10.0.0.1");
        await Dialogs.TypeAsync("#webhook-url", "https://chat.example.org/a");
        await Dialogs.DoAsync("#new-webhook", e => e.SubmitAsync());
        Dialogs.Says("“chat” is ready.");
        Dialogs.Find(".copy code").TextContent.ShouldStartWith("whsec_");
        await Dialogs.PressAsync("I have it");
        await pressed;

        var made = (await Service.ListAsync(World.Owner, new(), Ct)).Items.Single();
        (made.ProjectId, made.Kinds.Single()).ShouldBe((World.Project.Id, NoticeKind.DecisionDue));
        Address.ShouldBe($"/webhooks/{made.Id}");
    }

    [Fact]
    public async Task A_member_sees_none_and_may_make_none()
    {
        var hook = await MakeAsync();
        var page = Open<WebhooksPage>(World.Member, "/webhooks");
        page.Says("A project’s owners make them.");
        page.FindAll("button").ShouldNotContain(b => b.Plain() == "New webhook");
        Browser.Render<WebhookPage>(p => p.Add(x => x.Id, hook.Id)).Says("There is no such webhook, or none you may see.");
        Browser.Render<DeliveriesPage>().Says("Nothing went out yet");
    }

    [Fact]
    public void The_way_to_them_shows_to_an_owner()
    {
        var link = Open<WebhooksLink>(World.Owner, "/");

        link.WaitForState(() => link.FindAll("a").Count == 1);
    }

    [Fact]
    public async Task A_page_left_open_says_who_changed_what_before_it_writes()
    {
        var hook = await MakeAsync();
        var page = OpenHook(hook);
        await Service.ChangeAsync(World.Admin, hook.Id, hook.Version, new("talk", hook.Url, hook.Kinds), Ct);

        await page.TypeAsync("#webhook-name", "mine");
        await page.DoAsync("form", e => e.SubmitAsync());

        page.Says($"This webhook was changed by {World.Admin.Name}");
        page.Find("table.differences").Plain().ShouldContain("talk");
        page.Find("#webhook-name").GetAttribute("value").ShouldBe("mine");
        await page.DoAsync("form", e => e.SubmitAsync());
        page.Says("Saved");
        (await Service.GetAsync(World.Owner, hook.Id, Ct)).Value.Name.ShouldBe("mine");
    }

    [Fact]
    public async Task A_test_shows_in_the_log_and_a_new_secret_is_shown_once()
    {
        var hook = await MakeAsync();
        var page = OpenHook(hook);

        await page.PressAsync("Send a test");
        page.Says("A test of “chat” by");
        await page.PressAsync("Make a new secret");
        page.Says("Copy the new secret now");
        page.Says("The secret before counts until");
        var secret = page.Find(".copy code").TextContent;
        await page.PressAsync("Done");

        page.Markup.ShouldNotContain(secret);
    }

    [Fact]
    public async Task One_that_is_removed_is_asked_about_and_gone()
    {
        var hook = await MakeAsync();
        var page = OpenHook(hook);

        var pressed = page.PressAsync("Remove");
        Dialogs.Says("Remove “chat”?");
        await Dialogs.PressAsync("Remove");
        await pressed;

        Address.ShouldBe("/webhooks");
        (await Service.ListAsync(World.Owner, new(), Ct)).Total.ShouldBe(0);
    }

    IRenderedComponent<WebhookPage> OpenHook(WebhookView hook)
    {
        var page = Open<WebhookPage>(World.Owner, $"/webhooks/{hook.Id}", p => p.Add(x => x.Id, hook.Id));
        page.Says("Nothing was sent yet");
        return page;
    }

    async Task<WebhookView> MakeAsync() => (await Service.CreateAsync(World.Owner, World.Project.Id, new("chat", "https://chat.example.org/a", [NoticeKind.Comment]), Ct)).Value.Webhook;
}
