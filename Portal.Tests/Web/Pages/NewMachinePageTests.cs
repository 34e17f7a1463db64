using AngleSharp.Dom;
using Bunit;
using Microsoft.EntityFrameworkCore;
using Portal.Domain;
using Portal.Domain.Catalog;
using Portal.Tests.Postgres;
using Portal.Web.Machines;

namespace Portal.Tests.Web.Pages;

public class NewMachinePageTests(PostgresCluster cluster) : PageTest(cluster)
{
    [Fact]
    public void What_it_takes_is_shown_before_the_button()
    {
        var page = OpenForm();

        page.Find("aside").Plain().ShouldContain("1 vCPU · 256 MiB · 2 GiB");
        page.Find("aside").Plain().ShouldContain("0 + 1 of 10, 9 left");
    }

    [Fact]
    public async Task A_flavor_over_the_quota_cannot_be_picked_and_says_by_how_much()
    {
        await using (var db = await Postgres.Contexts.CreateDbContextAsync(Ct))
        {
            db.Add(Flavor.Create("giant", 1, 100_000 + 6 * 1024, 2));
            await db.SaveChangesAsync(Ct);
        }

        var page = OpenForm();

        var giant = page.FindAll("label.tile").Single(t => t.Plain().StartsWith("giant", StringComparison.Ordinal));
        giant.Plain().ShouldContain("6 GiB memory over the quota");
        giant.QuerySelector("input")!.HasAttribute("disabled").ShouldBeTrue();
    }

    [Fact]
    public async Task A_name_is_said_to_be_free_or_taken_while_it_is_typed()
    {
        await AskAsync("web-01");
        var page = OpenForm();

        await page.TypeAsync("#name", "web-02");
        page.Says("web-02 is free");
        await page.TypeAsync("#name", "web-01");
        page.Says("is taken by another machine");
        page.Find("#name").GetAttribute("aria-invalid").ShouldBe("true");
    }

    [Fact]
    public async Task A_key_that_is_none_is_refused_at_its_field()
    {
        var page = OpenForm();

        await page.TypeAsync("#ssh-key", "-----BEGIN OPENSSH PRIVATE KEY-----");

        page.Says("This is a private key");
        page.Find("#key-said").ClassList.ShouldContain("error");
        Browser.JSInterop.Invocations["portal.keepDraft"].ShouldAllBe(kept => !$"{kept.Arguments[1]}".Contains("PRIVATE KEY", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Asking_leads_to_the_request()
    {
        var page = OpenForm();
        await FillAsync(page, "web-07");

        await page.DoAsync("form", e => e.SubmitAsync());

        page.WaitForState(() => Address.StartsWith("/requests/", StringComparison.Ordinal));
        var asked = (await Requests.ListAsync(World.Member, new ListQuery(), Ct)).Items.ShouldHaveSingleItem();
        asked.Subject.ShouldBe("web-07");
        Address.ShouldBe($"/requests/{asked.Id}");
    }

    [Fact]
    public async Task Asking_twice_asks_once()
    {
        var page = OpenForm();
        await FillAsync(page, "web-07");

        await page.DoAsync("form", form => Task.WhenAll(form.SubmitAsync(), form.SubmitAsync()));

        (await Requests.ListAsync(World.Member, new ListQuery(), Ct)).Total.ShouldBe(1);
    }

    [Fact]
    public async Task A_refusal_stands_at_its_field_and_leaves_what_was_typed()
    {
        var page = OpenForm();
        await FillAsync(page, "web-07");
        await AskAsync("web-07");

        await page.DoAsync("form", e => e.SubmitAsync());

        page.Says("The name “web-07” is taken");
        page.Find("#name").GetAttribute("value").ShouldBe("web-07");
        page.Find("#ssh-key").GetAttribute("value").ShouldBe(World.SshKey);
    }

    [Fact]
    public async Task An_image_that_is_withdrawn_meanwhile_is_said_to_be_gone_and_nothing_is_picked_instead()
    {
        var page = OpenForm();
        await FillAsync(page, "web-07");
        await WithdrawImageAsync();

        await page.DoAsync("form", e => e.SubmitAsync());

        page.Says("The image “Micro” is no longer offered. Choose another image.");
        page.WaitForState(() => page.FindAll("label.tile input[name=image]").All(tile => !tile.HasAttribute("checked")));
        page.Find("#name").GetAttribute("value").ShouldBe("web-07");
        (await Requests.ListAsync(World.Member, new ListQuery(), Ct)).Total.ShouldBe(0);
    }

    [Fact]
    public async Task A_quota_with_no_room_for_anything_is_said_before_the_button()
    {
        for (var i = 0; i < 10; i++)
            await AskAsync($"full-{i}");

        var page = OpenForm();

        page.Says("Nothing fits into what is left of the quota");
        page.FindAll("label.tile").ShouldContain(tile => tile.Plain().Contains("1 machine over the quota", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Asking_for_something_else_after_a_lost_answer_is_another_request()
    {
        var page = OpenForm();
        await FillAsync(page, "web-07");
        // The first answer is lost: the request is there, and the form still holds its key.
        var key = page.Instance.Key;
        (await Requests.SubmitAsync(World.Member, World.Draft("web-06"), key, Ct)).IsOk.ShouldBeTrue();

        await page.DoAsync("form", e => e.SubmitAsync());

        page.WaitForState(() => Address.StartsWith("/requests/", StringComparison.Ordinal));
        (await Requests.ListAsync(World.Member, new ListQuery(), Ct)).Items.Select(r => r.Subject).ShouldBe(["web-07", "web-06"]);
    }

    [Fact]
    public void Somebody_in_no_project_is_told_what_to_do()
    {
        var page = Open<NewMachinePage>(World.Stranger, "/machines/new");

        page.Says("You are in no project");
    }

    async Task WithdrawImageAsync()
    {
        await using var db = await Postgres.Contexts.CreateDbContextAsync(Ct);
        await db.Images.Where(i => i.Id == World.Image.Id).ExecuteUpdateAsync(set => set.SetProperty(i => i.Available, false), Ct);
    }

    IRenderedComponent<NewMachinePage> OpenForm()
    {
        var page = Open<NewMachinePage>(World.Member, "/machines/new");
        page.WaitForElement("label.tile");
        page.Says("left");
        return page;
    }

    static async Task FillAsync(IRenderedComponent<NewMachinePage> page, string name)
    {
        await page.TypeAsync("#name", name);
        await page.TypeAsync("#ssh-key", World.SshKey);
        page.Says($"{name} is free");
    }
}
