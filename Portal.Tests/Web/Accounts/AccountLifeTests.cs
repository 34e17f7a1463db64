using System.Net;
using Portal.Tests.Web.Api;

namespace Portal.Tests.Web.Accounts;

/// <summary>An account from its making to its end, as browsers and programs see it, against a real process.</summary>
[Collection(ApiCollection.Name)]
public sealed class AccountLifeTests(ApiPortal portal)
{
    const string Own = "staple stapler stapled";

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task With_a_one_time_password_nothing_opens_before_it_is_replaced()
    {
        using var admin = await portal.CallerAsync((await portal.NewWorldAsync()).Admin);
        var (name, password) = await MakeAsync(admin);
        using var browser = new FormBrowser(portal.Address);
        browser.Headers.Accept.ParseAdd("text/html");

        (await browser.SignInAsync(name, password)).LeadsTo.ShouldEndWith("/");

        foreach (var path in (string[])["/", "/machines", "/account", "/people"])
            (await browser.OpenAsync(path)).Headers.Location?.ToString().ShouldBe("/account/password", path);
        (await browser.OpenAsync("/css/portal.css")).StatusCode.ShouldBe(HttpStatusCode.OK, "the page that opens looks as it should");
        (await (await browser.OpenAsync("/account/password")).Content.ReadAsStringAsync(Ct)).ShouldContain("Somebody else chose the password you have.");
        (await browser.SendAsync("/account/password", ("Input.Current", password), ("Input.Next", Own), ("Input.Again", Own))).LeadsTo.ShouldEndWith("/account?password=changed");
        (await browser.OpenAsync("/machines")).StatusCode.ShouldBe(HttpStatusCode.OK);
        using var later = new FormBrowser(portal.Address);
        (await later.SignInAsync(name, password)).Text.ShouldContain("Name or password is wrong.");
    }

    [Fact]
    public async Task With_a_one_time_password_no_circuit_is_made()
    {
        using var admin = await portal.CallerAsync((await portal.NewWorldAsync()).Admin);
        var (name, password) = await MakeAsync(admin);
        using var browser = new FormBrowser(portal.Address);
        await browser.SignInAsync(name, password);

        (await browser.OpenAsync("/_blazor")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await browser.OpenAsync("/hubs/migration")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A_disabled_account_is_signed_out_within_seconds_and_told_so_only_with_the_right_password()
    {
        var world = await portal.NewWorldAsync();
        using var admin = await portal.CallerAsync(world.Admin);
        using var member = await portal.CallerAsync(world.Member);
        var name = await Passwords.GiveAsync(portal.Contexts, world.Member, Own);
        using var browser = new FormBrowser(portal.Address);
        await browser.SignInAsync(name, Own);
        (await browser.OpenAsync("/account")).StatusCode.ShouldBe(HttpStatusCode.OK);

        (await admin.PostAsync($"people/{world.Member.UserId}/disable")).Status.ShouldBe(HttpStatusCode.OK);

        (await member.GetAsync("me")).ShouldBeProblem(HttpStatusCode.Unauthorized, "not-signed-in");
        await SignedOutAsync(browser);
        using var later = new FormBrowser(portal.Address);
        (await later.SignInAsync(name, "not it at all")).Text.ShouldContain("Name or password is wrong.");
        (await later.SignInAsync(name, Own)).Text.ShouldContain("This account is disabled.");
        (await admin.PostAsync($"people/{world.Member.UserId}/enable")).Status.ShouldBe(HttpStatusCode.OK);
        (await later.SignInAsync(name, Own)).LeadsTo.ShouldEndWith("/");
        (await member.GetAsync("me")).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Whose_roles_change_is_signed_out_within_seconds_and_comes_back_with_the_new_ones()
    {
        var world = await portal.NewWorldAsync();
        using var admin = await portal.CallerAsync(world.Admin);
        using var member = await portal.CallerAsync(world.Member);
        var name = await Passwords.GiveAsync(portal.Contexts, world.Member, Own);
        using var browser = new FormBrowser(portal.Address);
        await browser.SignInAsync(name, Own);

        (await admin.PostAsync($"people/{world.Member.UserId}/roles", """{"seen":[],"roles":["auditor"]}"""))["roles"].ShouldContain("auditor");

        await SignedOutAsync(browser);
        (await member.GetAsync("me")).Json["roles"]!.AsArray().ShouldHaveSingleItem()!.ToString().ShouldBe("auditor");
        (await member.GetAsync("audit")).Status.ShouldBe(HttpStatusCode.OK);
        await browser.SignInAsync(name, Own);
        (await browser.OpenAsync("/audit")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    static async Task<(string Name, string Password)> MakeAsync(ApiCaller admin)
    {
        var name = $"p{Guid.NewGuid():n}"[..12];
        var made = await admin.PostAsync("people", new { userName = name, name = "Somebody New", email = $"{name}@example.org" });
        made.Status.ShouldBe(HttpStatusCode.Created, made.Text);
        return (name, made["password"]);
    }

    /// <summary>The notice goes by the database: it is there within moments, and long before the next look at the session.</summary>
    static async Task SignedOutAsync(FormBrowser browser)
    {
        var until = DateTime.UtcNow.AddSeconds(10);
        while ((await browser.OpenAsync("/account")).StatusCode == HttpStatusCode.OK)
            DateTime.UtcNow.ShouldBeLessThan(until, "the page still opens");
    }
}
