using Bunit;
using Portal.Domain;
using Portal.Domain.Accounts;
using Portal.Domain.Affinity;
using Portal.Domain.Balance;
using Portal.Domain.Migrations;
using Portal.Tests.Postgres;
using Portal.Web.Balance;

namespace Portal.Tests.Web.Pages;

public class BalancePageTests(PostgresCluster cluster) : PageTest(cluster)
{
    [Fact]
    public async Task An_operator_follows_a_recommendation_and_reads_what_became_of_it()
    {
        await BreakRuleAsync();
        var page = Open<BalancePage>(await Postgres.HireAsync(PlatformRoles.Operator), "/balance");
        page.Says("1 move is worth making over 2 hosts");
        page.Says("the rule “pair” keeps it apart from a machine there");

        await page.PressAsync("Move it");

        page.Says($"moves from {World.Hosts[0].Name} to {World.Hosts[1].Name}");
        page.Says("Nothing is worth a move");
        (await Get<MigrationService>().ListAsync(World.Admin, new ListQuery(), Ct)).Items.ShouldHaveSingleItem().Reason.ShouldStartWith("Balance: ");
    }

    [Fact]
    public async Task An_auditor_looks_and_has_nothing_to_press()
    {
        await BreakRuleAsync();
        var page = Open<BalancePage>(await Postgres.HireAsync(PlatformRoles.Auditor), "/balance");

        page.Says("the rule “pair” keeps it apart from a machine there");
        page.Says("not measured yet");
        page.FindAll("button").ShouldBeEmpty();
    }

    [Fact]
    public async Task It_is_switched_on_with_a_window_that_makes_sense()
    {
        var page = Open<BalancePage>(World.Admin, "/balance");
        page.Says("Nothing moves by itself.");
        var pressed = page.PressAsync("Switch on…");
        Dialogs.WaitForState(() => Dialogs.FindAll("#window").Count == 1);

        await Dialogs.TypeAsync("#opens-zone", "UTC");
        await Dialogs.TypeAsync("#window", "5");
        await Dialogs.DoAsync("#balance", e => e.SubmitAsync());
        Dialogs.Says("Give 10 to 1440 minutes.");
        await Dialogs.TypeAsync("#window", "90");
        await Dialogs.DoAsync("#balance", e => e.SubmitAsync());
        await pressed;

        page.Says("Mon–Fri at 02:00, UTC, 4 moves at most");
        (await Get<BalanceService>().SettingsAsync(World.Admin, Ct)).Value.ShouldSatisfyAllConditions(s => s.Enabled.ShouldBeTrue(), s => s.Terms.WindowMinutes.ShouldBe(90));
    }

    async Task BreakRuleAsync()
    {
        Guid[] machines = [(await World.AddMachineAsync(name: "web-1")).Id, (await World.AddMachineAsync(name: "web-2")).Id];
        (await Get<AffinityService>().CreateAsync(World.Owner, new AffinityDraft("pair", AffinityKind.Apart, AffinityStrength.Must, World.Project.Id, machines), Ct)).IsOk.ShouldBeTrue();
    }
}
