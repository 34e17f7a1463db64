using Bunit;
using Portal.Domain;
using Portal.Domain.Affinity;
using Portal.Tests.Postgres;
using Portal.Web.Affinity;

namespace Portal.Tests.Web.Pages;

public class AffinityPageTests(PostgresCluster cluster) : PageTest(cluster)
{
    AffinityService Rules => Get<AffinityService>();

    [Fact]
    public async Task An_owner_makes_a_rule_reads_what_comes_of_it_before_and_deletes_it()
    {
        await World.AddMachineAsync(name: "web-1");
        await World.AddMachineAsync(host: World.Hosts[1], name: "web-2");
        var page = Open<AffinityPage>(World.Owner, "/affinity");
        page.Says("No rules yet");
        var pressed = page.PressAsync("Make a rule");
        Dialogs.WaitForState(() => Dialogs.FindAll(".machines input").Count == 2);
        Dialogs.Says("No two of them are ever placed on or moved to one host");

        await Dialogs.TypeAsync("#rule-name", "web servers");
        await Dialogs.DoAsync("#affinity-rule", e => e.SubmitAsync());
        Dialogs.Says("Add another machine.");
        for (var n = 0; n < 2; n++)
            await Dialogs.InvokeAsync(() => Dialogs.FindAll(".machines input:not([checked])")[0].ChangeAsync(new() { Value = true }));
        await Dialogs.DoAsync("#affinity-rule", e => e.SubmitAsync());
        await pressed;

        page.Says("web servers");
        page.Says($"web-1 on {World.Hosts[0].Name}");
        (await Rules.ListAsync(World.Owner, new ListQuery(), Ct)).Items.ShouldHaveSingleItem().Machines.Count.ShouldBe(2);
        pressed = page.PressAsync("Delete web servers");
        Dialogs.Says("Its machines stay where they are");
        await Dialogs.PressAsync("Delete rule");
        await pressed;
        page.Says("No rules yet");
    }

    [Fact]
    public async Task A_member_reads_that_a_rule_is_not_kept_and_changes_none()
    {
        Guid[] machines = [(await World.AddMachineAsync(name: "web-1")).Id, (await World.AddMachineAsync(name: "web-2")).Id];
        (await Rules.CreateAsync(World.Owner, new AffinityDraft("web servers", AffinityKind.Apart, AffinityStrength.Should, World.Project.Id, machines), Ct)).IsOk.ShouldBeTrue();

        var page = Open<AffinityPage>(World.Member, "/affinity?kept=no");

        page.Says("web servers");
        page.Says("Not kept");
        page.FindAll("button").Select(b => b.Plain()).ShouldNotContain("New rule");
        page.FindAll("tbody button").ShouldBeEmpty();
    }
}
