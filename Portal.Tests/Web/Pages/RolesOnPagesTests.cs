using AngleSharp.Dom;
using Bunit;
using Microsoft.AspNetCore.Authorization;
using Portal.Domain;
using Portal.Domain.Accounts;
using Portal.Domain.Audit;
using Portal.Domain.Hosts;
using Portal.Domain.Machines;
using Portal.Tests.Postgres;
using Portal.Web.Accounts;
using Portal.Web.Approvals;
using Portal.Web.Audit;
using Portal.Web.Hosts;
using Portal.Web.Machines;
using Portal.Web.Overview;
using Portal.Web.Projects;

namespace Portal.Tests.Web.Pages;

/// <summary>What the platform roles change on the pages that were there before them.</summary>
public class RolesOnPagesTests(PostgresCluster cluster) : PageTest(cluster)
{
    [Theory]
    [InlineData(typeof(ApprovalsPage), null)]
    [InlineData(typeof(ProjectsPage), null)]
    [InlineData(typeof(ProjectPage), null)]
    [InlineData(typeof(HostsPage), Roles.Operating)]
    [InlineData(typeof(AuditPage), Roles.Auditing)]
    [InlineData(typeof(PeoplePage), Roles.Admin)]
    public void A_page_opens_for_those_whose_services_answer(Type page, string? roles) =>
        page.GetCustomAttributes(typeof(AuthorizeAttribute), inherit: true).Cast<AuthorizeAttribute>().ShouldHaveSingleItem().Roles.ShouldBe(roles);

    [Theory]
    [InlineData(PlatformRoles.Operator)]
    [InlineData(PlatformRoles.Auditor)]
    public async Task Who_looks_after_hosts_sees_how_they_are_reached_and_neither_adds_nor_removes_one(PlatformRoles role)
    {
        var page = Open<HostsPage>(await Postgres.HireAsync(role), "/hosts");
        page.Says($"qemu+tls://{World.Hosts[0].Name}/system");

        await page.PressAsync($"More about {World.Hosts[0].Name}");

        page.FindAll("button").Select(b => b.Plain()).ShouldBe(["Less", "More"]);
    }

    [Fact]
    public async Task An_operator_moves_a_machine_of_whatever_project_and_cannot_switch_it_off()
    {
        var machine = await World.AddMachineAsync(name: "web-01");
        var actor = await Postgres.HireAsync(PlatformRoles.Operator);
        var details = (await Get<MachineService>().GetAsync(actor, machine.Id, Ct)).ShouldNotBeNull();
        SignIn(actor);

        var actions = Browser.Render<MachineActions>(p => p.Add(a => a.Details, details));

        actions.Button("Move…").HasAttribute("aria-disabled").ShouldBeFalse();
        actions.FindAll("button").Where(b => b.Plain() != "Move…").ShouldAllBe(b => b.GetAttribute("aria-disabled") == "true");
        SignIn(await Postgres.HireAsync(PlatformRoles.Approver));
        Browser.Render<MachineActions>(p => p.Add(a => a.Details, details)).FindAll("button").ShouldNotContain(b => b.Plain() == "Move…");
    }

    [Fact]
    public async Task An_auditor_reads_the_trail_and_may_narrow_it_to_a_person()
    {
        await AskAsync("web-01");

        var page = Open<AuditPage>(await Postgres.HireAsync(PlatformRoles.Auditor), "/audit");

        page.WaitForState(() => page.Find("select[aria-label=Person]").Plain().Contains(World.Member.Name, StringComparison.Ordinal));
        page.Row("web-01").Plain().ShouldContain("Submitted a request");
    }

    [Fact]
    public async Task An_approver_sees_on_the_overview_what_waits_and_an_operator_which_hosts_are_silent()
    {
        await AskAsync("web-01");
        await Get<HostService>().MarkUnreachableAsync(World.Hosts[0].Id, "No route to host", Ct);

        var approvers = Open<OverviewPage>(await Postgres.HireAsync(PlatformRoles.Approver), "/");
        approvers.Says("Waits for you");
        approvers.Says("web-01");
        approvers.Text().ShouldNotContain("No route to host");

        var operators = OpenNext<OverviewPage>(await Postgres.HireAsync(PlatformRoles.Operator));
        operators.Says("No route to host");
        operators.Text().ShouldContain("None of your requests waits.");
    }

    [Fact]
    public async Task The_account_page_names_every_role_held() =>
        Open<AccountPage>(await Postgres.HireAsync(PlatformRoles.Approver | PlatformRoles.Operator), "/account").Says("approver, operator");
}
