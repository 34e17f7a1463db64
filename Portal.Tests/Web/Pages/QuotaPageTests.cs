using Bunit;
using Portal.Domain;
using Portal.Domain.Projects;
using Portal.Tests.Postgres;
using Portal.Web.Projects;

namespace Portal.Tests.Web.Pages;

public class QuotaPageTests(PostgresCluster cluster) : PageTest(cluster)
{
    [Fact]
    public async Task An_admin_lowers_a_limit_below_what_is_held_and_is_told_so_before_and_after()
    {
        await AskAsync("web-01");
        var page = OpenQuota(World.Admin);
        page.Says("Limits of");
        await page.PressAsync("Set limits");

        await page.TypeAsync("#limit-Machines", "0");
        page.Says("1 are held: nothing more until less than this is.");
        await page.DoAsync("form", form => form.SubmitAsync());

        page.Says("lowered below what is held: nothing more until less than 0 are held");
        page.Row("Machines").Plain().ShouldContain("1 over");
    }

    [Fact]
    public async Task What_was_typed_stays_when_somebody_else_was_faster_and_the_difference_is_shown()
    {
        var page = OpenQuota(World.Admin);
        page.Says("Limits of");
        await page.PressAsync("Set limits");
        await page.TypeAsync("#limit-Vcpus", "77");
        var quotas = Get<QuotaService>();
        await quotas.SetAsync(World.Admin, World.Project.Id, new QuotaEdit(new Dictionary<QuotaResource, long> { [QuotaResource.Machines] = 3 }, new Dictionary<QuotaResource, long?>(), MachineCaps.None, 14), 0, Ct);

        await page.DoAsync("form", form => form.SubmitAsync());

        page.Says($"was changed by {World.Admin.Name}");
        page.Says("Limit of machines: 10 → 3");
        page.Find("#limit-Vcpus").GetAttribute("value").ShouldBe("77");
        await page.DoAsync("form", form => form.SubmitAsync());
        page.WaitForState(() => page.FindAll("form").Count == 0);
        (await quotas.GetAsync(World.Admin, World.Project.Id, Ct)).Value.Lines[1].Limit.ShouldBe(77);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("1e3")]
    [InlineData("٣")]
    [InlineData("<b>1</b>")]
    public async Task What_is_no_figure_is_said_at_its_field_and_nothing_is_saved(string typed)
    {
        var page = OpenQuota(World.Admin);
        page.Says("Limits of");
        await page.PressAsync("Set limits");

        await page.TypeAsync("#limit-Machines", typed);
        await page.DoAsync("form", form => form.SubmitAsync());

        page.Find("#limit-Machines-said").ClassList.ShouldContain("error");
        (await Get<QuotaService>().GetAsync(World.Admin, World.Project.Id, Ct)).Value.Lines[0].Limit.ShouldBe(10);
    }

    [Fact]
    public async Task An_owner_sets_a_members_own_limits_and_no_others()
    {
        await AskAsync("web-01");
        var page = OpenQuota(World.Owner);
        page.Says("Members’ own limits");
        page.FindAll("button").ShouldNotContain(b => b.Plain() == "Set limits");

        await page.PressAsync($"Set limits of {World.Member.Name}");
        await page.TypeAsync("#own-Machines", "4");
        await page.DoAsync("form", form => form.SubmitAsync());

        page.WaitForState(() => page.FindAll("form").Count == 0);
        page.Row(World.Member.Name).Plain().ShouldContain("1 of 4");
    }

    [Fact]
    public async Task A_recount_says_that_the_books_are_exact()
    {
        var page = OpenQuota(World.Admin);
        page.Says("Limits of");

        await page.PressAsync("Recount");

        page.Says("The books are exact");
    }

    [Fact]
    public void A_viewer_only_reads()
    {
        var page = OpenQuota(World.Viewer);
        page.Says("Limits of");
        page.FindAll("button").ShouldBeEmpty();
    }

    [Fact]
    public void A_stranger_is_told_of_no_project() => OpenQuota(World.Stranger).Says("There is no such project, or none you may see.");

    IRenderedComponent<QuotaPage> OpenQuota(Actor actor) => Open<QuotaPage>(actor, $"/projects/{World.Project.Id}/quota", p => p.Add(page => page.Id, World.Project.Id));
}
