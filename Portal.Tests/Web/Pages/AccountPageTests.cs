using AngleSharp.Dom;
using Bunit;
using Portal.Domain.Accounts;
using Portal.Domain.Approvals;
using Portal.Tests.Postgres;
using Portal.Web.Accounts;

namespace Portal.Tests.Web.Pages;

public class AccountPageTests(PostgresCluster cluster) : PageTest(cluster)
{
    [Fact]
    public async Task A_new_token_shows_its_secret_once_and_it_works()
    {
        var page = OpenAccount();

        await page.TypeAsync("#token-name", "backup script");
        await page.DoAsync("form", e => e.SubmitAsync());

        page.Says("“backup script” is ready.");
        var secret = page.Find(".copy code").TextContent;
        (await Get<ApiTokens>().AuthenticateAsync(secret, null, Ct)).ShouldNotBeNull().UserId.ShouldBe(World.Member.UserId);
        await page.PressAsync("Done");
        page.Markup.ShouldNotContain(secret);
    }

    [Fact]
    public async Task Who_decides_is_led_to_whoever_does_it_meanwhile_and_a_member_is_not()
    {
        var approver = await Postgres.HireAsync(PlatformRoles.Approver);
        var page = Open<AccountPage>(approver, "/account");
        page.Says("Nobody stands in: what waits for your decision waits for you.");
        page.Find("a[href='/approvals/away']").Plain().ShouldBe("Have somebody decide");

        (await Get<DelegationService>().AddAsync(approver, new DelegationDraft(World.Admin.UserId, DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddDays(2), null), Ct)).Refusal.ShouldBeNull();
        page.Says($"{World.Admin.Name} decides for you");

        OpenNext<AccountPage>(World.Admin).Says($"You decide for {approver.Name}");
        var members = OpenNext<AccountPage>(World.Member);
        members.Says(World.Member.Name);
        members.FindAll("a[href='/approvals/away']").ShouldBeEmpty();
    }

    [Fact]
    public async Task A_token_without_a_name_is_refused_with_what_to_do()
    {
        var page = OpenAccount();

        await page.DoAsync("form", e => e.SubmitAsync());

        page.Says("A token needs a name of 1 to 80 visible characters.");
    }

    [Fact]
    public async Task A_revoked_token_works_no_more()
    {
        var made = (await Get<ApiTokens>().CreateAsync(World.Member, "old script", null, Ct)).Value;
        var page = OpenAccount();
        page.Says("old script");

        var pressed = page.PressAsync("Revoke old script");
        Dialogs.Says("Revoke “old script”?");
        await Dialogs.PressAsync("Revoke");
        await pressed;

        page.Says("Revoked");
        (await Get<ApiTokens>().AuthenticateAsync(made.Secret, null, Ct)).ShouldBeNull();
    }

    [Fact]
    public async Task Another_browser_is_signed_out_from_here()
    {
        await using var db = await Postgres.Contexts.CreateDbContextAsync(Ct);
        var user = db.Users.Single(u => u.Id == World.Member.UserId);
        var phone = await Get<SignInSessions>().BeginAsync(user, "10.0.0.7", "Mozilla/5.0 (iPhone) Safari/604.1", Ct);
        var page = OpenAccount();
        page.Says("Safari on iPhone");

        await page.PressAsync("Sign out Safari on iPhone from 10.0.0.7");

        page.WaitForState(() => !page.Text().Contains("Safari on iPhone", StringComparison.Ordinal));
        (await Get<SignInSessions>().IsGoodAsync(phone, user.SecurityStamp, PlatformRoles.None, seenAt: null, inUse: false, Ct)).ShouldBeFalse();
    }

    IRenderedComponent<AccountPage> OpenAccount()
    {
        var page = Open<AccountPage>(World.Member, "/account");
        page.Says($"{World.Member.Name} · member");
        return page;
    }
}
