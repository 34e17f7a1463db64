using System.Security.Cryptography;
using System.Text;
using Portal.Domain.Audit;

namespace Portal.Tests.Domain.Audit;

public sealed class AuditCanonTests
{
    static readonly AuditFacts Facts = new(Guid.Parse("00112233-4455-6677-8899-aabbccddeeff"), new DateTimeOffset(2026, 11, 25, 15, 0, 0, TimeSpan.FromHours(2)).AddMicroseconds(7), Guid.Parse("10000000-0000-0000-0000-000000000001"),
        "Ada", "host.edit", "host", Guid.Parse("20000000-0000-0000-0000-000000000002"), "hv1", null, """{"é": [1.50, null, true], "b": {"z": "ü", "a": false}}""", "::1");

    [Fact]
    public void The_bytes_are_what_the_documentation_says()
    {
        static string Number(long n) => n.ToString("x16");
        static string Text(string t) => Number(Encoding.UTF8.GetByteCount(t)) + Convert.ToHexStringLower(Encoding.UTF8.GetBytes(t));
        static string Letter(char c) => ((int)c).ToString("x2");
        var detail = Letter('o') + Number(2)
            + Text("b") + Letter('o') + Number(2) + Text("a") + Letter('f') + Text("z") + Letter('s') + Text("ü")
            + Text("é") + Letter('a') + Number(3) + Letter('n') + Text("1.50") + Letter('z') + Letter('t');
        var expected = new string('0', 64) + Convert.ToHexStringLower("portal-audit-1"u8) + Number(42) + "00112233445566778899aabbccddeeff" + Number(1795611600000007)
            + "10000000000000000000000000000001" + Text("Ada") + Text("host.edit") + Text("host") + "20000000000000000000000000000002" + Text("hv1") + "00" + detail + "01" + Text("::1");

        new AuditCanon().Hash(AuditCanon.Beginning, 42, Facts).ShouldBe(SHA256.HashData(Convert.FromHexString(expected)));
    }

    [Fact]
    public void The_order_of_members_and_blanks_in_the_detail_do_not_matter()
    {
        var canon = new AuditCanon();

        canon.Hash(AuditCanon.Beginning, 1, Facts with { Detail = """{"b":{"a":false,"z":"ü"},"é":[1.50,null,true]}""" }).ShouldBe(canon.Hash(AuditCanon.Beginning, 1, Facts));
    }

    public static TheoryData<AuditFacts> Others =>
    [
        Facts with { Id = Guid.Empty }, Facts with { At = Facts.At.AddMicroseconds(1) }, Facts with { ActorId = Guid.Empty }, Facts with { ActorName = "Adah", Action = "ost.edit" }, Facts with { Action = "" },
        Facts with { SubjectKind = "hosts" }, Facts with { SubjectId = Guid.Empty }, Facts with { SubjectName = "hv2" }, Facts with { ProjectId = Guid.Empty }, Facts with { RemoteAddress = null }, Facts with { RemoteAddress = "" },
        Facts with { Detail = """{"é": [1.5, null, true], "b": {"z": "ü", "a": false}}""" }, Facts with { Detail = """{"é": [1.50, true], "b": {"z": "ü", "a": false}}""" }, Facts with { Detail = "{}" },
    ];

    [Theory]
    [MemberData(nameof(Others))]
    public void Every_other_event_has_another_hash(AuditFacts other)
    {
        var canon = new AuditCanon();

        canon.Hash(AuditCanon.Beginning, 1, other).ShouldNotBe(canon.Hash(AuditCanon.Beginning, 1, Facts));
    }

    [Fact]
    public void Another_place_or_another_predecessor_makes_another_hash()
    {
        var canon = new AuditCanon();
        var hash = canon.Hash(AuditCanon.Beginning, 1, Facts);

        canon.Hash(AuditCanon.Beginning, 2, Facts).ShouldNotBe(hash);
        canon.Hash(hash, 1, Facts).ShouldNotBe(hash);
    }
}
