using Bunit;
using Portal.Tests.Postgres;
using Portal.Tests.Web.Pages;
using Portal.Web.Layout;

namespace Portal.Tests.Web.Layout;

public class SignedOutTests(PostgresCluster cluster) : PageTest(cluster)
{
    [Fact]
    public void A_page_whose_session_ended_says_so_and_leads_back_to_the_same_address()
    {
        var page = Open<SignedOut>(World.Member, "/machines?q=web&sort=-name");

        page.Says("You are signed out");
        page.Find("a.btn").GetAttribute("href").ShouldBe("/sign-in?returnUrl=%2Fmachines%3Fq%3Dweb%26sort%3D-name");
    }

    [Fact]
    public void The_frame_goes_with_the_session()
    {
        SignIn(World.Member);
        var layout = Browser.Render<MainLayout>(p => p.Add(l => l.Body, b => b.AddContent(0, "the page")));
        layout.WaitForElement("nav");

        SignOut();

        layout.WaitForState(() => layout.FindAll("nav").Count == 0);
        layout.Text().ShouldContain("the page");
    }
}
