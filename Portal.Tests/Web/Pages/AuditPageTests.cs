using AngleSharp.Dom;
using Bunit;
using Microsoft.EntityFrameworkCore;
using Portal.Domain;
using Portal.Domain.Accounts;
using Portal.Domain.Audit;
using Portal.Tests.Postgres;
using Portal.Web.Audit;

namespace Portal.Tests.Web.Pages;

public class AuditPageTests(PostgresCluster cluster) : PageTest(cluster)
{
    [Fact]
    public async Task The_trail_says_who_did_what_to_what_and_why()
    {
        await DenyAsync((await AskAsync("web-01")).Id, "No room this week.");

        var page = Open<AuditPage>(World.Admin, "/audit");

        page.WaitForElement("tbody a.name");
        var row = page.Row("Denied a request").Plain();
        row.ShouldContain(World.Admin.Name);
        row.ShouldContain("web-01");
        row.ShouldContain("reason: No room this week.");
        row.ShouldContain("127.0.0.1");
    }

    [Fact]
    public async Task The_trail_is_filtered_by_its_address()
    {
        await DenyAsync((await AskAsync("web-01")).Id, "No room.");

        var page = Open<AuditPage>(World.Admin, "/audit?action=request.submit");

        page.WaitForElement("tbody a.name");
        page.FindAll("tbody tr").ShouldHaveSingleItem().Plain().ShouldContain("Submitted a request");
    }

    [Theory]
    [InlineData("within=1h", 2)]
    [InlineData("within=days&from=2020-01-01&to=2020-12-31", 0)]
    [InlineData("within=days&from=2020-01-01", 2)]
    [InlineData("within=days&to=2020-12-31", 0)]
    public async Task The_trail_is_filtered_by_time(string address, int lines)
    {
        await DenyAsync((await AskAsync("web-01")).Id, "No room.");

        var page = Open<AuditPage>(World.Admin, $"/audit?{address}");

        page.WaitForState(() => page.FindAll("tbody a.name").Count == lines && page.FindAll(".bone").Count == 0);
    }

    [Fact]
    public async Task The_trail_is_filtered_by_person_from_a_list_of_everyone()
    {
        await DenyAsync((await AskAsync("web-01")).Id, "No room.");
        var page = Open<AuditPage>(World.Admin, "/audit");
        page.WaitForState(() => page.FindAll("select[aria-label=Person] option").Any(o => o.TextContent == World.Member.Name));

        await page.DoAsync("select[aria-label=Person]", e => e.ChangeAsync(World.Member.UserId.ToString()));

        Address.ShouldBe($"/audit?actor={World.Member.UserId}");
        page.WaitForState(() => page.FindAll("tbody tr").Count == 1);
        page.Find("tbody tr").Plain().ShouldContain("Submitted a request");
    }

    [Fact]
    public async Task What_was_changed_shows_as_before_and_after()
    {
        await WriteAsync(AuditEvent.Of(World.Admin, "quota.change", "project", World.Project.Id, "p", World.Project.Id, new { vcpus = 4, disk = 9 }, new { vcpus = 8, disk = 9 }, new { reason = "more work" }, DateTimeOffset.UtcNow));

        var page = Open<AuditPage>(World.Admin, "/audit");

        page.WaitForElement("ins");
        page.Find("del").Plain().ShouldBe("4");
        page.Find("ins").Plain().ShouldBe("8");
        page.FindAll("ins").Count.ShouldBe(1);
        page.Find("td.detail").Plain().ShouldBe("vcpus: 4 → became 8 reason: more work");
    }

