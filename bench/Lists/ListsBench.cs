using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Portal.Domain;
using Portal.Domain.Accounts;
using Portal.Domain.Audit;
using Portal.Tests.Web;

namespace Portal.Bench.Lists;

/// <summary>
/// How long the server takes to read what a page of a long list shows, whatever it is sorted and narrowed by and however deep it is: every call that opening the
/// page makes of the services, one after the other, from the call to the objects; drawing it and the way to the browser are not in it. Beside it the plain
/// alternative, which reads the rows alone, on a copy of the same data; and what sealing and verifying the audit trail takes. Needs no lab, and nothing else at work on the database.
/// </summary>
static class ListsBench
{
    const double Limit = 100;

    /// <summary>A member of one project of 200, a usual one.</summary>
    public static readonly Guid Member = Id("user", 251);

    static readonly Dictionary<string, Actor> People = new Dictionary<string, Actor>
    {
        ["an admin"] = new(Id("user", 1), "Admin", PlatformRoles.Admin), ["an auditor"] = new(Id("user", 3), "Auditor", PlatformRoles.Auditor), ["an approver"] = new(Id("user", ApprovalsData.Approver), "Approver", PlatformRoles.Approver),
        ["an owner"] = new(Id("user", ApprovalsData.Owner), "Owner"), ["a person named"] = new(Id("user", ApprovalsData.Named), "Named"), ["a stand-in"] = new(Id("user", ApprovalsData.Delegate), "Stand-in"), ["a member"] = new(Member, "Member"),
    };

    static readonly string[] AuditSorts = ["at", "actor", "action", "subject"];
    static readonly string[] MachineSorts = ["name", "state", "host", "memory", "created", "project", "address", "lease"];
    static readonly string[] ApprovalSorts = ["submitted", "subject", "project", "requester", "rule", "expires"];

    public static async Task<IReadOnlyList<Figure>> MeasureAsync(CancellationToken ct)
    {
        var server = Stand.Setting("PORTAL_TEST_POSTGRES");
        var database = await CreateAsync(server, ct);
        await using var services = new ServiceCollection().AddLogging().AddPortalDomain(database).BuildServiceProvider();
        var figures = new List<Figure>();
        figures.AddRange(await ChainAsync(services, ct));
        var plain = await PlainLists.CopyAsync(server, database, ct);
        await using var own = NpgsqlDataSource.Create(database);
        await using var copy = NpgsqlDataSource.Create(plain);
        var run = new ListsRun(services, own, copy, People);
        foreach (var (name, cases) in Lists())
            figures.AddRange(await run.MeasureAsync(name, cases, Limit, ct));
        foreach (var name in new[] { "an admin", "an approver", "a stand-in", "a member" })
            figures.Add(await run.SideAsync(name, People[name], Limit, ct));
        return figures;
    }

    static IEnumerable<(string Name, IReadOnlyList<ListsCase> Cases)> Lists()
    {
        yield return ("machines, 50,000", [.. ListsCase.Of("machines", "an admin", MachineSorts,
        [
            (null, []), (null, [("state", "Running")]), (null, [("state", "Waiting")]), (null, [("state", "Deleted")]), (null, [("host", $"{Id("host", 1)}")]), (null, [("host", $"{Id("host", 39)}")]), (null, [("project", $"{Id("project", 1)}")]),
            (null, [("project", $"{Id("project", 180)}"), ("state", "Off")]), ("web", []), ("web-000", []), ("10.64.7", []), ("hv07", []), ("zzz", []), ("1", []), ("db", [("state", "Running"), ("host", $"{Id("host", 2)}")]),
            (null, [("lease", "soon")]), (null, [("lease", "none")]), (null, [("lease", "running")]), ("web", [("lease", "soon")]),
        ])]);
        yield return ("machines of a member of 1 of 200 projects", [.. ListsCase.Of("machines", "a member", MachineSorts, [(null, []), (null, [("state", "Running")]), ("web", []), ("zzz", [])])]);
        foreach (var someone in new[] { "an admin", "an approver", "an owner", "a person named", "a stand-in" })
        {
            yield return ($"approvals, 5,000 waiting, of {someone}", [.. Third(ListsCase.Of("approvals", someone, ApprovalSorts,
            [
                (null, []), (null, [("project", $"{Id("project", 1)}")]), (null, [("requester", $"{Id("user", 7)}")]), (null, [("kind", "Resize")]), (null, [("rule", "Rule 7")]), (null, [("asked", "me")]),
                ("web", []), ("release", []), ("lovelace", []), ("zzz", []), ("1", []), ("load", [("kind", "Create")]),
            ]))]);
        }
        var year = DateTimeOffset.UtcNow.AddYears(-1);
        yield return ("audit, 1,000,000", [.. ListsCase.Of("audit", "an auditor", AuditSorts,
        [
            (null, []), (null, [("action", "machine.start")]), (null, [("action", "host.remove")]), (null, [("action", "never.done")]), (null, [("kind", "machine")]), (null, [("kind", "request")]), (null, [("actor", $"{Guid.Empty}")]),
            (null, [("actor", $"{Id("user", 1)}")]), (null, [("actor", $"{Id("user", 900)}")]), (null, [("project", $"{Id("project", 1)}")]), (null, [("project", $"{Id("project", 150)}")]), (null, [("subject", $"{Id("machine", 77)}")]),
            (null, [("address", "10.1.0.1")]), (null, [("from", $"{year:O}")]), (null, [("from", $"{year:O}"), ("to", $"{year.AddDays(1):O}")]), (null, [("to", $"{year.AddYears(-1):O}")]),
            (null, [("kind", "machine"), ("action", "machine.start")]), (null, [("kind", "request"), ("project", $"{Id("project", 2)}")]), (null, [("actor", $"{Guid.Empty}"), ("action", "machine.moved"), ("from", $"{year:O}")]),
            ("machine", []), ("lovelace", []), ("rosa", []), ("portal", []), ("web-000", []), ("host.re", []), ("deny", []), ("zzz", []), ("we", []), ("1", []), ("--", []), ("web", [("kind", "request")]), ("lovelace", [("project", $"{Id("project", 3)}")]),
        ])]);
    }

