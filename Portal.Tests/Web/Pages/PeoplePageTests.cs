using AngleSharp.Dom;
using Bunit;
using Portal.Domain;
using Portal.Domain.Accounts;
using Portal.Tests.Postgres;
using Portal.Web.Accounts;

namespace Portal.Tests.Web.Pages;

public class PeoplePageTests(PostgresCluster cluster) : PageTest(cluster)
{
    AccountService Accounts => Get<AccountService>();

    [Fact]
    public async Task A_new_account_shows_its_password_once()
    {
        var page = OpenPeople();
        var pressed = page.PressAsync("New account");
        Dialogs.Says("New account");

        await Dialogs.TypeAsync("#account-userName", "mia");
        await Dialogs.TypeAsync("#account-name", "Mia Member");
        await Dialogs.TypeAsync("#account-email", "mia@example.org");
        await Dialogs.DoAsync(".roles label:nth-of-type(2) input", e => e.ChangeAsync(true));
        await Dialogs.DoAsync("#new-account", e => e.SubmitAsync());
        await pressed;

        page.Says("The password of Mia Member (mia). Give it to them now: it is shown this once.");
        var password = page.Find(".copy code").TextContent;
        password.Length.ShouldBe(16);
        page.Says("6 accounts");
        Row(page, "mia@example.org").Plain().ShouldContain("approver");
        await page.PressAsync("Done");
        page.Markup.ShouldNotContain(password);
    }

    [Fact]
    public async Task What_is_wrong_with_a_new_account_is_said_at_its_field_and_what_was_typed_stays()
    {
        var page = OpenPeople();
        _ = page.PressAsync("New account");
        Dialogs.Says("New account");

        await Dialogs.TypeAsync("#account-userName", "Mia");
        await Dialogs.TypeAsync("#account-name", "Mia Member");
        await Dialogs.DoAsync("#new-account", e => e.SubmitAsync());

        Dialogs.Says("That is no name to sign in with.");
        Dialogs.Find("#account-userName").GetAttribute("aria-invalid").ShouldBe("true");
        Dialogs.Find("#account-name").GetAttribute("value").ShouldBe("Mia Member");
    }

    [Fact]
    public async Task Roles_are_ticked_and_saved()
    {
        var page = OpenPeople();
        await page.PressAsync($"Change {World.Member.Name}");

        await page.DoAsync(".roles label:nth-of-type(3) input", e => e.ChangeAsync(true));
        await page.DoAsync(".panel form.picks", e => e.SubmitAsync());

        page.WaitForState(() => Row(page, World.Member.Name).Plain().Contains("operator", StringComparison.Ordinal));
        (await Accounts.GetAsync(World.Admin, World.Member.UserId, Ct)).Value.Roles.ShouldBe(PlatformRoles.Operator);
    }

    [Fact]
    public async Task Roles_changed_by_somebody_else_meanwhile_are_told_and_what_was_ticked_goes_when_pressed_again()
    {
        var page = OpenPeople();
        await page.PressAsync($"Change {World.Member.Name}");
        await page.DoAsync(".roles label:nth-of-type(3) input", e => e.ChangeAsync(true));
        await Accounts.ChangeRolesAsync(World.Admin, World.Member.UserId, PlatformRoles.None, PlatformRoles.Auditor, Ct);
        page.WaitForState(() => Row(page, World.Member.Name).Plain().Contains("auditor", StringComparison.Ordinal));

        await page.DoAsync(".panel form.picks", e => e.SubmitAsync());
        page.Says($"{World.Member.Name} now holds the roles auditor.");
        await page.DoAsync(".panel form.picks", e => e.SubmitAsync());

        page.WaitForState(() => Row(page, World.Member.Name).Plain().Contains("operator", StringComparison.Ordinal));
        (await Accounts.GetAsync(World.Admin, World.Member.UserId, Ct)).Value.Roles.ShouldBe(PlatformRoles.Operator);
    }

