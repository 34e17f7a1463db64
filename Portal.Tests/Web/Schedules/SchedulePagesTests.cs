using Bunit;
using Microsoft.AspNetCore.Components;
using Portal.Domain;
using Portal.Domain.Machines;
using Portal.Domain.Schedules;
using Portal.Tests.Postgres;
using Portal.Tests.Web.Pages;
using Portal.Web.Schedules;

namespace Portal.Tests.Web.Schedules;

/// <summary>Schedules on the pages.</summary>
public sealed class SchedulePagesTests(PostgresCluster cluster) : PageTest(cluster)
{
    static readonly ScheduleTiming On = new("Europe/Berlin", ScheduleTiming.Weekdays, new TimeOnly(7, 30));

    ScheduleService Schedules => Get<ScheduleService>();

    /// <summary>Another page in the same browser; dialogs and popovers are there already.</summary>
    IRenderedComponent<TPage> Again<TPage>(Actor actor, string address, Action<ComponentParameterCollectionBuilder<TPage>>? parameters = null)
        where TPage : IComponent
    {
        SignIn(actor);
        Nav.NavigateTo(address);
        return Browser.Render(parameters ?? (_ => { }));
    }

    async Task<ScheduleRow> MakeAsync(Machine machine, ScheduleKind kind = ScheduleKind.PowerOn) => (await Schedules.CreateAsync(World.Member, machine.Id, [new(kind, On)], Ct)).Value.Single();

    IRenderedComponent<SchedulesCard> Card(Actor actor, Machine machine) => Again<SchedulesCard>(actor, $"/machines/{machine.Id}", p => p.Add(c => c.MachineId, machine.Id));

    [Fact]
    public async Task One_form_makes_a_pair_and_shows_the_next_five_times_before()
    {
        var machine = await World.AddMachineAsync();
        var card = Card(World.Member, machine);
        card.Says("New schedule");
        await card.PressAsync("New schedule");
        await card.TypeAsync("#zone", "Europe/Berlin");

        card.Says("Start: the next five times");
        card.FindAll(".next-times li").Count.ShouldBe(10);
        card.FindAll(".next-times li")[0].Plain().ShouldContain("07:30 Europe/Berlin · yours:");
        await card.InvokeAsync(() => card.Find("form").SubmitAsync());

        card.Says("Mon–Fri at 07:30, Europe/Berlin");
        (await Schedules.OfMachineAsync(World.Member, machine.Id, Ct)).Select(s => s.Kind).ShouldBe([ScheduleKind.PowerOff, ScheduleKind.PowerOn], ignoreOrder: true);
    }

    [Fact]
    public async Task Wrong_input_is_said_at_once_and_nothing_typed_is_lost()
    {
        var card = Card(World.Member, await World.AddMachineAsync());
        card.Says("New schedule");
        await card.PressAsync("New schedule");
        await card.TypeAsync("#zone", "Nowhere/<b>");

        card.Says("is no time zone");
        await card.InvokeAsync(() => card.Find("form").SubmitAsync());
        card.Find("[role=alert]").Plain().ShouldContain("is no time zone");
        card.Find("#zone").GetAttribute("value").ShouldBe("Nowhere/<b>");
    }

    [Fact]
    public async Task A_viewer_sees_schedules_and_changes_none_and_only_operators_are_offered_moves()
    {
        var machine = await World.AddMachineAsync();
        await MakeAsync(machine);

        var viewed = Card(World.Viewer, machine);
        viewed.Says("Mon–Fri at 07:30");
        viewed.FindAll("button").ShouldBeEmpty();
        var member = Card(World.Member, machine);
        member.Says("New schedule");
        await member.PressAsync("New schedule");
        member.Text().ShouldNotContain("Moves it");
        var admin = Card(World.Admin, machine);
        admin.Says("New schedule");
        await admin.PressAsync("New schedule");
        admin.Says("Moves it to another host");
    }

