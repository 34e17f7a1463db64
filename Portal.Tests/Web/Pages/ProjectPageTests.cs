using AngleSharp.Dom;
using Bunit;
using Portal.Domain;
using Portal.Domain.Projects;
using Portal.Tests.Postgres;
using Portal.Web.Projects;

namespace Portal.Tests.Web.Pages;

public class ProjectPageTests(PostgresCluster cluster) : PageTest(cluster)
{
    MemberService Members => Get<MemberService>();

    [Fact]
    public async Task An_owner_finds_a_person_and_adds_them()
    {
        var page = OpenProject(World.Owner);

        await page.TypeAsync("#member-person", World.Stranger.Name);
        page.WaitForElement(".found button");
        await page.DoAsync(".found button", e => e.ClickAsync());
        await page.DoAsync("#member-role", e => e.ChangeAsync("Viewer"));
        await page.DoAsync("form.add", e => e.SubmitAsync());

        page.WaitForState(() => page.FindAll("[aria-labelledby=members-title] tbody tr").Count == 4);
        (await RowAsync(World.Stranger)).Role.ShouldBe(ProjectRole.Viewer);
    }

    [Fact]
    public async Task A_role_is_changed_in_its_row()
    {
        var page = OpenProject(World.Owner);

        await page.DoAsync($"select[aria-label='Role of {World.Viewer.Name}']", e => e.ChangeAsync("Member"));

        (await RowAsync(World.Viewer)).Role.ShouldBe(ProjectRole.Member);
    }

    [Fact]
    public async Task The_last_owner_stays_and_the_box_shows_so()
    {
        var page = OpenProject(World.Owner);

        await page.DoAsync($"select[aria-label='Role of {World.Owner.Name}']", e => e.ChangeAsync("Viewer"));

        page.Says($"{World.Owner.Name} is the project's last owner");
        page.Find($"select[aria-label='Role of {World.Owner.Name}']").GetAttribute("value").ShouldBe("Owner");
    }

    [Fact]
    public async Task Before_somebody_is_removed_it_is_said_what_stays_and_who_looks_after_it()
    {
        await World.AddMachineAsync();
        await AskAsync("web-01");
        var page = OpenProject(World.Owner);

        var pressed = page.PressAsync($"Remove {World.Member.Name}");
        Dialogs.Says($"1 machine and 1 waiting request of {World.Member.Name} stay in the project; {World.Owner.Name} can work with them.");
        await Dialogs.PressAsync($"Remove {World.Member.Name}");
        await pressed;

        page.Says($"{World.Member.Name} is not in the project any more.");
        page.WaitForState(() => page.FindAll("[aria-labelledby=members-title] tbody tr").Count == 2);
        (await Members.ListAsync(World.Admin, World.Project.Id, Ct))!.ShouldNotContain(m => m.UserId == World.Member.UserId);
    }

    [Fact]
    public async Task Whoever_is_removed_loses_what_an_open_page_shows_of_the_project()
    {
        await World.AddMachineAsync(name: "web-01");
        var page = Open<global::Portal.Web.Machines.MachinesPage>(World.Viewer, "/machines");
        page.Says("web-01");
        var viewer = await RowAsync(World.Viewer);

        (await Members.RemoveAsync(World.Owner, World.Project.Id, viewer.UserId, viewer.Version, Ct)).IsOk.ShouldBeTrue();

        page.WaitForState(() => !page.Text().Contains("web-01", StringComparison.Ordinal));
        page.Text().ShouldContain("No machines yet");
    }

    [Theory]
    [InlineData(ProjectRole.Member)]
    [InlineData(ProjectRole.Viewer)]
    public void Who_does_not_look_after_it_reads_only(ProjectRole role)
    {
        var page = OpenProject(role == ProjectRole.Member ? World.Member : World.Viewer);

        const string people = "[aria-labelledby=members-title]";
        page.FindAll($"{people} select, {people} form, {people} button").ShouldBeEmpty();
        page.FindAll($"{people} tbody tr").Single(row => row.Plain().Contains(World.Owner.Name, StringComparison.Ordinal)).Plain().ShouldContain("Owner");
    }

    [Fact]
    public void For_a_stranger_there_is_no_such_project()
    {
        var page = Open<ProjectPageBody>(World.Stranger, $"/projects/{World.Project.Id}", p => p.Add(x => x.Id, World.Project.Id));

        page.Says("There is no such project, or none you may see.");
        page.Markup.ShouldNotContain(World.Project.Name);
    }

    [Fact]
    public async Task A_rename_on_an_older_name_is_told_who_changed_it_keeps_what_was_typed_and_goes_when_pressed_again()
    {
        var page = OpenProject(World.Owner);
        var pressed = page.PressAsync("Rename…");
        Dialogs.Says($"Rename {World.Project.Name}");
        var version = (await Get<ProjectService>().GetAsync(World.Admin, World.Project.Id, Ct))!.Project.Version;
        await Get<ProjectChanges>().RenameAsync(World.Admin, World.Project.Id, "Somebody else’s name", version, Ct);

        await Dialogs.TypeAsync("#rename-name", "Web shop");
        await Dialogs.DoAsync("#rename-project", e => e.SubmitAsync());
        Dialogs.Says($"was changed by {World.Admin.Name}");
        Dialogs.Text().ShouldContain("It is called “Somebody else’s name” now");
        Dialogs.Find("#rename-name").GetAttribute("value").ShouldBe("Web shop");
        await Dialogs.DoAsync("#rename-project", e => e.SubmitAsync());
        await pressed;

        page.WaitForState(() => page.Find("h1").Plain() == "Web shop");
    }

    [Fact]
    public async Task A_project_that_is_not_empty_says_why_it_is_not_archived()
    {
        await World.AddMachineAsync();

        var page = OpenProject(World.Admin);

        page.FindAll("button").Single(b => b.TextContent.StartsWith("Archive…", StringComparison.Ordinal)).ShouldSatisfyAllConditions(
            b => b.GetAttribute("aria-disabled").ShouldBe("true"), b => b.GetAttribute("title")!.ShouldContain("1 machine"));
    }

    [Fact]
    public async Task An_empty_project_is_archived_and_brought_back()
    {
        var page = OpenProject(World.Admin);

        var pressed = page.PressAsync("Archive…");
        Dialogs.Says($"Archive {World.Project.Name}?");
        await Dialogs.PressAsync("Archive it");
        await pressed;
        page.Says("Nothing can be done in this project.");
        await page.PressAsync("Bring back");

        page.WaitForState(() => !page.Text().Contains("Nothing can be done in this project.", StringComparison.Ordinal));
    }

    [Fact]
    public void An_owner_renames_and_does_not_archive()
    {
        var buttons = OpenProject(World.Owner).FindAll("button").Select(b => b.Plain()).ToList();

        buttons.ShouldContain("Rename…");
        buttons.ShouldNotContain("Archive…");
    }

    IRenderedComponent<ProjectPageBody> OpenProject(Actor actor)
    {
        var page = Open<ProjectPageBody>(actor, $"/projects/{World.Project.Id}", p => p.Add(x => x.Id, World.Project.Id));
        // The page and its cards load each for itself.
        page.WaitForElement(".page-head .facts");
        page.WaitForState(() => page.FindAll("[aria-labelledby=members-title] tbody tr").Count == 3);
        return page;
    }

    async Task<MemberRow> RowAsync(Actor who) => (await Members.ListAsync(World.Admin, World.Project.Id, Ct))!.Single(m => m.UserId == who.UserId);
}
