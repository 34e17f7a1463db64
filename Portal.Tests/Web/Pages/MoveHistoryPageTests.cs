using Bunit;
using Portal.Domain.Machines;
using Portal.Domain.Migrations;
using Portal.Domain.Operations;
using Portal.Tests.Domain.Migrations;
using Portal.Tests.Postgres;
using Portal.Web.Migrations.History;

namespace Portal.Tests.Web.Pages;

public class MoveHistoryPageTests(PostgresCluster cluster) : PageTest(cluster)
{
    [Fact]
    public async Task The_comparison_says_in_words_what_the_receipts_show_and_leads_to_them()
    {
        var empty = Open<LiveVsQuickPage>(World.Member, "/migrations/live-vs-quick");
        empty.Says("Nothing was measured in this time");
        await MoveAsync(MigrationMode.Live, 50);
        empty.Says("No quick move was measured in this time");
        await MoveAsync(MigrationMode.QuickDirect, 2000);

        empty.Says("A live move leaves a machine silent for 50 ms, a quick one for 2.00 s: 40 times as long. Who pings it once a second loses one ping in 20 such moves in the one and about 2.0 pings in the other.");
        empty.FindAll("td a").Select(a => a.GetAttribute("href")).ShouldBe(["/migrations?days=90&memory=256&mode=live&status=moved", "/migrations?days=90&memory=256&mode=quickdirect&status=moved"]);
        empty.FindAll(".plot path").Count.ShouldBe(2);
    }

    [Fact]
    public async Task What_moves_came_to_is_gathered_by_what_the_address_says()
    {
        await MoveAsync(MigrationMode.Live, 50);

        var page = Open<HistoryPage>(World.Member, "/migrations/history?by=machine");
        page.Says("web-01");
        page.Says("1 of 1");
        page.Find("td a").GetAttribute("href").ShouldStartWith("/migrations?days=90&machine=");

        Nav.NavigateTo("/migrations/history?by=route&days=30&policy=balanced");
        page.WaitForState(() => page.FindAll("td a").Any(a => a.TextContent == $"{World.Hosts[0].Name} → {World.Hosts[1].Name}"));
        page.Find("td a").GetAttribute("href").ShouldBe($"/migrations?days=30&policy=balanced&route={World.Hosts[0].Id},{World.Hosts[1].Id}");
        page.WaitForAssertion(() => page.FindAll("select[aria-label=Route] option").Select(option => option.TextContent).ShouldBe(["Any route", $"{World.Hosts[0].Name} → {World.Hosts[1].Name}"]));
    }

    [Fact]
    public void A_history_that_does_not_exist_is_said_not_to_and_leads_back()
    {
        var page = Open<HistoryPage>(World.Member, "/migrations/history?by=7&days=30");

        page.Says("There is no such history.");
        page.Find(".note a").GetAttribute("href").ShouldBe("/migrations/history?days=30");
    }

    async Task MoveAsync(MigrationMode mode, double blackout)
    {
        var machine = await World.AddMachineAsync(MachineState.Running, World.Hosts[0], $"web-0{++made}");
        (await Get<MigrationService>().StartAsync(World.Admin, machine.Id, World.Hosts[1].Id, mode, mode == MigrationMode.Live ? 100 : null, Guid.NewGuid().ToString(), Ct)).Refusal.ShouldBeNull();
        var claim = (await Get<Ledger>().ClaimAsync("one", TimeSpan.FromMinutes(1), Ct)).ShouldNotBeNull();
        await Get<MigrationBooks>().BeginAsync(claim, DateTimeOffset.UtcNow, Ct);
        await Get<MigrationBooks>().MovedAsync(claim, "ok", Receipts.Of(2, blackout), MachineState.Running, Ct);
    }

    int made;
}
