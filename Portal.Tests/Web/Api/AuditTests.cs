using System.Net;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Portal.Domain;
using Portal.Domain.Accounts;
using Portal.Domain.Audit;
using Portal.Tests.Postgres;

namespace Portal.Tests.Web.Api;

[Collection(ApiCollection.Name)]
public sealed class AuditTests(ApiPortal portal)
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_running_portal_seals_what_is_written_and_proves_it()
    {
        var world = await portal.NewWorldAsync();
        using var admin = await portal.CallerAsync(world.Admin);
        await WriteAsync(world, "web-01", 3);
        JsonNode proof;
        do
            proof = (await admin.GetAsync("audit/proof")).Json;
        while (proof["unsealed"]!.GetValue<long>() > 0);

        proof["whole"]!.GetValue<bool>().ShouldBeTrue(proof.ToJsonString());
        (await admin.GetAsync($"audit/proof?head={proof["head"]}")).Json["whole"]!.GetValue<bool>().ShouldBeTrue();
        var (exitCode, output) = await PortalProcess.RunAsync(portal.ConnectionString, Ct, "audit", "verify", "--head", proof["head"]!.ToString());
        exitCode.ShouldBe(0, output);
        output.ShouldContain("The audit trail is whole:");
        output.ShouldContain("Head: ");
        (await admin.GetAsync($"audit/proof?head=1:{new string('0', 64)}")).Json["break"]!["fault"]!.ToString().ShouldBe("Altered");
        (exitCode, output) = await PortalProcess.RunAsync(portal.ConnectionString, Ct, "audit", "verify", "--head", $"1:{new string('0', 64)}");
        exitCode.ShouldBe(5, output);
        output.ShouldContain("BROKEN (Altered at 1)");
        (await admin.GetAsync("audit/proof?head=1:2")).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid-parameter");
        (await PortalProcess.RunAsync(portal.ConnectionString, Ct, "audit", "verify", "--head", "1:2")).ExitCode.ShouldBe(2);
        (await PortalProcess.RunAsync(portal.ConnectionString, Ct, "audit")).ExitCode.ShouldBe(2);
    }

    [Fact]
    public async Task The_narrowed_trail_leaves_as_lines_and_that_is_written_down_too()
    {
        var world = await portal.NewWorldAsync();
        using var admin = await portal.CallerAsync(world.Admin);
        await WriteAsync(world, "=cmd()", 600);
        await WriteAsync(world, "other", 1);

        var lines = await admin.GetAsync($"audit/export?project={world.Project.Id}&search=cmd&sort=at");
        var cells = await admin.GetAsync($"audit/export?project={world.Project.Id}&search=cmd&sort=at&format=csv");

        lines.MediaType.ShouldBe("application/jsonl");
        AuditMark.Parse(lines.Headers.GetValues("Portal-Audit-Head").Single()).ShouldNotBeNull();
        var rows = lines.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonNode.Parse(l)!).ToList();
        rows.Count.ShouldBe(600);
        rows[0]["subjectName"]!.ToString().ShouldBe("=cmd()");
        rows[0]["detail"]!["n"]!.GetValue<int>().ShouldBe(0);
        rows[599]["detail"]!["n"]!.GetValue<int>().ShouldBe(599);
        cells.MediaType.ShouldBe("text/csv");
        var records = cells.Text.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        records.Length.ShouldBe(601);
        records[0].ShouldStartWith("\"sequence\",\"hash\",\"id\",\"at\"");
        records[1].ShouldContain(",\"'=cmd()\",");
        var kept = (await admin.GetAsync($"audit?action=audit.export&actor={world.Admin.UserId}")).Json;
        kept["total"]!.GetValue<int>().ShouldBe(2);
        kept["items"]![0]!["detail"]!["format"]!.ToString().ShouldBe("csv");
        kept["items"]![0]!["detail"]!["filters"]!["project"]!.ToString().ShouldBe(world.Project.Id.ToString());
    }

    [Theory]
    [InlineData("audit")]
    [InlineData("audit/export")]
    [InlineData("audit/proof")]
    public async Task Only_auditors_and_admins_may(string path)
    {
        var world = await portal.NewWorldAsync();
        using var owner = await portal.CallerAsync(world.Owner);
        (await owner.GetAsync(path)).ShouldBeProblem(HttpStatusCode.Forbidden, "not-allowed");
    }

    [Fact]
    public async Task A_form_that_does_not_exist_is_refused()
    {
        using var admin = await portal.CallerAsync((await portal.NewWorldAsync()).Admin);
        (await admin.GetAsync("audit/export?format=xml")).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid-parameter");
    }

    async Task WriteAsync(World world, string subject, int events)
    {
        await using var db = await portal.Contexts.CreateDbContextAsync(Ct);
        for (var n = 0; n < events; n++)
            db.Add(AuditEvent.Of(world.Member, "machine.start", "machine", Guid.NewGuid(), subject, world.Project.Id, new { n }, DateTimeOffset.UtcNow.AddMilliseconds(n)));
        await db.SaveChangesAsync(Ct);
    }
}
