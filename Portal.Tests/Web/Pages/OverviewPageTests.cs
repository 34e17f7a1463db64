using AngleSharp.Dom;
using Bunit;
using Portal.Domain.Hosts;
using Portal.Domain.Machines;
using Portal.Tests.Postgres;
using Portal.Web.Overview;

namespace Portal.Tests.Web.Pages;

public class OverviewPageTests(PostgresCluster cluster) : PageTest(cluster)
{
    [Fact]
    public async Task An_admin_sees_what_waits_for_a_decision()
    {
        var request = await AskAsync("web-01");

        var page = Open<OverviewPage>(World.Admin, "/");

        page.Says("Waits for you");
        page.Says("web-01");
        page.FindAll("a").ShouldContain(a => a.GetAttribute("href") == $"/approvals?request={request.Id}");
    }

    [Fact]
    public async Task A_member_sees_what_is_theirs_and_the_quota()
    {
        await World.AddMachineAsync(MachineState.Running, name: "web-01");
        await AskAsync("web-02");

        var page = Open<OverviewPage>(World.Member, "/");

        page.Says("Your machines");
        page.Says("web-01");
        page.Text().ShouldContain("Waits for a decision");
        page.Text().ShouldContain("web-02");
        page.Text().ShouldContain("1 + 1 of 10, 8 left");
        page.Text().ShouldContain("nothing is wrong");
    }

    [Fact]
    public async Task What_is_wrong_stands_first_with_since_when_and_where_to_look()
    {
        await World.AddMachineAsync(MachineState.Running, World.Hosts[0], "web-01");
        await Get<HostService>().MarkUnreachableAsync(World.Hosts[0].Id, "No route to host", Ct);

        var page = Open<OverviewPage>(World.Admin, "/");

        page.Says("2 things need a look");
        var wrong = page.FindAll("section")[0].Plain();
        wrong.ShouldContain("No route to host");
        wrong.ShouldContain("It was running.");
    }

    [Fact]
    public void With_nothing_yet_it_names_the_next_action()
    {
        var page = Open<OverviewPage>(World.Member, "/");

        page.Says("Ask for a machine");
    }
}
