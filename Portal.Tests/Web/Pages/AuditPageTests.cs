using AngleSharp.Dom;
using Bunit;
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
        page.FindAll("tbody tr").ShouldHaveSingleItem().Plain().ShouldContain("Asked for a machine");
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
        page.Find("tbody tr").Plain().ShouldContain("Asked for a machine");
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
