using Bunit;
using Portal.Domain;
using Portal.Domain.Accounts;
using Portal.Domain.Evacuations;
using Portal.Domain.Hosts;
using Portal.Domain.Machines;
using Portal.Domain.Migrations;
using Portal.Tests.Domain.Migrations;
using Portal.Tests.Postgres;
using Portal.Web.Evacuations;
using Portal.Web.Hosts;

namespace Portal.Tests.Web.Pages;

public class MaintenancePageTests(PostgresCluster cluster) : PageTest(cluster)
{
    EvacuationDriver Driver => Get<EvacuationDriver>();

    EvacuationService Evacuations => Get<EvacuationService>();

    Host Host => World.Hosts[0];

    [Fact]
    public async Task The_plan_says_who_goes_where_and_who_stays_and_begins_only_when_told()
    {
        await World.AddMachineAsync(name: "web-01");
        await World.AddMachineAsync(MachineState.Failed, name: "db-01");
        var page = Open(World.Admin);

        page.Says("1 machine moves · how long is not known: nothing was moved yet");
        page.Row("web-01").Plain().ShouldContain(World.Hosts[1].Name);
        page.Says("One machine cannot be moved");
        page.Text().ShouldContain("It is broken, so it cannot be moved.");
        var pressed = page.PressAsync($"Empty {Host.Name}…");
        Dialogs.Says($"Empty {Host.Name}?");
        (await Get<HostService>().GetAsync(World.Admin, Host.Id, Ct))!.MaintenanceSince.ShouldBeNull();
        await Dialogs.PressAsync($"Empty {Host.Name}");
        await pressed;

        page.Says($"{Host.Name} is being emptied");
        page.Says("In maintenance");
        page.Row("web-01").Plain().ShouldContain("Waiting");
    }

    [Fact]
    public async Task Its_page_follows_every_turn_and_ends_with_the_way_back()
    {
        await World.AddMachineAsync(name: "web-01");
        var page = Open(World.Admin);
        await StartAsync();
        page.Says("0 of 1 moved, 1 on the way.");

        await ArriveAsync();

        page.Says("1 of 1 moved.");
        page.Says($"{Host.Name} is empty");
        page.Row("web-01").Plain().ShouldContain("52 ms");
        page.Find("tbody a[href^='/migrations/']").GetAttribute("aria-label").ShouldBe("The move of web-01");
        page.Says($"Take {Host.Name} back into service");
        await page.DoAsync("input[name=bring]:not([checked])", e => e.ChangeAsync(true));
        await page.PressAsync("Take back into service");
        page.Says($"Machines come back to {Host.Name}");
        await Driver.AdvanceAllAsync(Ct);
        await ArriveAsync();
        page.Says("Brought back the last time");
        page.Says("In service");
    }

    [Fact]
    public async Task What_an_objective_forbids_is_said_before_anything_is_begun()
    {
        var strict = await World.AddMachineAsync(name: "db-01");
        await World.AddMachineAsync(name: "web-01");
        (await Get<ObjectiveService>().SetForMachineAsync(World.Owner, strict.Id, 100, null, Ct)).IsOk.ShouldBeTrue();

        var page = Open(World.Admin);

        page.Says("100 ms");
        page.Row("db-01").Plain().ShouldContain("100 ms");
        page.Row("web-01").Plain().ShouldNotContain("100 ms");
    }

    [Fact]
    public async Task All_evacuations_are_listed_filtered_and_each_has_its_page()
    {
        await World.AddMachineAsync(name: "web-01");
        await StartAsync();
        await ArriveAsync();

        var list = Open<EvacuationsPage>(World.Admin, "/evacuations");
        list.Says($"Empty {Host.Name}");
        list.Row($"Empty {Host.Name}").Plain().ShouldContain("1 of 1 moved");
        var id = (await Evacuations.ListAsync(World.Admin, new ListQuery(), Ct)).Items.Single().Id;
        list.Find("tbody a.name").GetAttribute("href").ShouldBe($"/evacuations/{id}");
        (await Evacuations.ListAsync(World.Admin, new ListQuery(Filters: new Dictionary<string, string> { ["kind"] = "BringBack" }), Ct)).Total.ShouldBe(0);
        Nav.NavigateTo($"/evacuations/{id}");
        var one = Browser.Render<EvacuationPageBody>(p => p.Add(b => b.Id, id));
        one.Says("1 of 1 moved.");
        one.Row("web-01").Plain().ShouldContain("52 ms");
    }

