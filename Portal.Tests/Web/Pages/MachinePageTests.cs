using AngleSharp.Dom;
using Bunit;
using Microsoft.Extensions.DependencyInjection;
using Portal.Domain;
using Portal.Domain.Hosts;
using Portal.Domain.Machines;
using Portal.Domain.Migrations;
using Portal.Tests.Postgres;
using Portal.Web.Answers;
using Portal.Web.Controls;
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
        page.FindAll("section")[0].Plain().ShouldContain($"ssh root@{machine.Address}");
        page.FindAll(".chip")[0].Plain().ShouldBe("Running");
    }

    [Fact]
    public async Task Led_to_another_machine_the_page_shows_that_one_and_nothing_of_the_last()
    {
        var first = await World.AddMachineAsync(MachineState.Running, name: "web-01");
        var second = await World.AddMachineAsync(MachineState.Running, name: "web-02");
        var page = OpenMachine(first.Id);
        page.Says("Power off");

        page.Render(p => p.Add(m => m.Id, second.Id));

        page.Text().ShouldNotContain("web-01");
        page.Says($"ssh root@{second.Address}");
        page.Find("h1").Plain().ShouldBe("web-02");
    }

    [Fact]
    public async Task What_cannot_be_done_now_says_why()
    {
        var machine = await World.AddMachineAsync(MachineState.Off, name: "web-01");

        var page = OpenMachine(machine.Id);

        page.Says("Power off");
        var reset = page.FindAll("button").Single(b => b.TextContent.StartsWith("Reset", StringComparison.Ordinal));
        reset.GetAttribute("aria-disabled").ShouldBe("true");
        reset.GetAttribute("title").ShouldNotBeNullOrEmpty();
        page.Button("Start").HasAttribute("disabled").ShouldBeFalse();
    }

    [Fact]
    public async Task Starting_puts_an_operation_into_the_ledger_and_shows_it()
    {
        var machine = await World.AddMachineAsync(MachineState.Off, name: "web-01");
        var page = OpenMachine(machine.Id);
        page.Says("Start");

        await page.PressAsync("Start");

        page.Says("Start web-01");
        page.WaitForElement("[role=progressbar]");
    }

    [Fact]
    public async Task Cutting_the_power_asks_first_and_says_what_is_lost()
    {
        var machine = await World.AddMachineAsync(MachineState.Running, name: "web-01");
        var page = OpenMachine(machine.Id);
        page.Says("Power off");

        var pressed = page.PressAsync("Power off");
        Dialogs.Says("Cut the power of web-01?");
        Dialogs.Text().ShouldContain("is lost");
        await Dialogs.PressAsync("Cut the power");
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

        var pressed = page.PressAsync("Delete…");
        Dialogs.Says("Delete web-01?");
        Dialogs.Button("Delete web-01").HasAttribute("disabled").ShouldBeTrue();
        await Dialogs.TypeAsync("#confirm-name", "web-01");
        await Dialogs.PressAsync("Delete web-01");
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

        var pressed = page.PressAsync("Move…");
        Dialogs.Says(World.Hosts[1].Name);
        Dialogs.Text().ShouldContain("does not answer");
        Dialogs.Find("input[name=destination]").HasAttribute("disabled").ShouldBeTrue();
        await Dialogs.PressAsync("Leave it where it is");
        await pressed;
    }

    [Fact]
    public async Task A_move_is_ordered_and_its_page_opened()
    {
        var machine = await World.AddMachineAsync(MachineState.Running, name: "web-01");
        var page = OpenMachine(machine.Id, asAdmin: true);
        page.Says("Move…");

        var pressed = page.PressAsync("Move…");
        Dialogs.Says("Where to");
        await Dialogs.PressAsync($"Move to {World.Hosts[1].Name}");
        await pressed;

        page.WaitForState(() => Address.StartsWith("/migrations/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_move_is_ordered_with_the_policy_that_was_chosen_for_what_it_means()
    {
        var machine = await World.AddMachineAsync(MachineState.Running, name: "web-01");
        var page = OpenMachine(machine.Id, asAdmin: true);
        page.Says("Move…");

        var pressed = page.PressAsync("Move…");
        Dialogs.Says(Words.Means(MigrationPolicy.Balanced));
        await Dialogs.DoAsync("input[name=policy][value=MustMove]", input => input.ChangeAsync("MustMove"));
        Dialogs.Says(Words.Means(MigrationPolicy.MustMove));
        await Dialogs.PressAsync($"Move to {World.Hosts[1].Name}");
        await pressed;

        (await Get<MigrationService>().ListAsync(World.Admin, new ListQuery(), Ct)).Items.ShouldHaveSingleItem().Policy.ShouldBe(MigrationPolicy.MustMove);
    }

    [Fact]
    public async Task Whether_it_answers_is_seen_live_without_a_change_in_the_books()
    {
        var machine = await World.AddMachineAsync(MachineState.Running, name: "web-01");
        var board = Browser.Services.GetRequiredService<AnswerBoard>();
        board.Watch(machine.Id);
        var page = OpenMachine(machine.Id);
        page.Says("Running");

        Ping(0.41);
        page.Says("answers in 0.41 ms");
        Ping(null);
        Ping(null);
        page.Text().ShouldContain("answers");
        Ping(null);
        page.Says("silent for");

        void Ping(double? rttMs)
        {
            board.Tell(machine.Id, DateTimeOffset.UtcNow, rttMs);
            board.EndRound();
        }
    }

    [Fact]
    public async Task A_deleted_machine_offers_nothing_to_press_and_keeps_its_story()
    {
        var machine = await World.AddMachineAsync(MachineState.Deleted, name: "web-01");

        var page = OpenMachine(machine.Id);

        page.Says("web-01 is deleted");
        page.FindAll(".actions").ShouldBeEmpty();
        page.Text().ShouldNotContain("ssh root@");
        page.Text().ShouldContain("Activity");
    }

    [Fact]
    public async Task A_machine_that_waits_leads_to_its_request()
    {
        var request = await AskAsync("web-01");

        var page = OpenMachine(request.MachineId!.Value);

        page.Says("Open the request");
        page.FindAll("a").ShouldContain(a => a.GetAttribute("href") == $"/requests/{request.Id}" && a.TextContent == "Open the request");
        page.FindAll(".actions").ShouldBeEmpty();
    }

    [Fact]
    public async Task Somebody_elses_machine_and_none_get_the_same_answer()
    {
        var machine = await World.AddMachineAsync(MachineState.Running, name: "web-01");
        var none = Guid.CreateVersion7();

        var page = Open<MachinePage>(World.Stranger, $"/machines/{machine.Id}", p => p.Add(m => m.Id, machine.Id));
        page.Says("Nothing is here");
        var nothing = Browser.Render<MachinePage>(p => p.Add(m => m.Id, none));
        nothing.Says("Nothing is here");

        page.Text().ShouldBe(nothing.Text());
    }

    IRenderedComponent<MachinePage> OpenMachine(Guid id, bool asAdmin = false) =>
        Open<MachinePage>(asAdmin ? World.Admin : World.Member, $"/machines/{id}", p => p.Add(m => m.Id, id));
}
