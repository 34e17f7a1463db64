using AngleSharp.Dom;
using Bunit;
using Microsoft.EntityFrameworkCore;
using Portal.Domain.Accounts;
using Portal.Domain.Projects;
using Portal.Tests.Postgres;
using Portal.Web.Projects;

namespace Portal.Tests.Web.Pages;

public class ProjectsPageTests(PostgresCluster cluster) : PageTest(cluster)
{
    [Fact]
    public async Task A_member_sees_their_projects_with_who_looks_after_them()
    {
        await World.AddMachineAsync();
        await Postgres.NewWorldAsync();

        var page = Open<ProjectsPage>(World.Member, "/projects");

        page.Says("1 project");
        var row = page.Row(World.Project.Name).Plain();
        row.ShouldContain(World.Owner.Name);
        row.ShouldContain("3 1 0");
        page.FindAll("button").ShouldNotContain(b => b.Plain() == "New project");
    }

    [Fact]
    public async Task An_admin_makes_a_project_with_limits_and_an_owner_and_is_led_to_it()
    {
        var page = Open<ProjectsPage>(World.Admin, "/projects");
        page.Says("1 project");
        var pressed = page.PressAsync("New project");
        Dialogs.Says("New project");

        await Dialogs.TypeAsync("#project-name", "Build farm");
        await Dialogs.TypeAsync("#limit-Machines", "6");
        await Dialogs.TypeAsync("#limit-MemoryMib", "2048");
        await Dialogs.TypeAsync("#project-owner", World.Stranger.Name);
        Dialogs.WaitForElement(".found button");
        await Dialogs.DoAsync(".found button", e => e.ClickAsync());
        await Dialogs.DoAsync("#new-project", e => e.SubmitAsync());
        await pressed;

        var made = (await Get<ProjectService>().ListMineAsync(World.Stranger, Ct)).ShouldHaveSingleItem();
        made.ShouldSatisfyAllConditions(p => p.Name.ShouldBe("Build farm"), p => p.Role.ShouldBe(ProjectRole.Owner));
        Address.ShouldBe($"/projects/{made.Id}");
        (await Get<QuotaService>().GetAsync(World.Stranger, made.Id, Ct)).Value.Lines.Single(l => l.Resource == QuotaResource.MemoryMib).Limit.ShouldBe(2048);
    }

    [Fact]
    public async Task An_admin_recounts_every_project_and_what_was_wrong_still_stands_there_later()
    {
        await using (var db = await Postgres.Contexts.CreateDbContextAsync(Ct))
            await db.Quotas.Where(q => q.ProjectId == World.Project.Id && q.Resource == QuotaResource.Snapshots).ExecuteUpdateAsync(set => set.SetProperty(q => q.Used, 2), Ct);
        var page = Open<ProjectsPage>(World.Admin, "/projects");
        page.Says("A recount counts it from the machines, requests and snapshots there are");

        await page.PressAsync("Recount every project");

        page.Says("1 figure put right in 1 project");
        page.Find(".recount").Plain().ShouldContain("Project, snapshots: books said 2 used, 0 reserved; in truth 0 used, 0 reserved");
        OpenNext<ProjectsPage>(await Postgres.HireAsync(PlatformRoles.Auditor)).Says($"1 project counted by {World.Admin.Name}");
        var members = OpenNext<ProjectsPage>(World.Member);
        members.Says("1 project");
        members.FindAll(".recount").ShouldBeEmpty();
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("")]
    [InlineData("1e9")]
    [InlineData("99999999999999999999")]
    [InlineData("12 machines")]
    public async Task A_limit_that_is_no_number_is_said_and_nothing_is_made(string typed)
    {
        var page = Open<ProjectsPage>(World.Admin, "/projects");
        page.Says("1 project");
        _ = page.PressAsync("New project");
        Dialogs.Says("New project");

        await Dialogs.TypeAsync("#project-name", "Build farm");
        await Dialogs.TypeAsync("#limit-Vcpus", typed);
        await Dialogs.DoAsync("#new-project", e => e.SubmitAsync());

        Dialogs.Says("The limit of vcpu is no whole number");
        Dialogs.Find("#limit-Vcpus").GetAttribute("aria-invalid").ShouldBe("true");
        (await Get<ProjectService>().ListMineAsync(World.Admin, Ct)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_name_that_is_taken_is_said_at_its_field_and_what_was_typed_stays()
    {
        var page = Open<ProjectsPage>(World.Admin, "/projects");
        page.Says("1 project");
        _ = page.PressAsync("New project");
        Dialogs.Says("New project");

        await Dialogs.TypeAsync("#project-name", World.Project.Name);
        await Dialogs.DoAsync("#new-project", e => e.SubmitAsync());

        Dialogs.Says($"There is a project “{World.Project.Name}” already.");
        Dialogs.Find("#project-name").GetAttribute("aria-invalid").ShouldBe("true");
        Dialogs.Find("#project-name").GetAttribute("value").ShouldBe(World.Project.Name);
    }

    [Fact]
    public async Task Search_filter_and_sort_are_in_the_address()
    {
        var page = Open<ProjectsPage>(World.Owner, "/projects?role=owner&sort=-machines");
        page.Says("1 project");

        await page.DoAsync("select[aria-label=State]", e => e.ChangeAsync("archived"));

        page.Says("Nothing fits");
        Address.ShouldBe("/projects?role=owner&state=archived&sort=-machines");
    }

    [Fact]
    public void Who_is_in_no_project_is_told_whom_to_ask() => Open<ProjectsPage>(World.Stranger, "/projects").Says("Ask the owner of a project, or an admin, to add you to one.");

    [Fact]
    public async Task A_new_project_shows_on_an_open_page()
    {
        var page = Open<ProjectsPage>(await Postgres.HireAsync(PlatformRoles.Auditor), "/projects");
        page.Says("1 project");

        await Get<ProjectChanges>().CreateAsync(World.Admin, new ProjectDraft("Build farm", new Dictionary<QuotaResource, long>()), Ct);

        page.Says("2 projects");
        page.Row("Build farm").Plain().ShouldContain("nobody yet");
    }
}