    [Fact]
    public async Task A_name_and_an_address_are_changed_and_what_is_wrong_is_said_at_its_field()
    {
        var page = OpenPeople();
        await page.PressAsync($"Change {World.Member.Name}");
        var (name, email) = ($"#name-{World.Member.UserId}", $"#email-{World.Member.UserId}");

        await page.TypeAsync(name, "Mia Meier");
        await page.TypeAsync(email, "mia@localhost");
        await page.DoAsync(".panel form.profile", e => e.SubmitAsync());
        page.Says("That is no e-mail address the portal can write to.");
        page.Find(name).GetAttribute("value").ShouldBe("Mia Meier");
        await page.TypeAsync(email, "mia.meier@example.org");
        await page.DoAsync(".panel form.profile", e => e.SubmitAsync());

        page.WaitForState(() => page.FindAll("tbody tr:not(.more)").Any(r => r.Plain().Contains("mia.meier@example.org", StringComparison.Ordinal)));
        page.Button("Save name and e-mail").HasAttribute("disabled").ShouldBeTrue();
    }

    [Fact]
    public async Task A_name_changed_by_somebody_else_meanwhile_is_told_and_what_was_typed_goes_when_pressed_again()
    {
        var page = OpenPeople();
        await page.PressAsync($"Change {World.Member.Name}");
        var before = (await Accounts.OwnProfileAsync(World.Member, Ct)).Value;
        await page.TypeAsync($"#name-{World.Member.UserId}", "Mia Mayer");
        await Accounts.ChangeOwnProfileAsync(World.Member, before, before with { Name = "Mia Meier" }, Ct);
        page.WaitForState(() => page.FindAll("tbody tr:not(.more)").Any(r => r.Plain().Contains("Mia Meier", StringComparison.Ordinal)));

        await page.DoAsync(".panel form.profile", e => e.SubmitAsync());
        page.Says($"was changed by {World.Member.Name}");
        page.Find(".differences").Plain().ShouldContain("Mia MeierMia Mayer");
        await page.DoAsync(".panel form.profile", e => e.SubmitAsync());

        page.WaitForState(() => page.FindAll("tbody tr:not(.more)").Any(r => r.Plain().Contains("Mia Mayer", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task The_last_admin_is_not_disabled_and_it_is_said_why()
    {
        var page = OpenPeople();
        await page.PressAsync($"Change {World.Admin.Name}");

        var pressed = page.PressAsync("Disable account…");
        Dialogs.Says($"Disable the account of {World.Admin.Name}?");
        await Dialogs.PressAsync($"Disable {World.Admin.Name}");
        await pressed;

        page.Says($"{World.Admin.Name} is the last admin whose account is open");
    }

    [Fact]
    public async Task An_account_is_disabled_and_enabled_again()
    {
        var page = OpenPeople();
        await page.PressAsync($"Change {World.Viewer.Name}");

        var pressed = page.PressAsync("Disable account…");
        Dialogs.Says("Every page they have open ends at once");
        await Dialogs.PressAsync($"Disable {World.Viewer.Name}");
        await pressed;
        page.WaitForState(() => Row(page, World.Viewer.Name).Plain().Contains("Disabled", StringComparison.Ordinal));
        await page.PressAsync("Enable account");

        page.WaitForState(() => Row(page, World.Viewer.Name).Plain().Contains("Open", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_reset_password_is_shown_once()
    {
        var page = OpenPeople();
        await page.PressAsync($"Change {World.Viewer.Name}");

        var pressed = page.PressAsync("Reset password…");
        Dialogs.Says($"Reset the password of {World.Viewer.Name}?");
        await Dialogs.PressAsync("Reset it");
        await pressed;

        page.Says($"The password of {World.Viewer.Name}");
        Row(page, World.Viewer.Name).Plain().ShouldContain("One-time password");
    }

    [Fact]
    public async Task Role_and_state_are_in_the_address()
    {
        var page = OpenPeople();

        await page.DoAsync("select[aria-label=Role]", e => e.ChangeAsync("admin"));

        page.Says("1 account");
        Address.ShouldBe("/people?role=admin");
    }

    static IElement Row(IRenderedComponent<PeoplePage> page, string text) => page.FindAll("tbody tr:not(.more)").Single(r => r.Plain().Contains(text, StringComparison.Ordinal));

    IRenderedComponent<PeoplePage> OpenPeople()
    {
        var page = Open<PeoplePage>(World.Admin, "/people");
        page.Says("5 accounts");
        return page;
    }
}