    [Fact]
    public async Task It_is_paused_gone_on_with_and_cancelled_from_its_page()
    {
        await World.AddMachineAsync(name: "web-01");
        var page = Open(World.Admin);
        await Evacuations.StartAsync(World.Admin, Host.Id, new EvacuationOrder(), Ct);
        page.Says("0 of 1 moved, 1 waiting.");

        await page.PressAsync("Pause");
        page.Says("Paused");
        await page.PressAsync("Go on");
        page.WaitForState(() => page.FindAll("button").Any(b => b.Plain() == "Pause"));
        var pressed = page.PressAsync("Cancel…");
        Dialogs.Says($"Stop emptying {Host.Name}?");
        await Dialogs.PressAsync("Stop");
        await pressed;
        page.Says("Stopping");
        await Driver.AdvanceAllAsync(Ct);

        page.Says("The evacuation was cancelled before its turn.");
        page.Says($"Empty {Host.Name} again…");
        page.Says("Nothing left it, so nothing comes back.");
    }

    [Fact]
    public async Task Limits_that_make_no_sense_are_said_and_the_plan_stays()
    {
        await World.AddMachineAsync(name: "web-01");
        var page = Open(World.Admin);
        page.Says("1 machine moves");

        await page.DoAsync("#per-host", e => e.ChangeAsync("99"));

        page.Says("99 moves at once make no sense.");
        page.Row("web-01").Plain().ShouldContain(World.Hosts[1].Name);
    }

    [Fact]
    public async Task An_auditor_sees_how_far_it_is_and_presses_nothing()
    {
        await World.AddMachineAsync(name: "web-01");
        await StartAsync();

        var page = Open(await Postgres.HireAsync(PlatformRoles.Auditor));

        page.Says("0 of 1 moved, 1 on the way.");
        page.FindAll("button").ShouldBeEmpty();
    }

    [Fact]
    public void A_host_that_is_not_there_says_so()
    {
        var page = Open<MaintenancePageBody>(World.Admin, $"/hosts/{Guid.NewGuid()}/maintenance", p => p.Add(b => b.Id, Guid.NewGuid()));

        page.Says("There is no such host.");
    }

    [Fact]
    public async Task The_list_of_hosts_leads_there_and_says_which_are_in_maintenance()
    {
        await StartAsync();
        var page = Open<HostsPage>(World.Admin, "/hosts");
        page.Says("2 hosts");

        page.Row(Host.Name).Plain().ShouldContain("in maintenance");

        await page.PressAsync($"More about {World.Hosts[1].Name}");

        page.Find($"a[href='/hosts/{World.Hosts[1].Id}/maintenance']").Plain().ShouldBe("Empty this host…");
    }

    IRenderedComponent<MaintenancePageBody> Open(Actor actor) => Open<MaintenancePageBody>(actor, $"/hosts/{Host.Id}/maintenance", p => p.Add(b => b.Id, Host.Id));

    async Task StartAsync()
    {
        (await Evacuations.StartAsync(World.Admin, Host.Id, new EvacuationOrder(), Ct)).IsOk.ShouldBeTrue();
        await Driver.AdvanceAllAsync(Ct);
    }

    async Task ArriveAsync()
    {
        var claim = await ClaimAsync();
        await Get<MigrationBooks>().BeginAsync(claim, Postgres.Time.GetUtcNow(), Ct);
        await Get<MigrationBooks>().MovedAsync(claim, "It runs there.", Receipts.Of(1.3, 52), MachineState.Running, Ct);
        await Driver.AdvanceAllAsync(Ct);
    }
}
