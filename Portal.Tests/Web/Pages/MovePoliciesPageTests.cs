using Bunit;
using Portal.Domain;
using Portal.Domain.Accounts;
using Portal.Domain.Migrations;
using Portal.Domain.MovePolicies;
using Portal.Tests.Postgres;
using Portal.Web.MovePolicies;

namespace Portal.Tests.Web.Pages;

public class MovePoliciesPageTests(PostgresCluster cluster) : PageTest(cluster)
{
    static readonly MovePolicyTerms Night = new(MaySlow: false, MoveEnding.PostCopy, PatienceSeconds: 30, LongestPauseMs: 80, LongestSeconds: 900);

    MovePolicyService Policies => Get<MovePolicyService>();

    [Fact]
    public async Task An_admin_makes_one_and_reads_what_comes_of_it_before()
    {
        var page = Open<MovePoliciesPage>(World.Admin, "/move-policies");
        page.Says("No policies were made here");
        var pressed = page.PressAsync("New policy");
        Dialogs.WaitForState(() => Dialogs.FindAll("#policy-name").Count == 1);

        await Dialogs.TypeAsync("#policy-name", "Balanced");
        await Dialogs.TypeAsync("#longest-pause", "80");
        Dialogs.Says("It is paused for at most 80");
        await Dialogs.DoAsync("#move-policy", e => e.SubmitAsync());
        Dialogs.Says("One that is built in is called “Balanced” already.");
        await Dialogs.TypeAsync("#policy-name", "Databases");
        await Dialogs.TypeAsync("#patience", "soon");
        await Dialogs.DoAsync("#move-policy", e => e.SubmitAsync());
        Dialogs.Says("Give 0 to 3600 s.");
        await Dialogs.TypeAsync("#patience", "60");
        await Dialogs.DoAsync("#move-policy", e => e.SubmitAsync());
        await pressed;

        page.Says("Databases");
        (await Policies.ListAsync(World.Admin, new(), Ct)).Items.ShouldHaveSingleItem().Terms.LongestPauseMs.ShouldBe(80);
    }

    [Fact]
    public async Task One_is_retired_and_brought_back_and_an_operator_only_reads()
    {
        await Policies.CreateAsync(World.Admin, new("Databases", Night), Ct);
        var page = Open<MovePoliciesPage>(World.Admin, "/move-policies");
        page.Says("Databases");

        await page.PressAsync("Retire Databases");
        page.WaitForState(() => page.FindAll("tbody .chip").Count == 1);
        await page.PressAsync("Bring back Databases");
        page.WaitForState(() => page.FindAll("tbody .chip").Count == 0);

        var read = OpenNext<MovePoliciesPage>(await Postgres.HireAsync(PlatformRoles.Operator));
        read.Says("Databases");
        read.FindAll("button").Select(b => b.Plain()).ShouldNotContain("New policy");
    }
}
