using Microsoft.AspNetCore.Http;
using Portal.Web.Security;

namespace Portal.Tests.Web;

public class OriginCheckTests
{
    [Theory]
    [InlineData("http://portal.example:8080")]
    [InlineData("https://front.example")]
    public void A_page_of_the_portal_itself_or_of_its_public_address_is_let_through(string origin) =>
        OriginCheck.IsOurs(Request(origin), ["https://front.example"]).ShouldBeTrue();

    [Theory]
    [InlineData("http://evil.example")]
    [InlineData("http://portal.example")]
    [InlineData("https://portal.example:8080")]
    [InlineData("null")]
    public void A_page_of_another_site_is_refused(string origin) => OriginCheck.IsOurs(Request(origin), []).ShouldBeFalse();

    [Fact]
    public void Two_origins_in_one_request_are_refused()
    {
        var request = Request("http://portal.example:8080");
        request.Headers.Append("Origin", "http://evil.example");
        OriginCheck.IsOurs(request, []).ShouldBeFalse();
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("same-origin", true)]
    [InlineData("cross-site", false)]
    [InlineData("same-site", false)]
    public void Without_an_origin_the_browser_s_own_word_about_the_site_counts(string? site, bool ours)
    {
        var request = Request(null);
        if (site is not null)
            request.Headers["Sec-Fetch-Site"] = site;
        OriginCheck.IsOurs(request, []).ShouldBe(ours);
    }

    [Theory]
    [InlineData("GET", "/_blazor", true)]
    [InlineData("GET", "/hubs/migration", true)]
    [InlineData("GET", "/machines", false)]
    [InlineData("POST", "/sign-in", true)]
    [InlineData("DELETE", "/api/v1/machines/1", true)]
    public void Live_connections_and_changes_are_checked_and_reading_a_page_is_not(string method, string path, bool check)
    {
        var request = Request(null);
        request.Method = method;
        request.Path = path;
        OriginCheck.NeedsCheck(request).ShouldBe(check);
    }

    static HttpRequest Request(string? origin)
    {
        var request = new DefaultHttpContext().Request;
        request.Scheme = "http";
        request.Host = new HostString("portal.example", 8080);
        if (origin is not null)
            request.Headers.Origin = origin;
        return request;
    }
}
