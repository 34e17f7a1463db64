using System.Net;
using Portal.Domain;
using Portal.Tests.Web.Api;

namespace Portal.Tests.Web.Accounts;

/// <summary>One's own name and address as a browser and a program change them, against a real process.</summary>
[Collection(ApiCollection.Name)]
public sealed class ProfileTests(ApiPortal portal)
{
    const string Secret = "correct horse battery";

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_new_name_shows_at_once_where_it_was_changed_and_takes_no_password()
    {
        var (name, _) = await PersonAsync();
        using var browser = new FormBrowser(portal.Address);
        await browser.SignInAsync(name, Secret);

        (await ChangeAsync(browser, "Mia Meier", Address(name), "")).LeadsTo.ShouldEndWith("/account?profile=changed");

        (await (await browser.OpenAsync("/account/profile")).Content.ReadAsStringAsync(Ct)).ShouldContain("value=\"Mia Meier\"");
        // The account's menu goes by the cookie.
        (await (await browser.OpenAsync("/")).Content.ReadAsStringAsync(Ct)).ShouldContain("Mia Meier");
    }

    [Fact]
    public async Task A_new_address_takes_the_password_signs_in_and_the_former_one_does_no_more()
    {
        var (name, actor) = await PersonAsync();
        using var browser = new FormBrowser(portal.Address);
        await browser.SignInAsync(name, Secret);
        var next = $"new-{name}@example.org";

        var none = await ChangeAsync(browser, actor.Name, next, "");
        var wrong = await ChangeAsync(browser, actor.Name, next, "not it at all");
        (await ChangeAsync(browser, actor.Name, next, Secret)).LeadsTo.ShouldEndWith("/account?profile=changed");

        foreach (var (leadsTo, text) in new[] { none, wrong })
        {
            leadsTo.ShouldBeNull();
            text.ShouldContain("The password is wrong.");
            text.ShouldContain($"value=\"{next}\"");
        }
        (await browser.OpenAsync("/account")).StatusCode.ShouldBe(HttpStatusCode.OK);
        using var later = new FormBrowser(portal.Address);
        (await later.SignInAsync(Address(name), Secret)).LeadsTo.ShouldBeNull();
        (await later.SignInAsync(next, Secret)).LeadsTo.ShouldEndWith("/");
    }

    [Fact]
    public async Task Changed_meanwhile_the_difference_is_shown_and_sent_again_it_goes_over_it()
    {
        var (name, actor) = await PersonAsync();
        using var browser = new FormBrowser(portal.Address);
        await browser.SignInAsync(name, Secret);
        await ChangeAsync(browser, "Mia Meier", Address(name), "");

        // The form as it was opened before.
        var (leadsTo, text) = await ChangeAsync(browser, "Mia Mayer", Address(name), "", ("Input.SeenName", actor.Name));

        leadsTo.ShouldBeNull();
        text.ShouldContain("was changed by");
        text.ShouldContain(">Mia Meier</td>");
        text.ShouldContain("name=\"Input.SeenName\" value=\"Mia Meier\"");
    }

    [Fact]
    public async Task A_program_changes_the_name_and_an_admin_both()
    {
        var world = await portal.NewWorldAsync();
        var name = await Passwords.GiveAsync(portal.Contexts, world.Member, Secret);
        using var member = await portal.CallerAsync(world.Member);
        using var admin = await portal.CallerAsync(world.Admin);
        var seen = new { name = world.Member.Name, email = Address(name) };

        (await member.SendAsync(HttpMethod.Put, "me/profile", new { seen, name = "Mia Meier" }))["name"].ShouldBe("Mia Meier");
        (await member.GetAsync("me/profile"))["email"].ShouldBe(Address(name));
        (await member.SendAsync(HttpMethod.Put, $"people/{world.Member.UserId}/profile", new { seen, name = "Mia", email = "mia@example.org" })).ShouldBeProblem(HttpStatusCode.Forbidden, "not-allowed");
        (await admin.SendAsync(HttpMethod.Put, $"people/{world.Member.UserId}/profile", new { seen, name = "Mia", email = "mia@example.org" })).ShouldBeProblem(HttpStatusCode.Conflict, "changed-meanwhile");
        (await admin.SendAsync(HttpMethod.Put, $"people/{world.Member.UserId}/profile", new { seen = seen with { name = "Mia Meier" }, name = "Mia", email = $"m-{name}@example.org" }))["email"].ShouldBe($"m-{name}@example.org");
    }

    static string Address(string name) => $"{name}@example.org";

    static Task<(string? LeadsTo, string Text)> ChangeAsync(FormBrowser browser, string name, string email, string password, params (string, string)[] more) =>
        browser.SendAsync("/account/profile", [("Input.Name", name), ("Input.Email", email), ("Input.Password", password), .. more]);

    async Task<(string Name, Actor Actor)> PersonAsync()
    {
        var world = await portal.NewWorldAsync();
        return (await Passwords.GiveAsync(portal.Contexts, world.Member, Secret), world.Member);
    }
}
