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
        empty.FindAll("td a").Select(a => a.GetAttribute("href")).ShouldBe(["/migrations?mode=live&memory=256&status=moved", "/migrations?mode=quickdirect&memory=256&status=moved"]);
        empty.FindAll(".plot path").Count.ShouldBe(2);
    }

    [Fact]
    public async Task What_moves_came_to_is_gathered_by_what_the_address_says()
    {
        await MoveAsync(MigrationMode.Live, 50);

        var page = Open<HistoryPage>(World.Member, "/migrations/history?by=machine");
        page.Says("web-01");
        page.Says("1 of 1");
        page.Find("td a").GetAttribute("href").ShouldStartWith("/migrations?machine=");

        Nav.NavigateTo("/migrations/history?by=route");
        page.Says($"{World.Hosts[0].Name} → {World.Hosts[1].Name}");
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
