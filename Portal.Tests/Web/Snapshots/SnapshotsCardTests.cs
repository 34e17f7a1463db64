using Bunit;
using Portal.Domain;
using Portal.Domain.Machines;
using Portal.Domain.Snapshots;
using Portal.Tests.Postgres;
using Portal.Tests.Web.Pages;
using Portal.Web.Machines;

namespace Portal.Tests.Web.Snapshots;

public sealed class SnapshotsCardTests(PostgresCluster cluster) : PageTest(cluster)
{
    SnapshotService Snapshots => Get<SnapshotService>();

    SnapshotBooks SnapshotBooks => Get<SnapshotBooks>();

    [Fact]
    public async Task Without_a_snapshot_the_card_says_what_one_is_good_for()
    {
        var page = OpenMachine(await World.AddMachineAsync(MachineState.Off, name: "web-01"));

        page.Says("None yet.");
        page.Text().ShouldContain("0 of 100 in the project");
        page.Button("Take a snapshot").HasAttribute("disabled").ShouldBeFalse();
    }

    [Fact]
    public async Task A_running_machine_says_why_not_and_can_be_shut_down_right_there()
    {
        var page = OpenMachine(await World.AddMachineAsync(MachineState.Running, name: "web-01"));
        page.Says("Shut it down first.");
        page.FindAll("[aria-labelledby=snapshots] .card-head button").Single().GetAttribute("aria-disabled").ShouldBe("true");

        await page.InvokeAsync(() => page.Find("[aria-labelledby=snapshots] .note button").ClickAsync());

        page.Says("Shut down web-01");
        page.WaitForElement("[role=progressbar]");
    }

    [Fact]
    public async Task Taking_one_asks_for_a_name_and_shows_it_being_taken_and_then_taken()
    {
        var machine = await World.AddMachineAsync(MachineState.Off, name: "web-01");
        var page = OpenMachine(machine);
        page.Says("None yet.");

        var pressed = PressAsync(page, "Take a snapshot");
        Dialogs.Says("Take a snapshot of web-01");
        await Dialogs.DoAsync("#take-snapshot", form => form.SubmitAsync());
        Dialogs.Says("The snapshot needs a name.");
        await Dialogs.TypeAsync("#snapshot-name", "before the upgrade");
        await Dialogs.TypeAsync("#snapshot-note", "<b>not bold</b>");
        await Dialogs.DoAsync("#take-snapshot", form => form.SubmitAsync());
        await pressed;

        page.Says("being taken");
        page.Says("Take the snapshot “before the upgrade” of web-01");
        page.Text().ShouldContain("<b>not bold</b>");
        await SnapshotBooks.TakenAsync(await ClaimAsync(), 3 << 20, Ct);
        page.Says("3 MiB");
        page.WaitForState(() => !page.Text().Contains("being taken", StringComparison.Ordinal));
        page.WaitForElement("[aria-label='Revert to before the upgrade']").HasAttribute("disabled").ShouldBeFalse();
    }

    [Fact]
    public async Task A_name_that_is_taken_is_told_at_its_field_and_what_was_typed_stays()
    {
        var machine = await World.AddMachineAsync(MachineState.Off, name: "web-01");
        await TakenAsync(machine, "before");
        var page = OpenMachine(machine);
        page.Says("before");

        var pressed = PressAsync(page, "Take a snapshot");
        Dialogs.Says("Take a snapshot of web-01");
        await Dialogs.TypeAsync("#snapshot-name", "before");
        await Dialogs.DoAsync("#take-snapshot", form => form.SubmitAsync());

        Dialogs.Says("has a snapshot called “before” already");
        Dialogs.Find("#snapshot-name").GetAttribute("aria-invalid").ShouldBe("true");
        Dialogs.Find("#snapshot-name").GetAttribute("value").ShouldBe("before");
        await Dialogs.PressAsync("Take none");
        await pressed;
    }

