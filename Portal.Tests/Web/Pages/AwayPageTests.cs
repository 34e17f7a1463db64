using AngleSharp.Dom;
using Bunit;
using Portal.Domain.Approvals;
using Portal.Tests.Postgres;
using Portal.Web.Approvals;

namespace Portal.Tests.Web.Pages;

public class AwayPageTests(PostgresCluster cluster) : PageTest(cluster)
{
    [Fact]
    public async Task Somebody_is_chosen_to_decide_and_it_is_ended_again()
    {
        var page = Open<AwayPage>(World.Owner, "/approvals/away");
        page.Says("Nobody stands in for anybody");
        await page.PressAsync("Have them decide");
        page.Says("Nobody is chosen.");

        page.WaitForState(() => page.FindAll("#to option").Any(o => o.GetAttribute("value") == World.Member.UserId.ToString()));
        await page.DoAsync("#to", e => e.ChangeAsync(World.Member.UserId.ToString()));
        await page.PressAsync("Have them decide");

        page.WaitForState(() => page.FindAll("tbody tr").Count == 1);
        page.Row(World.Member.Name).Children.Take(3).Select(e => e.Plain()).ShouldBe(["You", World.Member.Name, "now"]);
        var ending = page.PressAsync($"End the delegation from {World.Owner.Name} to {World.Member.Name}");
        Dialogs.WaitForState(() => Dialogs.FindAll("button").Any(b => b.Plain() == "End it"));
        await Dialogs.PressAsync("End it");
        await ending;
        page.Says("Nobody stands in for anybody");
    }

    [Fact]
    public async Task The_trends_count_by_week_with_a_table_beside_the_chart()
    {
        await DenyAsync((await AskAsync("web-01")).Id, "No room.");
        await AskAsync("web-02");

        var page = Open<TrendsPage>(World.Admin, "/approvals/trends?weeks=4");

        page.WaitForState(() => page.FindAll("tbody tr").Count == 5);
        page.FindAll("tbody tr")[0].Children.Skip(1).Take(4).Select(e => e.Plain()).ShouldBe(["2", "0", "0", "1"]);
        page.FindAll("tbody tr")[4].Children.Select(e => e.Plain()).ShouldBe(["No room.", "1"]);
        page.Find("svg[role=img]").GetAttribute("aria-label").ShouldNotBeNullOrEmpty();
    }
}
