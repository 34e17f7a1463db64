using AngleSharp.Dom;
using Bunit;
using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Machines;
using Portal.Tests.Postgres;
using Portal.Web.Layout;
using Portal.Web.Machines;

namespace Portal.Tests.Web.Pages;

public class MachinesPageTests(PostgresCluster cluster) : PageTest(cluster)
{
    [Fact]
    public async Task Machines_are_shown_with_state_host_and_address()
    {
        var machine = await World.AddMachineAsync(MachineState.Running, name: "web-01");

        var page = Open<MachinesPage>(World.Member, "/machines");

        page.Says("web-01");
        var row = page.Row("web-01").Plain();
        row.ShouldContain("Running");
        row.ShouldContain(World.Hosts[0].Name);
        row.ShouldContain(machine.Address.ToString());
        row.ShouldContain("1 vCPU · 256 MiB · 2 GiB");
    }

    [Fact]
    public void An_empty_list_names_the_next_action()
    {
        var page = Open<MachinesPage>(World.Member, "/machines");

        page.Says("No machines yet");
        page.FindAll("a").ShouldContain(a => a.GetAttribute("href") == "/machines/new" && a.TextContent == "Ask for a machine");
    }

    [Fact]
    public async Task Search_filter_and_sort_come_from_the_address()
    {
        await World.AddMachineAsync(MachineState.Running, name: "web-01");
        await World.AddMachineAsync(MachineState.Running, name: "web-02");
        await World.AddMachineAsync(MachineState.Off, name: "web-03");
        await World.AddMachineAsync(MachineState.Running, name: "db-01");

        var page = Open<MachinesPage>(World.Member, "/machines?q=web&state=running&sort=-name");

        page.Says("2 machines");
        page.FindAll("tbody a.name").Select(a => a.TextContent).ShouldBe(["web-02", "web-01"]);
        page.Find("th[aria-sort]").GetAttribute("aria-sort").ShouldBe("descending");
    }

    [Fact]
    public async Task Searching_changes_the_address_and_the_list_follows_the_address()
    {
        await World.AddMachineAsync(name: "web-01");
        await World.AddMachineAsync(name: "db-01");
        var page = Open<MachinesPage>(World.Member, "/machines");
        page.Says("2 machines");

        await page.DoAsync("input[type=search]", e => e.ChangeAsync("db"));
        page.Says("1 machine");
        Address.ShouldBe("/machines?q=db");

        await page.InvokeAsync(() => Nav.NavigateTo("/machines"));
        page.Says("2 machines");
    }

    [Fact]
    public async Task The_chosen_project_stands_in_the_address_so_that_a_link_shows_the_same_list()
    {
        await World.AddMachineAsync(name: "web-01");
        var scope = Browser.Services.GetRequiredService<ProjectScope>();
        scope.Choose(World.Project.Id);

        var page = Open<MachinesPage>(World.Member, "/machines?sort=-name");

        page.Says("1 machine");
        Address.ShouldBe($"/machines?project={World.Project.Id}&sort=-name");
        await page.InvokeAsync(() => scope.Choose(null));
        page.WaitForState(() => Address == "/machines?sort=-name");
    }

    [Fact]
    public async Task A_link_with_a_project_wins_over_the_switcher()
    {
        await World.AddMachineAsync(name: "web-01");

        var page = Open<MachinesPage>(World.Member, $"/machines?project={World.Project.Id}");

        page.Says("1 machine");
        Browser.Services.GetRequiredService<ProjectScope>().ProjectId.ShouldBe(World.Project.Id);
    }

    [Fact]
    public async Task A_page_past_the_end_is_the_last_page()
    {
        await World.AddMachineAsync(name: "web-01");

        var page = Open<MachinesPage>(World.Member, "/machines?page=7");

        page.Says("web-01");
        Address.ShouldBe("/machines");
    }

    [Fact]
    public async Task Nothing_that_fits_is_told_apart_from_nothing_there()
    {
        await World.AddMachineAsync(name: "web-01");

        var page = Open<MachinesPage>(World.Member, "/machines?q=nowhere");

        page.Says("Nothing fits");
        page.Text().ShouldNotContain("No machines yet");
    }

    [Fact]
    public async Task Several_at_once_give_a_result_for_each()
    {
        await World.AddMachineAsync(MachineState.Off, name: "web-01");
        await World.AddMachineAsync(MachineState.Failed, name: "web-02");
        var page = Open<MachinesPage>(World.Member, "/machines");
        page.Says("2 machines");

        await page.DoAsync("input[aria-label='Select all machines']", e => e.ChangeAsync(true));
        await page.PressAsync("Start");

        page.Says("1 done, 1 not");
        page.FindAll(".results li").Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_machine_that_changes_elsewhere_changes_here()
    {
        var page = Open<MachinesPage>(World.Member, "/machines");
        page.Says("No machines yet");

        await AskAsync("web-09");

        page.Says("web-09");
        page.Row("web-09").Plain().ShouldContain("Waits for approval");
    }

    [Fact]
    public async Task Machines_of_other_projects_do_not_exist_for_a_stranger()
    {
        await World.AddMachineAsync(name: "web-01");

        var page = Open<MachinesPage>(World.Stranger, "/machines");

        page.Says("No machines yet");
    }
}
