using AngleSharp.Dom;
using Bunit;
using Portal.Domain.Hosts;
using Portal.Domain.Machines;
using Portal.Tests.Postgres;
using Portal.Web.Machines;

namespace Portal.Tests.Web.Pages;

public class MachinePageTests(PostgresCluster cluster) : PageTest(cluster)
{
    [Fact]
    public async Task How_to_log_in_stands_first()
    {
        var machine = await World.AddMachineAsync(MachineState.Running, name: "web-01");

        var page = OpenMachine(machine.Id);

        page.Says($"ssh root@{machine.Address}");
        page.FindAll("section").First().Plain().ShouldContain($"ssh root@{machine.Address}");
        page.FindAll(".chip").First().Plain().ShouldBe("Running");
    }

    [Fact]
    public async Task What_cannot_be_done_now_says_why()
    {
        var machine = await World.AddMachineAsync(MachineState.Off, name: "web-01");

        var page = OpenMachine(machine.Id);

        page.Says("Power off");
        var powerOff = page.FindAll("button").Single(b => b.TextContent.StartsWith("Power off", StringComparison.Ordinal));
        powerOff.GetAttribute("aria-disabled").ShouldBe("true");
        powerOff.GetAttribute("title").ShouldNotBeNullOrEmpty();
        page.Button("Start").HasAttribute("disabled").ShouldBeFalse();
    }

    [Fact]
    public async Task Starting_puts_an_operation_into_the_ledger_and_shows_it()
    {
        var machine = await World.AddMachineAsync(MachineState.Off, name: "web-01");
        var page = OpenMachine(machine.Id);
        page.Says("Start");

        await page.Button("Start").ClickAsync();

        page.Says("Start web-01");
        page.WaitForElement("[role=progressbar]");
    }

    [Fact]
    public async Task Cutting_the_power_asks_first_and_says_what_is_lost()
    {
        var machine = await World.AddMachineAsync(MachineState.Running, name: "web-01");
        var page = OpenMachine(machine.Id);
        page.Says("Power off");

        var pressed = page.Button("Power off").ClickAsync();
        Dialogs.Says("Cut the power of web-01?");
        Dialogs.Text().ShouldContain("is lost");
        await Dialogs.Button("Cut the power").ClickAsync();
        await pressed;

        page.Says("Cut the power of web-01");
        (await Get<MachineService>().GetAsync(World.Member, machine.Id, Ct))!.Machine.Active.ShouldNotBeNull();
    }

    [Fact]
    public async Task Deleting_takes_the_name_typed()
    {
        var machine = await World.AddMachineAsync(MachineState.Off, name: "web-01");
        var page = OpenMachine(machine.Id);
        page.Says("Delete…");

        var pressed = page.Button("Delete…").ClickAsync();
        Dialogs.Says("Delete web-01?");
        Dialogs.Button("Delete web-01").HasAttribute("disabled").ShouldBeTrue();
        Dialogs.Find("#confirm-name").Input("web-01");
        await Dialogs.Button("Delete web-01").ClickAsync();
        await pressed;

        page.Says("Being deleted");
    }

    [Fact]
    public async Task A_machine_whose_host_is_silent_says_what_it_was_and_since_when()
    {
        var machine = await World.AddMachineAsync(MachineState.Running, name: "web-01");
        await Get<HostService>().MarkUnreachableAsync(World.Hosts[0].Id, "No route to host", Ct);

        var page = OpenMachine(machine.Id);

        page.Says("Unknown, was running");
        page.Text().ShouldContain($"{World.Hosts[0].Name} does not answer.");
        page.Text().ShouldContain("probably still is");
    }

    [Fact]
    public async Task Moving_shows_where_it_can_go_and_why_not_elsewhere()
    {
        var machine = await World.AddMachineAsync(MachineState.Running, name: "web-01");
        await Get<HostService>().MarkUnreachableAsync(World.Hosts[1].Id, "No route to host", Ct);
        var page = OpenMachine(machine.Id, asAdmin: true);
        page.Says("Move…");

        var pressed = page.Button("Move…").ClickAsync();
        Dialogs.Says(World.Hosts[1].Name);
        Dialogs.Text().ShouldContain("does not answer");
        Dialogs.Find("input[name=destination]").HasAttribute("disabled").ShouldBeTrue();
        await Dialogs.Button("Leave it where it is").ClickAsync();
        await pressed;
    }

    [Fact]
    public async Task A_move_is_ordered_and_its_page_opened()
    {
        var machine = await World.AddMachineAsync(MachineState.Running, name: "web-01");
        var page = OpenMachine(machine.Id, asAdmin: true);
        page.Says("Move…");

        var pressed = page.Button("Move…").ClickAsync();
        Dialogs.Says("Where to");
        await Dialogs.Button($"Move to {World.Hosts[1].Name}").ClickAsync();
        await pressed;

        page.WaitForState(() => Address.StartsWith("/migrations/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_stranger_learns_nothing()
    {
        var machine = await World.AddMachineAsync(MachineState.Running, name: "web-01");

        var page = Open<MachinePage>(World.Stranger, $"/machines/{machine.Id}", p => p.Add(m => m.Id, machine.Id));

        page.Says("Nothing is here");
        page.Text().ShouldNotContain("web-01");
    }

    IRenderedComponent<MachinePage> OpenMachine(Guid id, bool asAdmin = false) =>
        Open<MachinePage>(asAdmin ? World.Admin : World.Member, $"/machines/{id}", p => p.Add(m => m.Id, id));
}
