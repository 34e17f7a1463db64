using Portal.Web.Accounts;

namespace Portal.Tests.Web;

public class LocalAddressTests
{
    [Theory]
    [InlineData("/machines?search=web")]
    [InlineData("/")]
    public void An_address_within_the_portal_is_followed_after_sign_in(string address) => LocalAddress.OrHome(address).ShouldBe(address);

    [Theory]
    [InlineData("//evil.example")]
    [InlineData("/\\evil.example")]
    [InlineData("https://evil.example")]
    [InlineData("/\t/evil.example")]
    [InlineData("/sign-in?returnUrl=%2F")]
    [InlineData("")]
    [InlineData(null)]
    public void An_address_elsewhere_leads_to_the_overview(string? address) => LocalAddress.OrHome(address).ShouldBe("/");
}
