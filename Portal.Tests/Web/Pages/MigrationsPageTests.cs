using AngleSharp.Dom;
using Bunit;
using Portal.Domain.Machines;
using Portal.Domain.Migrations;
using Portal.Domain.Operations;
using Portal.Tests.Postgres;
using Portal.Web.Migrations;

namespace Portal.Tests.Web.Pages;

public class MigrationsPageTests(PostgresCluster cluster) : PageTest(cluster)
{
    [Fact]
    public async Task A_move_on_its_way_stands_with_its_route_and_leads_to_its_page()
    {
        var machine = await World.AddMachineAsync(MachineState.Running, World.Hosts[0], "web-01");
        var move = (await Get<MigrationService>().StartAsync(World.Admin, machine.Id, World.Hosts[1].Id, MigrationMode.Live, null, Guid.NewGuid().ToString(), Ct)).Value;

        var page = Open<MigrationsPage>(World.Admin, "/migrations");

        page.Says("1 move, 1 on the way");
        page.Row("web-01").Plain().ShouldContain($"{World.Hosts[0].Name} → {World.Hosts[1].Name}");
        page.Row("web-01").Plain().ShouldContain("Live");
        page.Row("web-01").QuerySelector("a")!.GetAttribute("href").ShouldBe($"/migrations/{move.Id}");
    }

    [Fact]
    public async Task A_move_ordered_elsewhere_appears_at_once()
    {
        var machine = await World.AddMachineAsync(MachineState.Running, World.Hosts[0], "web-01");
        var page = Open<MigrationsPage>(World.Admin, "/migrations");
        page.Says("Nothing has moved yet");

        await Get<MigrationService>().StartAsync(World.Admin, machine.Id, World.Hosts[1].Id, MigrationMode.Live, null, Guid.NewGuid().ToString(), Ct);

        page.Says("web-01");
    }

    [Fact]
    public async Task The_ring_counts_outcomes_and_narrows_the_list_to_one_and_back()
    {
        var (waits, stopped) = (await World.AddMachineAsync(MachineState.Running, World.Hosts[0], "web-01"), await World.AddMachineAsync(MachineState.Running, World.Hosts[0], "web-02"));
        (await Get<MigrationService>().StartAsync(World.Admin, stopped.Id, World.Hosts[1].Id, MigrationMode.Live, null, "a", Ct)).IsOk.ShouldBeTrue();
        var claim = (await Get<Ledger>().ClaimAsync("one", TimeSpan.FromMinutes(5), Ct)).ShouldNotBeNull();
        await Get<MigrationBooks>().StayedAsync(claim, MigrationStatus.Cancelled, "Cancelled on request.", null, MachineState.Running, Ct);
        (await Get<MigrationService>().StartAsync(World.Admin, waits.Id, World.Hosts[1].Id, MigrationMode.Live, null, "b", Ct)).IsOk.ShouldBeTrue();

        var page = Open<MigrationsPage>(World.Admin, "/migrations");

        page.WaitForState(() => page.FindAll(".outcomes li").Select(part => part.Plain()).SequenceEqual(["On the way 1", "Cancelled 1"]));
        var cancelled = page.FindAll(".outcomes a")[1].GetAttribute("href")!;
        cancelled.ShouldBe("/migrations?status=cancelled");
        Nav.NavigateTo(cancelled);
        page.WaitForState(() => page.FindAll("tbody tr").Count == 1 && page.FindAll(".outcomes a[aria-current]").Count == 1);
        page.FindAll(".outcomes li").Count.ShouldBe(2);
        page.Find(".outcomes a[aria-current]").GetAttribute("href").ShouldBe("/migrations");
    }
}
