using Bunit;
using Portal.Tests.Postgres;
using Portal.Web.Requests;

namespace Portal.Tests.Web.Pages;

public class RequestsPageTests(PostgresCluster cluster) : PageTest(cluster)
{
    [Fact]
    public async Task Requests_show_what_became_of_them_and_why()
    {
        await AskAsync("web-01");
        await DenyAsync((await AskAsync("web-02")).Id, "No room this week.");

        var page = Open<RequestsPage>(World.Member, "/requests");

        page.Says("2 requests");
        page.Row("web-01").Plain().ShouldContain("Waits");
        page.Row("web-02").Plain().ShouldContain("Denied");
        page.Row("web-02").Plain().ShouldContain("No room this week.");
    }

    [Fact]
    public async Task The_status_filter_is_in_the_address()
    {
        await AskAsync("web-01");
        await DenyAsync((await AskAsync("web-02")).Id, "No room.");
        var page = Open<RequestsPage>(World.Member, "/requests");
        page.Says("2 requests");

        await page.DoAsync("select[aria-label=Status]", e => e.ChangeAsync("denied"));

        page.Says("1 request");
        Address.ShouldBe("/requests?status=denied");
    }

    [Fact]
    public async Task Several_are_withdrawn_with_a_result_for_each()
    {
        await AskAsync("web-01");
        await AskAsync("web-02");
        var page = Open<RequestsPage>(World.Member, "/requests");
        page.Says("2 requests");

        await page.DoAsync("input[aria-label='Select the request for web-01']", e => e.ChangeAsync(true));
        await page.DoAsync("input[aria-label='Select the request for web-02']", e => e.ChangeAsync(true));
        await page.PressAsync("Withdraw");

        page.Says("all 2 done");
        page.WaitForState(() => page.Row("web-01").Plain().Contains("Withdrawn", StringComparison.Ordinal));
    }

    [Fact]
    public void An_empty_list_says_what_it_is_for()
    {
        var page = Open<RequestsPage>(World.Member, "/requests");

        page.Says("Every machine begins as a request.");
    }
}
