using Bunit;
using Microsoft.AspNetCore.Components;
using Portal.Tests.Postgres;
using Portal.Web.Accounts;
using Portal.Web.Machines;

namespace Portal.Tests.Web.Pages;

/// <summary>Pages while the database is away: nothing listens at the address their services use.</summary>
public class PageFaultTests(PostgresCluster cluster) : PageTest(cluster)
{
    protected override string ConnectionString => "Host=127.0.0.1;Port=1;Database=portal;Username=portal;Timeout=2";

    [Fact]
    public void A_list_says_that_the_database_is_away_and_offers_to_try_again()
    {
        var page = Open<MachinesPage>(World.Member, "/machines");

        page.Says("The database does not answer.");
        page.Button("Try again").HasAttribute("disabled").ShouldBeFalse();
    }

    [Fact]
    public void A_page_that_only_prerenders_asks_nothing_and_shows_bones_of_the_final_size()
    {
        Browser.SetRendererInfo(new RendererInfo("Static", isInteractive: false));

        var page = Open<MachinesPage>(World.Member, "/machines");

        page.FindAll(".bone").Count.ShouldBeGreaterThan(8);
        page.Text().ShouldNotContain("The database does not answer.");
    }

    [Fact]
    public async Task What_was_typed_survives_a_failed_call()
    {
        var page = Open<AccountPage>(World.Member, "/account");
        page.Says("The database does not answer.");

        await page.TypeAsync("#token-name", "backup script");
        await page.DoAsync("form", e => e.SubmitAsync());

        page.Says("The database does not answer.");
        page.Find("#token-name").GetAttribute("value").ShouldBe("backup script");
    }
}
