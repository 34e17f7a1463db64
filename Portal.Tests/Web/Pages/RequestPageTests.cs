using Bunit;
using Portal.Domain.Requests;
using Portal.Tests.Postgres;
using Portal.Web.Requests;

namespace Portal.Tests.Web.Pages;

public class RequestPageTests(PostgresCluster cluster) : PageTest(cluster)
{
    [Fact]
    public async Task A_request_tells_its_story_and_what_it_holds()
    {
        var request = await AskAsync("web-01", "For the sale.");

        var page = OpenRequest(request.Id);

        page.Says("Waits for an approver");
        page.Text().ShouldContain("For the sale.");
        page.Text().ShouldContain("Leasefor ever");
        page.Text().ShouldContain("10.9.");
    }

    [Fact]
    public async Task An_approval_elsewhere_shows_at_once()
    {
        var request = await AskAsync("web-01");
        var page = OpenRequest(request.Id);
        page.Says("Waits for an approver");

        await ApproveAsync(request.Id);

        page.Says("Approved");
        page.Says("Waits for a free worker");
    }

    [Fact]
    public async Task Withdrawing_asks_first_and_frees_what_was_held()
    {
        var request = await AskAsync("web-01");
        var page = OpenRequest(request.Id);
        page.Says("Waits for an approver");

        var pressed = page.PressAsync("Withdraw");
        Dialogs.Says("Withdraw the request for web-01?");
        await Dialogs.PressAsync("Withdraw");
        await pressed;

        page.Says("Withdrawn");
        (await QuotaAsync(World)).Reserved.ShouldAllBe(held => held == 0);
    }

    [Fact]
    public async Task Led_to_another_request_the_page_shows_that_one_and_nothing_of_the_last()
    {
        var (first, second) = (await AskAsync("web-01"), await AskAsync("web-02"));
        var page = OpenRequest(first.Id);
        page.Says("Waits for an approver");

        page.Render(p => p.Add(r => r.Id, second.Id));

        page.Text().ShouldNotContain("web-01");
        page.Says("Waits for an approver");
        page.Find("h1").Plain().ShouldBe("web-02");
    }

    [Fact]
    public async Task A_denial_shows_its_reason()
    {
        var request = await AskAsync("web-01");
        await DenyAsync(request.Id, "No room this week.");

        var page = OpenRequest(request.Id);

        page.Says("Denied");
        page.Text().ShouldContain("No room this week.");
        page.FindAll("button").ShouldNotContain(b => b.TextContent == "Withdraw");
    }

    [Fact]
    public async Task A_stranger_learns_nothing()
    {
        var request = await AskAsync("web-01");

        var page = Open<RequestPage>(World.Stranger, $"/requests/{request.Id}", p => p.Add(r => r.Id, request.Id));

        page.Says("There is no such request here.");
        page.Text().ShouldNotContain("web-01");
    }

    IRenderedComponent<RequestPage> OpenRequest(Guid id) => Open<RequestPage>(World.Member, $"/requests/{id}", p => p.Add(r => r.Id, id));
}
