using Bunit;
using Portal.Domain;
using Portal.Domain.Machines;
using Portal.Domain.Migrations;
using Portal.Tests.Domain.Migrations;
using Portal.Tests.Postgres;
using Portal.Tests.Web.Pages;
using Portal.Web.Machines;
using Portal.Web.Migrations;

namespace Portal.Tests.Web.Migrations;

/// <summary>Objectives on the pages.</summary>
public sealed class ObjectivePagesTests(PostgresCluster cluster) : PageTest(cluster)
{
    [Fact]
    public async Task A_member_sets_what_users_may_notice_and_takes_it_off_again()
    {
        var machine = await World.AddMachineAsync();
        await Get<ObjectiveService>().SetForProjectAsync(World.Owner, machine.ProjectId, 500, null, Ct);
        var card = Open<ObjectiveCard>(World.Member, $"/machines/{machine.Id}", p => p.Add(c => c.MachineId, machine.Id));
        card.Says("as its project promises");

        await card.PressAsync("Set an objective");
        await card.DoAsync("#objective-kind", e => e.ChangeAsync("pings"));
        await card.TypeAsync("#objective-most", "0");
        await card.DoAsync("form", e => e.SubmitAsync());
        card.Says("cannot be promised");
        await card.TypeAsync("#objective-most", "2");
        await card.DoAsync("form", e => e.SubmitAsync());
        card.Says("never lose more than 2 pings");
        (await MachineAsync(machine.Id)).Objective.ShouldBe(new Objective(null, 2));

        await card.PressAsync("Use the project's");
        card.Says("as its project promises");
    }

    [Fact]
    public async Task A_viewer_reads_the_objective_and_has_nothing_to_press()
    {
        var machine = await World.AddMachineAsync();

        var card = Open<ObjectiveCard>(World.Viewer, $"/machines/{machine.Id}", p => p.Add(c => c.MachineId, machine.Id));

        card.Says("Nothing is promised");
        card.FindAll("button").ShouldBeEmpty();
    }

    [Fact]
    public async Task The_move_dialog_tells_who_breaks_the_objective_and_moves_for_a_reason_only()
    {
        var machine = await World.AddMachineAsync(MachineState.Running, name: "web-01");
        for (var n = 0; n < 4; n++)
        {
            (await Get<MigrationService>().StartAsync(World.Admin, machine.Id, null, MigrationMode.Live, null, $"k{n}", Ct)).IsOk.ShouldBeTrue();
            await Get<MigrationBooks>().MovedAsync(await ClaimAsync(), "It runs there.", Receipts.Of(1, 400), MachineState.Running, Ct);
        }
        await Get<ObjectiveService>().SetForMachineAsync(World.Owner, machine.Id, 100, null, Ct);
        var page = Open<MachinePage>(World.Admin, $"/machines/{machine.Id}", p => p.Add(x => x.Id, machine.Id));
        page.Says("Move…");

        var pressed = page.PressAsync("Move…");
        Dialogs.Says("its own: at most 100 ms of silence");
        Dialogs.Says("breaks the promise");
        await Dialogs.PressAsync($"Move to {World.Hosts[1].Name}");
        Dialogs.Says("would not keep it");
        await Dialogs.TypeAsync("#override", "Users were told.");
        await Dialogs.PressAsync("Move anyway");
        await pressed;

        (await Get<MigrationService>().ListAsync(World.Admin, new ListQuery(), Ct)).Items[0].OverrideReason.ShouldBe("Users were told.");
    }
}