    // Five people ask for the same pages: of each, every first one and a third of the rest.
    static IEnumerable<ListsCase> Third(IEnumerable<ListsCase> cases) => cases.Where((asked, n) => asked.Place == ListsCase.First || n % 9 < 3);

    static async Task<IReadOnlyList<Figure>> ChainAsync(ServiceProvider services, CancellationToken ct)
    {
        var (chain, sealing) = (services.GetRequiredService<AuditChain>(), Stopwatch.StartNew());
        var count = 0;
        for (var batch = await chain.SealAsync(ct); batch > 0; batch = await chain.SealAsync(ct))
            count += batch;
        sealing.Stop();
        Console.WriteLine($"    {count:N0} events sealed in {sealing.Elapsed.TotalSeconds:0} s");
        long most = 0;
        var verifying = Stopwatch.StartNew();
        var verdict = await services.GetRequiredService<AuditVerifier>().VerifyAsync(null, new Reports(() => most = Math.Max(most, GC.GetTotalMemory(false))), ct);
        verifying.Stop();
        Console.WriteLine($"    verified in {verifying.Elapsed.TotalSeconds:0} s");
        if (!verdict.IsWhole || verdict.Events != ListsData.Events)
            throw new InvalidOperationException($"The trail does not verify: {verdict.Break?.Explanation}");
        return
        [
            new("audit: events sealed in a second", count / sealing.Elapsed.TotalSeconds, "/s", null, "–", true),
            new("audit: 1,000,000 events verified", verifying.Elapsed.TotalSeconds, "s", null, "–", true),
            Figure.AtMost("audit: memory while verifying them, at most", most / 1048576.0, "MiB", 64),
        ];
    }

    static async Task<string> CreateAsync(string server, CancellationToken ct)
    {
        var name = $"portal_lists_{Guid.CreateVersion7():n}";
        await using (var connection = new NpgsqlConnection(server))
        {
            await connection.OpenAsync(ct);
            await ListsData.ExecuteAsync(connection, [$"create database {name}"], ct);
        }
        var database = new NpgsqlConnectionStringBuilder(server) { Database = name }.ConnectionString;
        var (exitCode, output) = await PortalProcess.RunAsync(database, ct, "migrate");
        if (exitCode != 0)
            throw new InvalidOperationException($"The portal's migrate ended with {exitCode}: {output}");
        var filling = Stopwatch.StartNew();
        await ListsData.FillAsync(database, ct);
        Console.WriteLine($"    {ListsData.Machines:N0} machines and {ListsData.Events:N0} audit events made in {filling.Elapsed.TotalSeconds:0} s");
        return database;
    }

    /// <summary>As <see cref="ListsData"/> makes them.</summary>
    static Guid Id(string kind, int number) => Guid.Parse($"{Convert.ToHexStringLower(System.Text.Encoding.ASCII.GetBytes(kind)).PadRight(8, '0')[..8]}-0000-4000-8000-{number:x12}");

    sealed class Reports(Action heard) : IProgress<(long Done, long Of)>
    {
        public void Report((long Done, long Of) value) => heard();
    }
}