    [Fact]
    public async Task An_auditor_proves_the_trail_on_the_page_and_sees_what_is_wrong_with_it()
    {
        await AskAsync("web-01");
        await Get<AuditChain>().SealAsync(Ct);
        var page = Open<AuditPage>(World.Stranger with { Platform = PlatformRoles.Auditor }, "/audit");
        page.WaitForElement("tbody a.name");

        await page.PressAsync("Verify the trail");

        page.Says("The trail is whole: 1 event");
        page.Says("Every event is sealed.");
        page.FindAll("button").Single(b => b.Plain() == "Verify the trail").HasAttribute("disabled").ShouldBeFalse("it is proved only once");
        await using (var db = await Postgres.Contexts.CreateDbContextAsync(Ct))
            await db.Database.ExecuteSqlRawAsync("update audit_events set actor_name = 'Eve'", Ct);

        await page.PressAsync("Verify the trail");

        page.Says("The trail is broken at 1");
        page.Find(".note[role=alert]").Plain().ShouldContain("is not what was sealed");
        page.Text().ShouldNotContain("Keep this head elsewhere");
    }

    [Fact]
    public async Task What_is_exported_is_what_is_shown()
    {
        await AskAsync("web-01");

        var page = Open<AuditPage>(World.Admin, $"/audit?action=request.submit&q=web&page=3&sort=-actor");

        page.WaitForElement("a[download]");
        page.FindAll("a[download]").Select(a => a.GetAttribute("href")).ShouldBe(["/audit/export?q=web&action=request.submit&format=csv&sort=-actor", "/audit/export?q=web&action=request.submit&format=jsonl&sort=-actor"]);
    }

    [Fact]
    public async Task An_address_and_a_project_narrow_the_trail_and_can_be_let_go()
    {
        await AskAsync("web-01");

        var page = Open<AuditPage>(World.Admin, $"/audit?address=127.0.0.1&project={World.Project.Id}");

        page.WaitForState(() => page.FindAll("tbody a.name").Count == 1);
        page.Says("Not only from 127.0.0.1");
        Nav.NavigateTo("/audit?address=127.0.0.2");
        page.Says("Nothing fits");
    }

    [Fact]
    public async Task A_trail_that_is_counted_no_further_is_turned_page_by_page_to_its_end_and_back()
    {
        await WriteAsync([.. Enumerable.Range(1, AuditService.MostCounted + 30).Select(n => AuditEvent.Of(World.Admin, "thing.do", "thing", Guid.NewGuid(), $"n-{n:00000}", null, null, DateTimeOffset.UtcNow))]);
        var page = Open<AuditPage>(World.Admin, "/audit?kind=thing&page=400&sort=subject");
        void Shows(string rows, string first)
        {
            page.WaitForState(() => page.FindAll(".pager").Count == 1 && page.Find(".pager").Plain().StartsWith(rows, StringComparison.Ordinal) && page.FindAll("tbody tr")[0].Plain().Contains(first, StringComparison.Ordinal));
        }
        void Turn(string to) => Nav.NavigateTo(page.Find($".pager a[rel={to}]").GetAttribute("href")!);

        Shows("9,976–10,000 of 10,000+", "n-09976");
        Turn("next");
        Shows("10,001–10,025 of 10,000+", "n-10001");
        Turn("next");
        Shows("10,026–10,030 of 10,000+", "n-10026");
        page.FindAll(".pager a[rel=next]").ShouldBeEmpty();
        Turn("prev");
        Shows("10,001–10,025 of 10,000+", "n-10001");
        Turn("prev");
        Shows("9,976–10,000 of 10,000+", "n-09976");
        Address.ShouldBe("/audit?kind=thing&sort=subject&page=400");
    }

    async Task WriteAsync(params AuditEvent[] events)
    {
        await using var db = await Postgres.Contexts.CreateDbContextAsync(Ct);
        db.AddRange(events);
        await db.SaveChangesAsync(Ct);
    }

    [Fact]
    public async Task A_member_is_refused()
    {
        await AskAsync("web-01");

        var page = Open<AuditPage>(World.Member, "/audit");

        page.Says("You may not read the audit trail.");
        page.Text().ShouldNotContain("web-01");
    }
}
