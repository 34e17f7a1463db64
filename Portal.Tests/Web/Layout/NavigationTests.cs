using AngleSharp.Dom;
using Bunit;
using Portal.Domain;
using Portal.Domain.Accounts;
using Portal.Tests.Postgres;
using Portal.Tests.Web.Pages;
using Portal.Web.Layout;

namespace Portal.Tests.Web.Layout;

public class NavigationTests(PostgresCluster cluster) : PageTest(cluster)
{
    static readonly string[] Everyones = ["/", "/machines/new", "/machines", "/requests", "/schedules", "/affinity", "/projects", "/notices"];

    [Theory]
    [InlineData(PlatformRoles.None)]
    [InlineData(PlatformRoles.Approver, "/approvals")]
    [InlineData(PlatformRoles.Operator, "/migrations", "/hosts", "/balance", "/move-policies")]
    [InlineData(PlatformRoles.Auditor, "/approvals/trends", "/migrations", "/hosts", "/balance", "/move-policies", "/policy", "/webhooks", "/audit")]
    [InlineData(PlatformRoles.Operator | PlatformRoles.Approver, "/approvals", "/migrations", "/hosts", "/balance", "/move-policies")]
    [InlineData(PlatformRoles.Admin, "/approvals", "/migrations", "/hosts", "/balance", "/move-policies", "/people", "/policy", "/webhooks", "/audit")]
    public async Task Each_role_is_offered_what_it_may_open_and_nothing_else(PlatformRoles roles, params string[] more)
    {
        var nav = Open<SideNav>(await Postgres.HireAsync(roles), "/");

        nav.WaitForState(() => Links(nav).Order().SequenceEqual([.. Everyones.Concat(more).Order()]), TimeSpan.FromSeconds(10));
    }

    [Fact]
    public void An_owner_of_a_project_is_offered_its_webhooks_and_a_member_is_not()
    {
        var owners = Open<SideNav>(World.Owner, "/");
        owners.WaitForElement("a[href='/webhooks']");
        owners.Says("Govern");

        var members = OpenNext<SideNav>(World.Member);
        members.WaitForElement("a[href='/projects']");
        Links(members).ShouldBe(Everyones);
        members.Text().ShouldNotContain("Govern");
    }

    [Fact]
    public async Task An_approver_sees_how_many_requests_wait_and_a_member_does_not()
    {
        await AskAsync("web-01");

        Open<SideNav>(await Postgres.HireAsync(PlatformRoles.Approver), "/").Says("1 waiting");
        var members = OpenNext<SideNav>(World.Member);
        members.WaitForElement("a[href='/projects']");
        members.Text().ShouldNotContain("waiting");
    }

    [Fact]
    public async Task The_switcher_offers_who_reads_everything_every_project_in_use()
    {
        var other = await Postgres.NewWorldAsync();

        var switcher = Open<ProjectSwitcher>(await Postgres.HireAsync(PlatformRoles.Auditor), "/");

        switcher.Says(World.Project.Name);
        switcher.Text().ShouldContain(other.Project.Name);
        OpenNext<ProjectSwitcher>(World.Member).WaitForElement("span.one").Plain().ShouldBe(World.Project.Name);
    }

    static IEnumerable<string?> Links(IRenderedComponent<SideNav> nav) => nav.FindAll("a").Select(a => a.GetAttribute("href"));
}
