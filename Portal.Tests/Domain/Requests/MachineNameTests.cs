using Portal.Domain.Requests;

namespace Portal.Tests.Domain.Requests;

public sealed class MachineNameTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("web-01")]
    [InlineData("1st")]
    [InlineData("a23456789-123456789-123456789-123456789x")]
    public void A_label_in_lower_case_is_a_name(string name) => MachineName.Check(name).ShouldBeNull();

    [Theory]
    [InlineData("", "needs a name")]
    [InlineData("Web-01", "capital")]
    [InlineData("-web", "hyphen")]
    [InlineData("web-", "hyphen")]
    [InlineData("web_01", "characters")]
    [InlineData("web.example.org", "characters")]
    [InlineData("wéb", "characters")]
    [InlineData("web\n", "characters")]
    [InlineData("<script>", "characters")]
    [InlineData("a23456789-123456789-123456789-123456789xx", "41 characters")]
    public void Anything_else_is_refused_and_says_what_is_wrong(string name, string problem)
    {
        var refusal = MachineName.Check(name).ShouldNotBeNull();
        refusal.Message.ShouldContain(problem);
        refusal.Field.ShouldBe("machineName");
    }
}
