using AngleSharp.Dom;
using Bunit;
using Portal.Domain.Hosts;
using Portal.Domain.Machines;
using Portal.Tests.Postgres;
using Portal.Tests.Web.Pages;
using Portal.Web.Layout;

namespace Portal.Tests.Web.Layout;

public class FrameTests(PostgresCluster cluster) : PageTest(cluster)
{
    [Fact]
    public async Task The_number_of_waiting_approvals_follows_the_queue()
    {
        var nav = Open<SideNav>(World.Admin, "/");
        nav.WaitForElement("a[href='/approvals']");

        await AskAsync("web-01");
        nav.Says("1 waiting");
        await DenyAsync((await AskAsync("web-02")).Id, "No room.");

        nav.WaitForState(() => nav.Find(".badge").Plain().StartsWith('1'));
    }

    [Fact]
    public void The_machines_link_is_not_lit_on_the_new_machine_page()
    {
        var nav = Open<SideNav>(World.Member, "/machines/new");

        nav.FindAll("a.active").Select(a => a.TextContent).ShouldBe(["New machine"]);
    }

    [Fact]
    public async Task The_task_panel_tells_what_runs_on_every_page()
    {
        var panel = Open<TaskPanel>(World.Member, "/");
        panel.Says("nothing running");
        var machine = await World.AddMachineAsync(MachineState.Off, name: "web-01");

        await Get<MachineService>().PowerAsync(World.Member, machine.Id, PowerAction.Start, Guid.NewGuid().ToString(), Ct);

        panel.Says("Start web-01 · queued");
        panel.Says("1 running");
        await panel.DoAsync("button.summary", e => e.ClickAsync());
        panel.WaitForElement("#task-list article");
    }

    [Fact]
    public async Task A_running_operation_is_cancelled_from_the_task_panel()
    {
        var machine = await World.AddMachineAsync(MachineState.Off, name: "web-01");
        await Get<MachineService>().PowerAsync(World.Member, machine.Id, PowerAction.Start, Guid.NewGuid().ToString(), Ct);
        var panel = Open<TaskPanel>(World.Member, "/");
        panel.Says("Start web-01");
        await panel.DoAsync("button.summary", e => e.ClickAsync());
        panel.WaitForElement("#task-list article");

        await panel.PressAsync("Cancel Start web-01");

        panel.Says("stopping");
    }

    [Fact]
    public async Task The_search_finds_machines_requests_and_people_as_far_as_one_may_see_them()
    {
        await World.AddMachineAsync(name: "web-01");
        await AskAsync("web-02");
        var search = Open<SearchBox>(World.Member, "/");

        await search.TypeAsync("#search", "web-0");
        search.Says("web-02");
        search.FindAll("[role=option]").Select(o => o.QuerySelector(".strong")!.TextContent).ShouldBe(["web-01", "web-02", "web-02"]);

        await search.TypeAsync("#search", World.Owner.Name);
        search.Says("person");
        await search.TypeAsync("#search", World.Stranger.Name);
        search.Says("Nothing found.");
    }

    [Fact]
    public async Task Enter_opens_the_chosen_hit()
    {
        var machine = await World.AddMachineAsync(name: "web-01");
        var search = Open<SearchBox>(World.Member, "/");

        await search.TypeAsync("#search", "web-01");
        search.Says("machine ·");
        await search.DoAsync("#search", e => e.KeyDownAsync("Enter"));

        Address.ShouldBe($"/machines/{machine.Id}");
    }

    [Fact]
    public async Task The_fleet_state_is_in_words_worst_news_first()
    {
        var fleet = Open<FleetState>(World.Admin, "/");
        fleet.Says("2 hosts · all answering");

        await Get<HostService>().MarkUnreachableAsync(World.Hosts[1].Id, "No route to host", Ct);

        fleet.Says($"2 hosts · {World.Hosts[1].Name} does not answer");
    }
}
