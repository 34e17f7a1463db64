using System.Net;
using Portal.Tests.Postgres;
using Portal.Tests.Web.Api;

namespace Portal.Tests.Web.Accounts;

/// <summary>Sign-in and passwords as a browser sees them, against a real process.</summary>
[Collection(ApiCollection.Name)]
public sealed class PasswordTests(ApiPortal portal)
{
    const string Old = "correct horse battery", New = "staple stapler stapled";

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_new_password_works_the_old_one_no_more_and_every_other_browser_is_signed_out()
    {
        var name = await PersonAsync();
        using var desk = new FormBrowser(portal.Address);
        using var phone = new FormBrowser(portal.Address);
        (await desk.SignInAsync(name, Old)).LeadsTo.ShouldEndWith("/");
        (await phone.SignInAsync(name, Old)).LeadsTo.ShouldEndWith("/");

        (await ChangeAsync(desk, Old, New, New)).LeadsTo.ShouldEndWith("/account?password=changed");

        (await desk.OpenAsync("/account")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await phone.OpenAsync("/account")).Headers.Location?.ToString().ShouldContain("/sign-in");
        using var later = new FormBrowser(portal.Address);
        (await later.SignInAsync(name, Old)).Text.ShouldContain("Name or password is wrong.");
        (await later.SignInAsync(name, New)).LeadsTo.ShouldEndWith("/");
    }

    [Theory]
    [InlineData("not it at all", New, New, "The current password is wrong.")]
    [InlineData(Old, Old, Old, "That is the password you have.")]
    [InlineData(Old, "too short", "too short", "At least 12 characters.")]
    [InlineData(Old, New, "something else here", "The two new passwords differ.")]
    public async Task What_is_wrong_with_a_new_password_is_said_and_nothing_changes(string current, string next, string again, string said)
    {
        var name = await PersonAsync();
        using var browser = new FormBrowser(portal.Address);
        await browser.SignInAsync(name, Old);

        var answer = await ChangeAsync(browser, current, next, again);

        answer.LeadsTo.ShouldBeNull();
        answer.Text.ShouldContain(said);
        using var later = new FormBrowser(portal.Address);
        (await later.SignInAsync(name, Old)).LeadsTo.ShouldEndWith("/");
    }

    [Fact]
    public async Task A_locked_account_a_wrong_password_and_no_account_at_all_get_the_same_answer()
    {
        var name = await PersonAsync();
        using var browser = new FormBrowser(portal.Address);
        List<string> said = [];
        for (var i = 0; i < 6; i++)
            said.Add(Alert((await browser.SignInAsync(name, "not it at all")).Text));
        said.Add(Alert((await browser.SignInAsync(name, Old)).Text));
        said.Add(Alert((await browser.SignInAsync("nobody-" + name, Old)).Text));

        said.Distinct().ShouldHaveSingleItem().ShouldContain("After five wrong tries even the right password is refused for 15 minutes.");
    }

    [Theory]
    [InlineData("ad\u0001min@example.org", "whatever", "Name or password is wrong.")]
    [InlineData("ad\0min", "whatever", "This form could not be read")]
    [InlineData("admin", "what\0ever", "This form could not be read")]
    public async Task Control_characters_at_sign_in_get_a_plain_answer(string name, string password, string said)
    {
        using var browser = new FormBrowser(portal.Address);

        (await browser.SignInAsync(name, password)).Text.ShouldContain(said);
    }

    [Fact]
    public async Task A_browser_with_a_long_name_signs_in_wherever_the_name_is_cut()
    {
        var name = await PersonAsync();
        using var browser = new FormBrowser(portal.Address);
        browser.Headers.TryAddWithoutValidation("User-Agent", new string('x', 199) + "\U0001F600");

        (await browser.SignInAsync(name, Old)).LeadsTo.ShouldEndWith("/");
    }

    [Fact]
    public async Task Whoever_is_signed_in_already_is_led_on_from_the_sign_in_page()
    {
        var name = await PersonAsync();
        using var browser = new FormBrowser(portal.Address);
        await browser.SignInAsync(name, Old);

        (await browser.OpenAsync("/sign-in?returnUrl=%2Fmachines")).Headers.Location?.ToString().ShouldEndWith("/machines");
    }

    static Task<(string? LeadsTo, string Text)> ChangeAsync(FormBrowser browser, string current, string next, string again) =>
        browser.SendAsync("/account/password", ("Input.Current", current), ("Input.Next", next), ("Input.Again", again));

    static string Alert(string page) => page[page.IndexOf("role=\"alert\"", StringComparison.Ordinal)..].Split('>', '<')[1];

    async Task<string> PersonAsync()
    {
        var world = await portal.NewWorldAsync(new WorldPlan());
        return await Passwords.GiveAsync(portal.Contexts, world.Member, Old);
    }
}