    [Fact]
    public async Task The_page_lists_filters_changes_switches_and_deletes()
    {
        var (one, two) = (await World.AddMachineAsync(), await World.AddMachineAsync());
        var on = await MakeAsync(one);
        await MakeAsync(two, ScheduleKind.PowerOff);

        var page = Open<SchedulesPage>(World.Member, "/schedules");
        page.Says(two.Name);
        page.FindAll("tbody tr").Count.ShouldBe(2);
        await page.InvokeAsync(() => page.Row(one.Name).QuerySelectorAll("button").Single(b => b.Plain().StartsWith("Change", StringComparison.Ordinal)).ClickAsync());
        await page.DoAsync("#on-at", e => e.ChangeAsync("08:15"));
        page.Says("08:15");
        await page.InvokeAsync(() => page.Find("form.schedule-form").SubmitAsync());
        page.Says("Mon–Fri at 08:15");
        await page.InvokeAsync(() => page.Row(one.Name).QuerySelectorAll("button").Single(b => b.Plain().StartsWith("Switch off", StringComparison.Ordinal)).ClickAsync());
        page.WaitForState(() => page.Row(one.Name).Plain().Contains("Switch on", StringComparison.Ordinal));

        Again<SchedulesPage>(World.Member, "/schedules?kind=PowerOff").Says(two.Name);
        Again<SchedulesPage>(World.Member, "/schedules?enabled=false").Says(one.Name);
        Again<SchedulesPage>(World.Stranger, "/schedules").Says("No schedules yet");
        (await Schedules.DeleteAsync(World.Member, on.Id, Ct)).IsOk.ShouldBeTrue();
    }

    [Fact]
    public async Task A_stale_change_is_told_who_changed_it()
    {
        var machine = await World.AddMachineAsync();
        var on = await MakeAsync(machine);
        var editor = Open<ScheduleEditor>(World.Member, "/schedules", p => p.Add(e => e.Target, new ScheduleTarget(machine.Id)).Add(e => e.Row, on));
        editor.Says("the next five times");
        await Schedules.ChangeAsync(World.Owner, on.Id, On with { At = new TimeOnly(9, 45) }, null, true, on.Version, Ct);

        await editor.InvokeAsync(() => editor.Find("form").SubmitAsync());

        editor.Says("09:45");
        editor.Text().ShouldContain(World.Owner.Name);
    }

    [Fact]
    public async Task The_runs_of_a_schedule_are_shown_with_what_became_of_them()
    {
        var machine = await World.AddMachineAsync();
        var on = await MakeAsync(machine);
        await Get<ScheduleSweeper>().SweepAsync(on.NextAt!.Value.AddMinutes(1), Ct);

        var page = Open<SchedulesPage>(World.Member, "/schedules");
        page.Says(machine.Name);
        page.Row(machine.Name).Plain().ShouldContain("Skipped");
        await page.InvokeAsync(() => page.Row(machine.Name).QuerySelectorAll("button").Single(b => b.Plain().StartsWith("Runs", StringComparison.Ordinal)).ClickAsync());
        page.Says("ran already");
    }

    [Fact]
    public async Task An_operator_has_the_machines_with_a_tag_moved_once_within_a_window()
    {
        var machine = await World.AddMachineAsync();
        (await Get<MachineService>().TagAsync(World.Member, machine.Id, ["night"], Ct)).IsOk.ShouldBeTrue();
        var page = Open<SchedulesPage>(World.Admin, "/schedules");
        page.Says("No schedules yet");

        await page.PressAsync("Move a tag or a host’s load…");
        page.WaitForState(() => page.FindAll("#of-project option").Count > 1);
        await page.DoAsync("#of-project", e => e.ChangeAsync(World.Project.Id.ToString()));
        page.WaitForState(() => page.FindAll("#of-tag option").Count > 1);
        await page.DoAsync("#of-tag", e => e.ChangeAsync("night"));
        page.Says("1 machine now");
        await page.DoAsync("#often", e => e.ChangeAsync("Once"));
        await page.DoAsync("#once-at", e => e.ChangeAsync("2100-01-31T22:00"));
        await page.TypeAsync("#zone", "Europe/Berlin");
        await page.TypeAsync("#window", "120");
        await page.DoAsync("#late", e => e.ChangeAsync("RunLate"));
        page.Says("its only time");
        await page.InvokeAsync(() => page.Find("form.schedule-form").SubmitAsync());

        page.Says("Machines tagged night");
        page.Says("once on 2100-01-31 at 22:00, Europe/Berlin");
        (await Schedules.ListAsync(World.Admin, new ListQuery(), Ct)).Items.ShouldHaveSingleItem().ShouldSatisfyAllConditions(s => s.Tag.ShouldBe("night"), s => s.Window.ShouldBe(new ScheduleWindow(120, WhenLate.RunLate)));
    }
}
