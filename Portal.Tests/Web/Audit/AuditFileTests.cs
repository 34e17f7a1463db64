using Portal.Web.Audit;

namespace Portal.Tests.Web.Audit;

public class AuditFileTests
{
    [Theory]
    [InlineData("plain", "\"plain\"")]
    [InlineData("say \"no\", twice\nover", "\"say \"\"no\"\", twice\nover\"")]
    [InlineData("=1+1", "\"'=1+1\"")]
    [InlineData("+1", "\"'+1\"")]
    [InlineData("-1", "\"'-1\"")]
    [InlineData("@SUM(A1)", "\"'@SUM(A1)\"")]
    [InlineData("\t=1", "\"'\t=1\"")]
    [InlineData("\r=1", "\"'\r=1\"")]
    [InlineData("a=1", "\"a=1\"")]
    [InlineData("", "")]
    [InlineData(null, "")]
    public void A_cell_is_quoted_and_never_a_formula(string? text, string cell) => AuditFile.Cell(text).ShouldBe(cell);

    [Theory]
    [InlineData("""{"before": {"vcpus": 4, "note": "x", "same": 1}, "after": {"vcpus": 8, "same": 1, "on": true}}""", "vcpus|4|8;note|x|;on||yes")]
    [InlineData("""{"before": {"size": {"memoryMib": 512}}, "after": {"size": {"memoryMib": 1024}}}""", "size, memory mib|512|1,024")]
    [InlineData("""{"before": null, "after": "hv2"}""", "||hv2")]
    [InlineData("""{"before": {"roles": ["admin"]}, "after": {"roles": ["admin", "auditor"]}}""", "roles|admin|admin, auditor")]
    [InlineData("""{"reason": "x"}""", "")]
    [InlineData("[]", "")]
    public void What_was_changed_is_said_member_by_member(string detail, string expected) =>
        string.Join(';', AuditDifference.Of(detail).Select(d => $"{d.Name}|{d.Before}|{d.After}".Replace('\u202f', ' '))).ShouldBe(expected);
}
