using Bunit;
using Portal.Domain;
using Portal.Domain.Notices;
using Portal.Domain.Notices.Deliveries;
using Portal.Tests.Postgres;
using Portal.Web.Accounts;
using Portal.Web.Notices;

namespace Portal.Tests.Web.Pages;

public class NoticePagesTests(PostgresCluster cluster) : PageTest(cluster)
{
    [Fact]
    public async Task The_bell_counts_what_comes_while_the_page_is_open()
    {
        var bell = Open<NoticeBell>(World.Member, "/");
        bell.Says("Nothing yet.");
        bell.FindAll(".count").ShouldBeEmpty();

        await TellAsync("web-01 ends in 3 days");

        bell.Says("Notices, 1 unread");
        bell.Find(".count").TextContent.ShouldBe("1");
        bell.Find("li a").GetAttribute("href").ShouldBe("/machines/1");
        await bell.PressAsync("Mark all read");
        bell.WaitForState(() => bell.FindAll(".count").Count == 0);
    }

    [Fact]
    public async Task A_notice_that_is_opened_is_read_and_what_people_wrote_is_text()
    {
        await TellAsync("<img src=x onerror=alert(1)> ends");
        var bell = Open<NoticeBell>(World.Member, "/");
        bell.Says("<img src=x onerror=alert(1)> ends");
        bell.FindAll("img").ShouldBeEmpty();

        await bell.DoAsync("li a", e => e.ClickAsync());

        bell.WaitForState(() => bell.FindAll("li.unread").Count == 0);
        (await Get<NoticeService>().SummaryAsync(World.Member, 1, Ct)).Unread.ShouldBe(0);
    }

    [Fact]
    public async Task Somebody_elses_notices_show_to_nobody_else()
    {
        await TellAsync("only for Mia");
        var page = Open<NoticesPage>(World.Admin, "/notices");
        page.Says("Nothing was told yet");
        page.Text().ShouldNotContain("only for Mia");
    }

    [Fact]
    public async Task The_page_filters_by_its_address_and_marks_those_selected()
    {
        await TellAsync("first");
        await TellAsync("second");
        await TellAsync("a comment", NoticeKind.Comment);
        var page = Open<NoticesPage>(World.Member, "/notices?kind=LeaseEnding&sort=title");
        page.Says("2 notices · 3 unread");
        page.FindAll("tbody tr").Select(r => r.Plain()).ShouldAllBe(r => !r.Contains("comment"));

        await page.DoAsync("tbody tr .check", e => e.ChangeAsync(true));
        await page.PressAsync("Mark read");

        page.Says("2 notices · 2 unread");
        page.Row("first").Plain().ShouldNotContain("Unread");
        page.Row("second").Plain().ShouldContain("Unread");
        await page.PressAsync("Mark all read");
        page.WaitForState(() => page.FindAll("tbody .chip").Count == 0);
    }

    [Fact]
    public async Task What_a_person_is_told_is_chosen_on_the_account_page()
    {
        var page = Open<AccountPage>(World.Member, "/account");
        page.Says("E-mail is off: the portal was given no mail server. An admin can switch it on.");

        await page.InvokeAsync(() => page.FindAll("input[role=switch]").Single(i => i.GetAttribute("aria-label") == "Comment, in the page").ChangeAsync(false));

        page.WaitForState(() => !page.FindAll("input[role=switch]").Single(i => i.GetAttribute("aria-label") == "Comment, in the page").HasAttribute("checked"));
        (await Get<NoticePreferences>().GetAsync(World.Member, Ct)).Kinds.Single(k => k.Kind == NoticeKind.Comment).ShouldBe(new PreferenceView(NoticeKind.Comment, false, true, false));
    }

    [Fact]
    public async Task The_account_page_says_why_no_e_mail_comes()
    {
        await Get<Outbox>().OpenEmailAsync(true, Ct);
        Open<AccountPage>(World.Admin, "/account").Says("Your account has no e-mail address");
        await Get<Outbox>().OpenEmailAsync(false, Ct);
        Browser.Render<PreferencesCard>().Says("Set Portal__Smtp__Host, Portal__Smtp__From and Portal__PublicUrl");
    }

    async Task TellAsync(string title, NoticeKind kind = NoticeKind.LeaseEnding)
    {
        await using var db = await Postgres.Contexts.CreateDbContextAsync(Ct);
        await NoticeBoard.TellAsync(db, new(kind, title, "More about it", "/machines/1", Guid.NewGuid(), World.Project.Id), [World.Member.UserId], DateTimeOffset.UtcNow, Ct);
    }
}