    [Fact]
    public async Task Going_back_names_what_is_lost_before_it_is_lost()
    {
        var machine = await World.AddMachineAsync(MachineState.Off, name: "web-01");
        await TakenAsync(machine, "before");
        var page = OpenMachine(machine);
        page.Says("before");

        var pressed = PressAsync(page, "Revert to before");
        Dialogs.Says("Revert web-01 to “before”?");
        Dialogs.Text().ShouldContain("is lost for good");
        await Dialogs.PressAsync("Revert");
        await pressed;

        page.Says("being put back");
        // Card and page follow each for itself: only once the page shows it busy too does a button that can be pressed mean the end.
        page.WaitForState(() => page.FindAll("button").Any(b => b.TextContent.StartsWith("Start (not now", StringComparison.Ordinal)));
        await SnapshotBooks.RevertFailedAsync(await ClaimAsync(), "The pool is full.", whole: false, cancelled: false, Ct);
        page.Says("putting it back broke off");
        page.Says("The disk of web-01 is not whole");
        page.WaitForState(() => page.FindAll("button").Any(b => b.TextContent == "Start"));
        await page.PressAsync("Start");
        page.Says("Revert it to a snapshot again");
        (await Get<MachineService>().GetAsync(World.Member, machine.Id, Ct))!.Machine.Active.ShouldBeNull();
    }

    [Fact]
    public async Task Deleting_one_asks_first()
    {
        var machine = await World.AddMachineAsync(MachineState.Running, name: "web-01");
        await TakenAsync(await World.AddMachineAsync(MachineState.Off, name: "web-02"), "other");
        var off = await World.AddMachineAsync(MachineState.Off, name: "web-03");
        var snapshot = await TakenAsync(off, "before");
        var page = OpenMachine(off);
        page.WaitForElement("[aria-label='Delete before']");
        page.FindAll("[aria-labelledby=snapshots] li").ShouldHaveSingleItem();

        var pressed = PressAsync(page, "Delete before");
        Dialogs.Says("Delete the snapshot “before”?");
        await Dialogs.PressAsync("Delete snapshot");
        await pressed;

        page.Says("being deleted");
        await SnapshotBooks.DeletedAsync(await ClaimAsync(), Ct);
        page.Says("None yet.");
        (await Snapshots.ListAsync(World.Member, off.Id, Ct))!.Items.ShouldNotContain(s => s.Id == snapshot.Id);
        machine.State.ShouldBe(MachineState.Running);
    }

    [Fact]
    public async Task A_viewer_sees_them_and_why_there_is_nothing_to_press()
    {
        var machine = await World.AddMachineAsync(MachineState.Off, name: "web-01");
        await TakenAsync(machine, "before");

        var page = OpenMachine(machine, World.Viewer);

        page.WaitForElement("[aria-labelledby=snapshots] li .strong");
        page.FindAll("[aria-labelledby=snapshots] button").ShouldAllBe(b => b.GetAttribute("aria-disabled") == "true" && b.GetAttribute("title")!.Contains("You may not change this machine", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Deleting_the_machine_says_that_its_snapshots_go_with_it()
    {
        var machine = await World.AddMachineAsync(MachineState.Off, name: "web-01");
        var page = OpenMachine(machine);
        page.Says("Delete…");

        var pressed = page.PressAsync("Delete…");

        Dialogs.Says("every snapshot of it");
        await Dialogs.PressAsync("Keep it");
        await pressed;
    }

    /// <summary>Presses a button of the card once it is there: it loads by itself, after the page.</summary>
    static Task PressAsync(IRenderedComponent<MachinePage> page, string label)
    {
        page.WaitForElement($"[aria-label='{label}']");
        return page.PressAsync(label);
    }

    async Task<SnapshotRow> TakenAsync(Machine machine, string name)
    {
        var order = (await Snapshots.TakeAsync(World.Member, machine.Id, name, null, Guid.NewGuid().ToString(), Ct)).Value;
        await SnapshotBooks.TakenAsync(await ClaimAsync(), 4096, Ct);
        return order.Snapshot;
    }

    IRenderedComponent<MachinePage> OpenMachine(Machine machine, Actor? by = null) => Open<MachinePage>(by ?? World.Member, $"/machines/{machine.Id}", p => p.Add(m => m.Id, machine.Id));
}
